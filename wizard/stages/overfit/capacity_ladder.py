"""Rungs of capacity, until one fits the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.pacing import CAUTION
from wizard.core.run import TrainingRun
from wizard.models.family import multiple
from wizard.stages.context import Context
from wizard.stages.overfit import diagnosis
from wizard.stages.overfit.choice import chosen_family, sizes
from wizard.stages.overfit.rungs import (
    ERROR,
    error_unit,
    left_in_words,
    pace_of,
    rung_config,
    training_error,
)
from wizard.stages.own import size_in_words
from wizard.stages.step import Outcome, failed, passed, step, warned
from wizard.stages.words import share

RUNG_SHARE = 0.6  # of the stage's time left that one rung may take
COMPARED, MANY = 5, 12  # configurations that regularize compares, each on every fold: at least, and more of them before
# runs are longer than the family's own
ENOUGH_LOOKS = 5  # with fewer, cut by the budget, a loss that has not fallen says nothing of the network
FALLING = 0.9  # of the first loss: a rung that got below is learning, only not done
ENOUGH = 1.5  # times the epochs in which the rows were learnt by heart: what regularises makes that slower
LONGER = 3  # times the epochs that our plainest network would take, at most, for one of the user's
GO_ON = "Give it a larger budget, or accept that the training rows are not learnt by heart."


@step(gate=True)
def capacity_ladder(context: Context) -> Outcome:
    """A network of some size fits the training rows completely.

    Sizes are tried from small to large, without regularisation and at a constant rate, until one learns the training
    rows by heart, or all of them but as many as are labelled wrongly. If none does, experiments say whether capacity is
    the limit, the rate, contradictory labels, or a bug. A larger size is not tried where the budget would leave it
    fewer epochs than its family is usually given.
    """
    form = context.form()
    chosen = chosen_family(context, form)
    recipe = chosen.recipe(form, len(context.train_rows), context.task)
    floor, noise = context.decided("contradiction_floor") or 0.0, _noise(context)
    target = floor + ERROR
    enough = max(floor, noise[0]) + ERROR  # what is left then need not be true
    runs: list[TrainingRun] = []
    is_cut = False
    for rung in sizes(context, chosen, form)[: context.effort.rungs]:
        name = f"capacity_ladder: rung {len(runs) + 1} ({size_in_words(context, rung)})"
        if runs and not context.pacing.allows(name, 2 * runs[-1].seconds):
            is_cut = True
            break
        context.progress.detail(f"rung {len(runs) + 1}: {size_in_words(context, rung)}")
        whole = rung_config(context, recipe, rung, target)
        config = _within_time(context, whole, name)
        if runs and config.epochs < min(recipe.epochs, whole.epochs):  # no way out, and all later runs would pay for it
            is_cut = True
            break
        runs.append(context.train(config))
        if training_error(context, runs[-1]) <= enough:
            break
    errors = [training_error(context, run) for run in runs]
    best = int(np.argmin(errors))
    context.shared.update(ladder=runs, best_rung=best, fit_target=max(enough, noise[1] + ERROR))
    config = _incumbent(context, recipe, runs[best], has_fitted=errors[best] <= enough)
    blocks: tuple[Any, ...] = (_table(context, runs),)
    numbers: dict[str, Any] = {
        "measured": errors[best], "expected": max(floor, noise[0]), "unit": f"share of {error_unit(context)}",
        "decides": {
            "incumbent": config,
            "epochs_to_fit": int(runs[best].epochs_seen[-1]) if runs[best].epochs_seen else None,
            "stage_configs": {**context.decided("stage_configs"), "overfit": config},
        },
    }  # fmt: skip
    words = f"{size_in_words(context, runs[best].config.hp)} ({runs[best].n_parameters:,} parameters)"
    left = left_in_words(context, errors[best])
    if errors[best] <= target:
        return passed(f"Rung {best + 1}, {words}, fits the training rows: {left}.", blocks=blocks, **numbers)
    if errors[best] <= max(enough, noise[1] + ERROR):
        return passed(
            f"Rung {best + 1}, {words}, fits all of the training rows that can be true: {left}, and about "
            f"{share(noise[0])} of the labels are wrong. Nothing is left to learn that holds.",
            blocks=blocks,
            **numbers,
        )
    history = runs[best].history.get("loss", ())
    is_learning = not runs[best].failure and len(history) > 1 and history[-1] < FALLING * history[0]
    has_no_say = context.budget.seconds is not None and not runs[best].failure and len(history) < ENOUGH_LOOKS
    numbers |= {"advice": GO_ON, "blocks": blocks}
    if not has_no_say:  # nor would so short an experiment
        done = diagnosis.experiments(context, runs, best, is_learning=is_learning)
        numbers |= {"causes": tuple(one.cause for one in done), "blocks": (*blocks, diagnosis.table(context, done))}
        if done[0].cause.tested or done[0].advice == diagnosis.TURN_OFF:
            numbers |= {"advice": done[0].advice}
    is_cut = is_cut or has_no_say
    if is_learning or has_no_say or not context.decided("signal"):
        reason = "there was no time for more" if is_cut else "no larger rung is left"
        return warned(
            f"The largest network tried, {words}, does not fit the training rows: {left}; {reason}.", **numbers
        )
    return failed(
        f"No rung fits the training rows: with the best, {words}, {left}, and its loss does not fall.", **numbers
    )


def _noise(context: Context) -> tuple[float, float]:
    """Share of labels that are wrong, and the upper end of its interval; 0 for amounts, whose errors are no shares."""
    noise = context.decided("label_noise") or 0.0
    if not noise or not context.task.is_classification:
        return 0.0, 0.0
    ends = context.decided("label_noise_interval") or (noise, noise)
    return float(noise), float(max(noise, ends[1]))


def _within_time(context: Context, config: TrainingConfig, name: str) -> TrainingConfig:
    """The same rung with as many epochs as there is time for, at the pace of a few looks."""
    if context.budget.seconds is None:
        return config
    look, pace = config.look_every, pace_of(context, config)
    looks = context.pacing.cap(f"{name}, looks", config.epochs // look, look * pace, RUNG_SHARE * context.pacing.left)
    return config.but(epochs=looks * look)


def _incumbent(context: Context, recipe: TrainingConfig, run: TrainingRun, *, has_fitted: bool) -> TrainingConfig:
    """What regularize starts from: the size that fits, the family's own schedule, nothing regularising yet.

    Every later run takes its epochs: the effort's, but no more than the family's own where the rows are learnt sooner.
    """
    look = recipe.look_every
    epochs = multiple(recipe.epochs * context.effort.epochs, look)
    if has_fitted and context.own is None:
        epochs = min(epochs, multiple(max(recipe.epochs, ENOUGH * int(run.epochs_seen[-1])), look))
    if context.own is not None and run.epochs_seen:  # how long a model of the user's takes, only its own ladder tells
        epochs = min(max(epochs, int(run.epochs_seen[-1])), LONGER * epochs)
    seconds, each = context.seconds_for("regularize") / max(1, len(context.split.folds)), run.seconds_an_epoch
    seconds = max(min(seconds / COMPARED, CAUTION * recipe.epochs * each), seconds / MANY)
    epochs = look * context.pacing.cap("epochs of later runs", epochs // look, look * each, seconds)
    return recipe.unregularised().but(hp=run.config.hp, epochs=epochs)


def _table(context: Context, runs: list[TrainingRun]) -> Table:
    metric = context.metric
    rows = tuple(
        (
            size_in_words(context, run.config.hp), run.n_parameters, int(run.epochs_seen[-1]) if run.epochs_seen else 0,
            run.scores.get("train_loss"), training_error(context, run), run.scores.get("val_loss"),
            run.scores.get(f"val_{metric.name}"), run.seconds,
        )
        for run in runs
    )  # fmt: skip
    columns = (
        Column(name="shape"), Column(name="parameters", format="count"), Column(name="epochs", format="count"),
        Column(name="training loss"), Column(name=error_unit(context), format="share"), Column(name="validation loss"),
        Column(name=f"validation {metric.label}", format=metric.column_format),
        Column(name="time", unit="seconds"),
    )  # fmt: skip
    return Table(title="Rungs", caption="Nothing regularising on, constant rate.", columns=columns, rows=rows)
