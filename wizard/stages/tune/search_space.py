"""What may vary, and how far."""

from __future__ import annotations

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.models.family import family
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, step
from wizard.training.search import Dimension

RATE_FACTOR = 4.0  # the incumbent's rate divided and multiplied by it: its own recipe is rarely further off
MOST_DROPOUT = 0.5
DECAYS = (1e-2, 3.0)  # a unit of learning rate: from nothing to a tenth of a weight in a short run
MOST_SMOOTHING = 0.2


@step()
def search_space(context: Context) -> Outcome:
    """The search looks where a better network may be.

    A range that is too wide wastes trials on networks that cannot learn, one that is too narrow finds what is there
    already. Each range lies around the best configuration so far.
    """
    config: TrainingConfig = context.decided("incumbent")
    space = space_around(context, config)
    rows = tuple(
        (
            d.name.removeprefix("hp."),
            ", ".join(map(str, d.options)) if d.kind == "choice" else f"{d.low:.3g} to {d.high:.3g}",
            {"log": "even in its logarithm", "linear": "even", "choice": "one of these"}[d.kind],
            f"{d.now:.3g}" if isinstance(d.now, float) else str(d.now),
        )
        for d in space
    )
    table = Table(
        title="Search space",
        columns=(Column(name="hyperparameter"), Column(name="range"), Column(name="drawn"), Column(name="now")),
        rows=rows,
    )
    return noted(
        f"{len(space)} hyperparameters vary around the best configuration so far.",
        measured=float(len(space)),
        unit="hyperparameters",
        blocks=(table,),
        decides={"search_space": {d.name: d.model_dump(mode="json") for d in space}},
    )


def space_around(context: Context, config: TrainingConfig) -> tuple[Dimension, ...]:
    """The dimensions around a configuration; structural ones only where the effort pays for tracing new networks."""
    rate = config.learning_rate
    space = [
        Dimension(name="learning_rate", kind="log", low=rate / RATE_FACTOR, high=rate * RATE_FACTOR, now=rate),
        Dimension(name="dropout", kind="linear", low=0.0, high=MOST_DROPOUT, now=config.dropout),
        Dimension(name="weight_decay", kind="log", low=DECAYS[0], high=DECAYS[1], now=config.weight_decay),
        Dimension(
            name="batch", kind="choice", options=(max(8, config.batch // 2), config.batch, config.batch * 2),
            now=config.batch,
        ),
    ]  # fmt: skip
    if context.task.is_classification:
        space.append(
            Dimension(
                name="label_smoothing", kind="linear", low=0.0, high=MOST_SMOOTHING, now=config.label_smoothing
            )
        )  # fmt: skip
    if context.dataset.modality != "table":
        space.append(Dimension(name="augment", kind="linear", low=0.0, high=1.0, now=config.augment))
    if context.effort.name != "quick":
        widths = sorted(
            {int(rung["width"]) for rung in family(config.family).ladder(context.form()) if "width" in rung}
        )
        if "width" in config.hp and len(widths) > 1:
            space.append(Dimension(name="hp.width", kind="choice", options=tuple(widths), now=config.hp["width"]))
    return tuple(space)
