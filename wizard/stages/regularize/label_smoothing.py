"""Labels that are a little less sure."""

from __future__ import annotations

from wizard.stages.context import Context
from wizard.stages.own import declared_experiment
from wizard.stages.regularize.experiment import experiment, few
from wizard.stages.step import Outcome, noted, step

AMOUNTS = (0.1, 0.2)  # Szegedy et al. took a tenth of 1,000 classes


@step()
def label_smoothing(context: Context) -> Outcome:
    """Less certain labels make the network better.

    A network that is to be right with certainty pushes its logits apart without end. Spreading a little of each label
    over all classes stops that (Szegedy et al. 2016), and costs less where some labels are wrong.
    """
    if context.own is not None:
        return declared_experiment(context, context.own, "label_smoothing")
    if not context.task.is_classification:
        return noted("Nothing to smooth: a number is not spread over classes, as a label is.")
    amounts = AMOUNTS[: few(context)]
    return experiment(
        context,
        "label_smoothing",
        [{"label_smoothing": amount} for amount in amounts],
        [f"label smoothing {amount:g}" for amount in amounts],
        are_doses=True,
    )
