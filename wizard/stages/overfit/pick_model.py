"""Which family to use."""

from __future__ import annotations

from typing import Any

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.data.form import Form
from wizard.models.build import build_network
from wizard.models.family import Family, families_for, family
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, step

PLAINEST = {
    "image": "resnet",
    "features": "mlp",
    "tokens": "bag_of_ngrams",
}  # what most people would try first, and rightly


@step()
def pick_model(context: Context) -> Outcome:
    """The model is the plainest one that is known to work.

    "Don't be a hero": nothing is invented here. The family is the one that the literature would try first on such
    inputs, and its capacity is the only thing to vary.
    """
    form = context.form()
    chosen = chosen_family(context, form)
    rows = tuple(
        (f"{number}", " · ".join(f"{name} {value}" for name, value in rung.items()) or "the only one", parameters)
        for number, (rung, parameters) in enumerate(_sizes(context, chosen, form), start=1)
    )
    table = Table(
        title=f"{chosen.title}: rungs of capacity",
        caption=f"{chosen.paper}.",
        columns=(Column(name="rung"), Column(name="shape"), Column(name="parameters", format="count")),
        rows=rows,
    )
    others = [one.name for one in families_for(form) if one.name != chosen.name]
    why = "as you asked" if context.options.get("family") else f"the plainest for {form}"
    return noted(
        f"{chosen.title}, {why}; {len(rows)} sizes from {rows[0][2]:,} to {rows[-1][2]:,} parameters.",
        advice=f"To try another family call overfit(family=…) with one of {', '.join(others)}." if others else "",
        blocks=(table,),
    )


def chosen_family(context: Context, form: Form) -> Family:
    """The family that the caller asked for, or the plainest one."""
    return family(str(context.options.get("family") or PLAINEST[form.kind]))


def _sizes(context: Context, chosen: Family, form: Form) -> list[tuple[dict[str, Any], int]]:
    sizes: list[tuple[dict[str, Any], int]] = []
    for rung in chosen.ladder(form):
        network = build_network(TrainingConfig(family=chosen.name, hp=rung), form, context.task)
        sizes.append((dict(rung), int(sum(v.shape.num_elements() for v in network.model.trainable_variables))))
    return sizes
