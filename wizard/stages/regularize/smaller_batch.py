"""Fewer examples a step."""

from __future__ import annotations

from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.step import Outcome, noted, step

PARTS = (2, 4)  # the batch is divided by these
SMALLEST = 4  # examples: batch statistics of fewer are noise


@step()
def smaller_batch(context: Context) -> Outcome:
    """Smaller batches make the network better.

    Each step then sees a noisier gradient, which keeps a network out of narrow minima (Keskar et al. 2017). Epochs and
    learning rate stay as they are, so that there are more steps, and each example counts for more in its own.
    """
    batch = incumbent(context).config.batch
    sizes = [batch // part for part in PARTS if batch // part >= SMALLEST][: few(context)]
    if not sizes:
        return noted(f"Batches of {batch} are as small as batches should be.")
    return experiment(
        context,
        "smaller_batch",
        [{"batch": size} for size in sizes],
        [f"batches of {size} instead of {batch}" for size in sizes],
        are_doses=True,
    )
