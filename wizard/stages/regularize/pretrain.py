"""Weights that know something already."""

from __future__ import annotations

from typing import Any

from wizard.core import registry
from wizard.models.family import PACKAGE, multiple, names
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.step import Outcome, noted, skipped, step

FAMILY = "pretrained"
WORDS = {"table": "a table's columns mean something else in every table", "series": "series differ too much in kind"}
SCALE = ("learning_rate", "schedule", "batch", "look_every", "weight_decay", "dropout", "beta_2", "clip", "fade")


@step()
def pretrain(context: Context) -> Outcome:
    """A network that learnt from other data first makes the predictions better.

    Weights trained on a large labelled set know edges, textures and shapes before they see the first example here.
    Supervised pretraining only: without labels it has paid off little outside of text.
    """
    modality = context.dataset.modality
    if modality in WORDS:
        return skipped(f"There are no weights to start from: {WORDS[modality]}.")
    form = context.prepared(incumbent(context).config).form
    module: Any = registry.load(PACKAGE, FAMILY) if FAMILY in names() else None
    if module is None or form.kind not in module.FAMILY.forms:
        return skipped(
            f"This version has no family with weights of other {'pictures' if modality == 'image' else 'texts'}; one "
            f"is a file {FAMILY}.py among the model families."
        )
    application = module.weights_at_hand()
    if not application:
        return skipped(f"No weights are at hand, and none are downloaded unasked. {module.HOW_TO_GIVE_WEIGHTS}")
    base = incumbent(context).config
    if base.family == FAMILY:
        return noted("The network starts from pretrained weights already.")
    recipe = module.FAMILY.recipe(form, len(context.train_rows), context.task)
    change = {name: getattr(recipe, name) for name in SCALE}
    change |= {
        "family": FAMILY,
        "hp": {**recipe.hp, "application": application},
        "inputs": dict(recipe.inputs),
        "stop_after": None,
    }
    change["epochs"] = multiple(recipe.epochs * context.effort.epochs, recipe.look_every)
    return experiment(context, "pretrain", [change], [f"pretrained weights ({module.FAMILY.title})"])
