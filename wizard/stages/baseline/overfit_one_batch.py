"""A few examples, learnt by heart."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Column, Line, Lines, Table
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.core.seeds import derive
from wizard.stages.baseline.skeleton import broken_down, skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.labels import answer_of, label_of
from wizard.stages.step import Outcome, failed, passed, step
from wizard.stages.words import count, loss
from wizard.training.rows import training_rows

EXAMPLES = 8
STEPS = 300
STEPS_A_POINT = 10  # of the curve: looking at the loss after each step would cost more than the steps
REACHED = 0.02  # nats or target variances above the floor: a person would call every prediction right
BATCHES = 100  # drawn in search of one with several classes: with a single class there is nothing to learn
STUCK = 0.98  # of the first loss: a run that ends above it has not moved


HIGH_RATE = Cause(fault="O01", sentence="The learning rate is too high.")
LOW_RATE = Cause(fault="O02", sentence="The learning rate is too low for the loss to get there.")
FROZEN = Cause(fault="M15", sentence="Weights are frozen or unconnected, so that the gradient cannot move them.")
DEAD = Cause(fault="M10", sentence="Units are dead: no example makes them respond.")


@step(gate=True)
def overfit_one_batch(context: Context) -> Outcome:
    """A handful of examples can be learnt by heart.

    A network that cannot drive the loss of eight examples to the lowest possible value has a bug: a wrong loss,
    frozen weights, dead units or a wrong rate. More data would only hide it.
    """
    if context.foreign is not None:
        return verdicts.by_heart(context)
    config = _varied(
        context, skeleton(context).but(n_rows=EXAMPLES, epochs=STEPS, batch=EXAMPLES, look_every=STEPS_A_POINT)
    )
    prepared = context.prepared(config)
    rows = _rows(context, config)
    floor = _floor(context, rows, prepared.y[rows])
    run = context.train(config)
    unit = "nats" if context.task.is_classification else "target variances"
    if run.failure:
        return failed(
            f"Learning {count(len(rows), 'example')} by heart broke down: {broken_down(run)}.",
            expected=floor,
            unit=unit,
            causes=(HIGH_RATE, Cause(fault="D03", sentence="The inputs hold NaN or infinite numbers.")),
            advice="Look at the numbers that enter the network, and lower the learning rate.",
        )
    predictions = context.trainer.predict(run, rows)
    measured = run.scores["train_loss"]
    history = run.history["loss"]
    lines = Lines(
        title="Loss on the batch",
        caption=f"{count(len(rows), 'example')}; each point is the mean of {STEPS_A_POINT} steps.",
        lines=(Line(name="training loss", x=run.epochs_seen, y=history),),
        x_label="gradient steps",
        y_label=f"loss ({unit})",
        log_y=True,
    )
    numbers = {
        "measured": measured, "expected": floor, "unit": unit,
        "blocks": (lines, _side_by_side(context, rows, predictions)),
    }  # fmt: skip
    if measured <= floor + REACHED:
        lowest = "" if floor == 0 else f", as low as their contradictory labels allow ({loss(floor)})"
        return passed(
            f"{count(len(rows), 'example')} can be learnt by heart: after {STEPS} steps the loss is "
            f"{loss(measured)} {unit}{lowest}.",
            **numbers,
        )
    return failed(
        f"After {STEPS} steps on {count(len(rows), 'example')} the loss is still "
        f"{loss(measured)} {unit}; {loss(floor)} can be reached.",
        causes=_causes(measured, history[0]),
        advice="Do not go on: a network that cannot fit a handful of examples cannot learn from more.",
        **numbers,
    )


def _causes(last: float, first: float) -> tuple[Cause, ...]:
    if last > first / STUCK:
        return (HIGH_RATE, Cause(fault="T05", sentence="The loss has the wrong sign."), FROZEN)
    if last > first * STUCK:
        return (LOW_RATE, FROZEN, DEAD)
    return (DEAD, LOW_RATE, FROZEN)


def _rows(context: Context, config: TrainingConfig) -> np.ndarray:
    """The rows that a run of a configuration trains on."""
    return training_rows(config.but(seed=derive(context.seed, "run", config.seed)), context.prepared(config))


def _varied(context: Context, config: TrainingConfig) -> TrainingConfig:
    """The configuration with the first seed whose batch holds half as many classes as it could, or else the most.

    Of examples with several labels, half as many different sets of labels as examples.
    """
    if not context.task.is_classification:
        return config
    y = context.prepared(config).y
    wanted = EXAMPLES // 2 if context.task.is_multilabel else min(context.task.n_outputs, EXAMPLES // 2)
    best, most = config, 0
    for seed in range(BATCHES):
        tried = config.but(seed=seed)
        n_classes = len(np.unique(y[_rows(context, tried)], axis=0))
        if n_classes > most:
            best, most = tried, n_classes
        if n_classes >= wanted:
            break
    return best


def _floor(context: Context, rows: np.ndarray, y: np.ndarray) -> float:
    """The lowest loss that equal inputs with different labels allow."""
    from scipy.special import entr

    exact = context.copies.exact[rows]
    total = 0.0
    for number in np.unique(exact):
        own = y[exact == number]
        if context.task.is_exclusive:
            shares = np.unique(own, return_counts=True)[1] / len(own)
            total += float(entr(shares).sum()) * len(own)
        elif context.task.is_multilabel:
            shares = own.mean(0)
            total += float((entr(shares) + entr(1 - shares)).mean()) * len(own)
        else:
            total += float(np.var(own.astype("float64"), axis=0).mean()) * len(own)
    return total / len(rows)


def _side_by_side(context: Context, rows: np.ndarray, predictions: np.ndarray) -> Table:
    where = context.dataset.where
    columns: tuple[Column, ...] = (Column(name="example"), Column(name="label"), Column(name="prediction"))
    pairs = zip(rows, predictions, strict=True)
    if context.task.is_exclusive:
        cells: Any = tuple(
            (str(where[row]), label_of(context, row), answer_of(context.task, p), float(p.max())) for row, p in pairs
        )
        columns = (*columns, Column(name="probability", format="share"))
    elif context.task.n_outputs > 1:
        cells = tuple((str(where[row]), label_of(context, row), answer_of(context.task, p)) for row, p in pairs)
    else:
        labels = context.dataset.labels
        cells = tuple((str(where[row]), float(labels[row]), float(np.ravel(p)[0])) for row, p in pairs)
    return Table(title="Label and prediction", columns=columns, rows=cells, private=True)
