"""A network of less capacity."""

from __future__ import annotations

from wizard.stages.context import Context
from wizard.stages.own import of_its_kind, size_in_words, without_sizes
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.regularize.ladder import neighbours
from wizard.stages.step import Outcome, noted, skipped, step


@step()
def smaller_model(context: Context) -> Outcome:
    """A smaller network makes the predictions better.

    The network was chosen for being able to learn the training rows by heart. One that cannot must look for what the
    rows have in common; what is known of the domain may well fit into less.
    """
    if context.own is not None and (reason := without_sizes(context.own)):
        return skipped(reason)
    config = incumbent(context).config
    smaller = neighbours(context, config)[0][: few(context)]
    if not smaller:
        return noted(f"The network is the smallest {of_its_kind(context)} already.")
    return experiment(
        context,
        "smaller_model",
        [{"hp": {**config.hp, **rung}} for rung in smaller],
        [f"a smaller network ({size_in_words(context, rung)})" for rung in smaller],
        are_doses=True,
    )
