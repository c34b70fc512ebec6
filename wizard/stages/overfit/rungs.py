"""Sizes of a family, trained with nothing regularising on and at a constant rate: what the stage's steps share."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.run import TrainingRun
from wizard.data.form import Form
from wizard.models.build import build_network
from wizard.models.family import Family, multiple
from wizard.stages.context import Context
from wizard.stages.words import share

MOST_EPOCHS = 150  # times the effort's; a rung also stops once its loss is at the floor or has stopped falling
ERROR = 0.02  # share of training rows wrong (or of target variance unexplained), beyond contradictions: "by heart"
PACE_LOOKS = 3  # looks that measure the pace; the first one traces the graph and does not count
PACE_STEPS = 32  # gradient steps a look, at most: of large sets a part is enough to know what an epoch takes


def rung_config(
    context: Context, recipe: TrainingConfig, rung: dict[str, HpValue], target: float | None = None
) -> TrainingConfig:
    """A rung: the family's rate, held constant, nothing regularising.

    Args:
        context: Of the step.
        recipe: How the family is usually trained.
        rung: Its size.
        target: Error at which training stops; None trains all epochs.
    """
    is_own = context.own is not None
    return recipe.unregularised().but(
        hp=rung,
        schedule="constant",
        learning_rate=recipe.learning_rate / (1 if is_own else 2),  # half the peak of a falling schedule
        epochs=multiple(MOST_EPOCHS * context.effort.epochs, recipe.look_every),
        fit_to=None if target is None else _fit_to(context, target),
        fold=0 if context.split.folds else None,
    )


def _fit_to(context: Context, target: float) -> float:
    """The training loss that goes with a training error; the user's own loss has its own measure."""
    if context.own is not None:
        return context.own.fit_to(target)
    return target / 4 if context.task.is_classification else target / 2


def seconds_an_epoch(context: Context, chosen: Family, form: Form) -> float:
    """What an epoch of a family's smallest rung takes here, by a few looks on as many rows as they need."""
    n = len(context.train_rows)
    return pace_of(context, rung_config(context, chosen.recipe(form, n, context.task), chosen.ladder(form)[0]))


def pace_of(context: Context, config: TrainingConfig) -> float:
    """What an epoch of a configuration takes here, by a few looks on as many rows as they need."""
    n = len(context.train_rows)
    n_rows = min(n, PACE_STEPS * config.batch)
    part = config.but(epochs=PACE_LOOKS * config.look_every, n_rows=n_rows if n_rows < n else None, fit_to=None)
    return context.train(part).seconds_an_epoch * n / n_rows


def n_parameters(context: Context, chosen: Family, rung: dict[str, Any], form: Form) -> int:
    """Numbers that a rung learns."""
    network = build_network(TrainingConfig(family=chosen.name, hp=rung), form, context.task)
    return int(sum(v.shape.num_elements() for v in network.model.trainable_variables))


def training_error(context: Context, run: TrainingRun) -> float:
    """Share of training rows (or of their labels) wrong, or of target variance unexplained; 1 for a run that failed."""
    if run.failure:
        return 1.0
    if context.task.is_multilabel:
        return 1 - run.scores["train_label_accuracy"]
    return 1 - run.scores["train_accuracy"] if context.task.is_classification else 1 - run.scores["train_r2"]


def error_unit(context: Context) -> str:
    """What `training_error` is a share of."""
    if context.task.is_multilabel:
        return "training rows' labels wrong"
    return "training rows wrong" if context.task.is_classification else "target variance unexplained"


def loss_unit(context: Context) -> str:
    """Unit of training and validation losses."""
    if context.own is not None:
        return context.own.loss_unit
    return "nats" if context.task.is_classification else "target variances"


def left_in_words(context: Context, error: float) -> str:
    """What a network leaves unfitted."""
    if context.task.is_classification:
        them = "their labels" if context.task.is_multilabel else "them"
        return "every one is right" if error == 0 else f"{share(error)} of {them} are wrong"
    return f"{share(error)} of the target's variance is unexplained"
