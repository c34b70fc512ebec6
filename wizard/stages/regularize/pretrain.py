"""Weights that know something already."""

from __future__ import annotations

from typing import Any

from wizard.core.config import TrainingConfig
from wizard.data.form import Form
from wizard.models.families import pretrained
from wizard.models.family import multiple
from wizard.stages.context import Context
from wizard.stages.overfit.rungs import PACE_LOOKS
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.step import Outcome, no_time, noted, skipped, step

HEAD, WHOLE = "pretrained weights under a new head", "pretrained weights, all of them trained on"
PACE_STEPS = 4  # steps that measure the pace: one of a large network takes seconds
WORDS = {"table": "a table's columns mean something else in every table", "series": "series differ too much in kind"}
SCALE = ("learning_rate", "schedule", "batch", "look_every", "weight_decay", "dropout", "beta_2", "clip", "fade")


@step(needs=("weights of ours",))
def pretrain(context: Context) -> Outcome:
    """A network that learnt from other data first makes the predictions better.

    Weights trained on a large labelled set know edges, textures and shapes before they see the first example here.
    Supervised pretraining only: without labels it has paid off little outside of text.
    """
    modality = context.dataset.modality
    if modality in WORDS:
        return skipped(f"There are no weights to start from: {WORDS[modality]}.")
    form = context.prepared(incumbent(context).config).form
    if form.kind not in pretrained.FAMILY.forms:
        return skipped("This version has no family with weights of other texts.")
    there = pretrained.at_hand()
    if not there:
        return skipped(f"No weights are at hand, and none are downloaded unasked. {pretrained.HOW_TO_GIVE_WEIGHTS}")
    base = incumbent(context).config
    if base.family == pretrained.FAMILY.name:
        if base.after is not None:
            return noted("The network starts from pretrained weights already, and all of it was trained on.")
        return _tried(context, [_difference(base, pretrained.fine_tuned(base))], [WHOLE])
    first = _frozen(context, form, there[0])
    frozen = base.but(**first)
    if not context.pacing.allows("pretrain", _seconds(context, frozen)):
        return no_time()
    changes = [first, _difference(base, pretrained.fine_tuned(frozen))]
    n = few(context)
    return _tried(context, changes[:n], [f"{HEAD} ({there[0]})", f"{WHOLE} ({there[0]})"][:n])


def _tried(context: Context, changes: list[dict[str, Any]], words: list[str]) -> Outcome:
    return experiment(context, "pretrain", changes, words)


def _frozen(context: Context, form: Form, application: str) -> dict[str, Any]:
    """Fields of the first stage, in which the head alone is trained."""
    recipe = pretrained.recipe(form, len(context.train_rows), context.task)
    change = {name: getattr(recipe, name) for name in SCALE}
    change |= {"family": recipe.family, "hp": {**recipe.hp, "application": application}, "inputs": dict(recipe.inputs)}
    return {**change, "stop_after": None, "epochs": multiple(recipe.epochs * context.effort.epochs, recipe.look_every)}


def _difference(base: TrainingConfig, new: TrainingConfig) -> dict[str, Any]:
    return {name: there for name, (_, there) in base.diff(new).items()}


def _seconds(context: Context, config: TrainingConfig) -> float:
    """What judging it takes, by the pace of a few steps: the network is much larger than the one before."""
    if context.budget.seconds is None:
        return 0.0
    n = len(context.train_rows)
    n_rows = min(n, PACE_STEPS * config.batch)
    looks = PACE_LOOKS * config.look_every
    fold = 0 if context.split.folds else None
    pace = context.train(config.but(epochs=looks, n_rows=n_rows if n_rows < n else None, patience=None, fold=fold))
    return pace.seconds_an_epoch * n / n_rows * config.epochs * max(1, len(context.split.folds))
