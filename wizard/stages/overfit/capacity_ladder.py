"""Rungs of capacity, until one fits the training rows."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.core.run import TrainingRun
from wizard.models.family import Family, multiple
from wizard.stages.context import Context
from wizard.stages.overfit.pick_model import chosen_family
from wizard.stages.step import Outcome, failed, passed, step, warned
from wizard.stages.words import share

MOST_EPOCHS = 150  # times the effort's; a rung also stops once its loss is at the floor or has stopped falling
ERROR = 0.02  # share of training rows wrong (or of target variance unexplained), beyond contradictions: "by heart"
PACE_LOOKS = 3  # looks that measure the pace; the first one traces the graph and does not count
RUNG_SHARE = 0.6  # of the stage's time left that one rung may take
COMPARED = 5  # configurations that regularize compares, each on every fold
FALLING = 0.9  # of the first loss: a rung that got below is learning, only not done


@step(gate=True)
def capacity_ladder(context: Context) -> Outcome:
    """A network of some size fits the training rows completely.

    Sizes are tried from small to large, without regularisation and at a constant rate, until one learns the training
    rows by heart. If none does, the limit is not capacity: it is the rate, contradictory labels, or a bug.
    """
    form = context.form()
    chosen = chosen_family(context, form)
    recipe = chosen.recipe(form, len(context.train_rows), context.task)
    floor = context.decided("contradiction_floor") or 0.0
    target = floor + ERROR
    runs: list[TrainingRun] = []
    is_cut = False
    for rung in chosen.ladder(form)[: context.effort.rungs]:
        name = f"capacity_ladder: rung {len(runs) + 1} ({_shape(rung)})"
        if runs and not context.pacing.allows(name, 2 * runs[-1].seconds):
            is_cut = True
            break
        context.progress.detail(f"rung {len(runs) + 1}: {_shape(rung)}")
        config = rung_config(context, recipe, rung, target)
        runs.append(context.train(_within_time(context, config, name)))
        if training_error(context, runs[-1]) <= target:
            break
    context.shared["ladder"] = runs
    errors = [training_error(context, run) for run in runs]
    best = int(np.argmin(errors))
    config = _incumbent(context, chosen, recipe, runs[best])
    unit = _unit(context)
    numbers = {
        "measured": errors[best], "expected": floor, "unit": f"share of {unit}",
        "blocks": (_table(context, runs, unit),),
        "decides": {
            "incumbent": config,
            "epochs_to_fit": int(runs[best].epochs_seen[-1]),
            "stage_configs": {**context.decided("stage_configs"), "overfit": config},
        },
    }  # fmt: skip
    words = f"{_shape(runs[best].config.hp)} ({runs[best].n_parameters:,} parameters)"
    if errors[best] <= target:
        return passed(
            f"Rung {best + 1}, {words}, fits the training rows: {_left(context, errors[best])}.",
            **numbers,
        )
    is_learning = runs[best].history["loss"][-1] < FALLING * runs[best].history["loss"][0]
    left = _left(context, errors[best])
    if is_learning or not context.decided("signal"):
        reason = "there was no time for more" if is_cut else "no larger rung is left"
        return warned(
            f"The largest network tried, {words}, does not fit the training rows: {left}; {reason}.",
            advice="Give it a larger budget, or accept that the training rows are not learnt by heart.",
            causes=(
                Cause(fault="L01", sentence="Labels that inputs do not determine can only be learnt by heart, slowly."),
            ),
            **numbers,
        )
    return failed(
        f"No rung fits the training rows: the best, {words}, leaves {left}, and its loss does not fall.",
        causes=(
            Cause(fault="O01", sentence="The learning rate does not suit this family and these inputs."),
            Cause(fault="L03", sentence="The labels do not belong to the inputs."),
        ),
        advice="Look at the loss curves, and call baseline() again.",
        **numbers,
    )


def rung_config(context: Context, recipe: TrainingConfig, rung: dict, target: float) -> TrainingConfig:
    """A rung: the family's rate, held constant, nothing regularising, until the training rows are fitted."""
    return recipe.but(
        hp=rung,
        dropout=0.0,
        weight_decay=0.0,
        schedule="constant",
        learning_rate=recipe.learning_rate / 2,  # half the peak of a falling schedule
        epochs=multiple(MOST_EPOCHS * context.effort.epochs, recipe.look_every),
        fit_to=target / 4 if context.task.is_classification else target / 2,
        fold=0 if context.split.folds else None,
    )


def _within_time(context: Context, config: TrainingConfig, name: str) -> TrainingConfig:
    """The same rung with as many epochs as there is time for, at the pace of a few looks."""
    if context.budget.seconds is None:
        return config
    look = config.look_every
    pace = context.train(config.but(epochs=PACE_LOOKS * look, fit_to=None)).seconds_an_epoch
    looks = context.pacing.cap(f"{name}, looks", config.epochs // look, look * pace, RUNG_SHARE * context.pacing.left)
    return config.but(epochs=max(looks, PACE_LOOKS) * look)


def training_error(context: Context, run: TrainingRun) -> float:
    """Share of training rows (or of their labels) wrong, or of target variance unexplained; 1 for a run that failed."""
    if run.failure:
        return 1.0
    if context.task.is_multilabel:
        return 1 - run.scores["train_label_accuracy"]
    return 1 - run.scores["train_accuracy"] if context.task.is_classification else 1 - run.scores["train_r2"]


def _unit(context: Context) -> str:
    if context.task.is_multilabel:
        return "training rows' labels wrong"
    return "training rows wrong" if context.task.is_classification else "target variance unexplained"


def _left(context: Context, error: float) -> str:
    """What a network leaves unfitted, in words."""
    if context.task.is_classification:
        them = "their labels" if context.task.is_multilabel else "them"
        return "every one is right" if error == 0 else f"{share(error)} of {them} are wrong"
    return f"{share(error)} of the target's variance is unexplained"


def _incumbent(context: Context, chosen: Family, recipe: TrainingConfig, run: TrainingRun) -> TrainingConfig:
    """What regularize starts from: the size that fits, the family's own schedule, nothing regularising yet."""
    look = recipe.look_every
    epochs = multiple(recipe.epochs * context.effort.epochs, look)
    n_runs = max(1, len(context.split.folds)) * COMPARED
    seconds = context.budget.seconds_of("regularize") / n_runs
    epochs = look * context.pacing.cap("epochs of later runs", epochs // look, look * run.seconds_an_epoch, seconds)
    return recipe.but(hp=run.config.hp, dropout=0.0, weight_decay=0.0, epochs=epochs)


def _shape(hp: dict) -> str:
    return " · ".join(f"{name} {value}" for name, value in hp.items()) or "linear"


def _table(context: Context, runs: list[TrainingRun], unit: str) -> Table:
    metric = context.metric
    rows = tuple(
        (
            _shape(run.config.hp), run.n_parameters, int(run.epochs_seen[-1]), run.scores.get("train_loss"),
            training_error(context, run), run.scores.get("val_loss"), run.scores.get(f"val_{metric.name}"), run.seconds,
        )
        for run in runs
    )  # fmt: skip
    columns = (
        Column(name="shape"), Column(name="parameters", format="count"), Column(name="epochs", format="count"),
        Column(name="training loss"), Column(name=unit, format="share"), Column(name="validation loss"),
        Column(name=f"validation {metric.label}", format=metric.column_format),
        Column(name="time", unit="seconds"),
    )  # fmt: skip
    return Table(title="Rungs", caption="Nothing regularising on, constant rate.", columns=columns, rows=rows)
