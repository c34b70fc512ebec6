"""A few examples, learnt by heart."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Line, Lines, Table
from wizard.core.finding import Cause
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, passed, step
from wizard.training.fit import training_rows

EXAMPLES = 8
STEPS = 300
REACHED = 0.02  # nats or target variances above the floor: a person would call every prediction right


@step(gate=True)
def overfit_one_batch(context: Context) -> Outcome:
    """A handful of examples can be learnt by heart.

    A network that cannot drive the loss of eight examples to the lowest possible value has a bug: a wrong loss,
    frozen weights, dead units or a wrong rate. More data would only hide it.
    """
    config = skeleton(context).but(n_rows=EXAMPLES, epochs=STEPS, batch=EXAMPLES)
    run = context.train(config)
    prepared = context.prepared(run.config)
    rows = training_rows(run.config, prepared)
    predictions = context.trainer.predict(run, rows)
    floor = _floor(context, rows, prepared.y[rows])
    measured = float(run.scores.get("train_loss", np.nan))
    unit = "nats" if context.task.is_classification else "target variances"
    history = run.history["loss"]
    lines = Lines(
        title="Loss on the batch",
        caption=f"{len(rows)} examples, {len(history)} steps.",
        lines=(Line(name="training loss", x=tuple(map(float, range(1, len(history) + 1))), y=history),),
        x_label="gradient steps",
        y_label=f"loss ({unit})",
        log_y=True,
    )
    numbers = {
        "measured": measured, "expected": floor, "unit": unit,
        "blocks": (lines, _side_by_side(context, rows, predictions)),
    }  # fmt: skip
    if measured <= floor + REACHED:
        return passed(f"{len(rows)} examples are learnt by heart: loss {measured:.4f} {unit}.", **numbers)
    causes = (
        Cause(fault="O02", sentence="The learning rate is too low for the loss to get there."),
        Cause(fault="M15", sentence="Weights are frozen or unconnected, so that the gradient cannot move them."),
        Cause(fault="M10", sentence="Units are dead: no example makes them respond."),
    )
    return failed(
        f"After {STEPS} steps on {len(rows)} examples the loss is still {measured:.3f} {unit}; {floor:.3f} is possible.",
        causes=causes,
        advice="Do not go on: a network that cannot fit eight examples cannot learn from more.",
        **numbers,
    )


def _floor(context: Context, rows: np.ndarray, y: np.ndarray) -> float:
    """The lowest loss that equal inputs with different labels allow."""
    exact = context.copies.exact[rows]
    total = 0.0
    for number in np.unique(exact):
        own = y[exact == number]
        if context.task.is_classification:
            shares = np.unique(own, return_counts=True)[1] / len(own)
            total += float(-(shares * np.log(shares)).sum()) * len(own)
        else:
            total += float(np.var(own.astype("float64"))) * len(own)
    return total / len(rows)


def _side_by_side(context: Context, rows: np.ndarray, predictions: np.ndarray) -> Table:
    where, labels = context.dataset.where, context.dataset.labels
    if context.task.is_classification:
        classes = context.task.classes
        cells = tuple(
            (str(where[row]), str(labels[row]), classes[int(p.argmax())], float(p.max()))
            for row, p in zip(rows, predictions, strict=True)
        )
        columns = (Column(name="example"), Column(name="label"), Column(name="prediction"), Column(name="probability", format="share"))  # fmt: skip
        return Table(title="Label and prediction", columns=columns, rows=cells)
    columns = (Column(name="example"), Column(name="label"), Column(name="prediction"))
    cells_ = tuple((str(where[row]), float(labels[row]), float(p)) for row, p in zip(rows, predictions, strict=True))
    return Table(title="Label and prediction", columns=columns, rows=cells_)
