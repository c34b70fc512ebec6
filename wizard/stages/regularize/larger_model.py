"""A network of more capacity, stopped in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.stages.context import Context
from wizard.stages.own import of_its_kind, size_in_words, without_sizes
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.regularize.ladder import neighbours
from wizard.stages.regularize.stopping import where_to_stop
from wizard.stages.step import Outcome, no_time, noted, skipped, step

COST = 3.0  # times the incumbent's: a rung has about four times the weights, but not all of the time goes into them


@step()
def larger_model(context: Context) -> Outcome:
    """A larger network, stopped early, makes the predictions better.

    Larger networks overfit more in the end, but stopped early they are often better than smaller ones: of all steps
    here it is the one that goes the other way. Where to stop is read off the validation loss of one fold and one seed,
    and then holds for all of them.
    """
    if context.own is not None and (reason := without_sizes(context.own)):
        return skipped(reason)
    base = incumbent(context)
    config = base.config
    larger = neighbours(context, config)[1][:1]
    if not larger:
        return noted(f"The network is the largest {of_its_kind(context)} already.")
    if not context.pacing.allows("larger_model: where to stop", COST * base.seconds):
        return no_time()
    change: dict[str, Any] = {"hp": {**config.hp, **larger[0]}, "stop_after": None}
    run = context.train(config.but(**change, fold=0 if context.split.folds else None, seed=0))
    words = f"a larger network ({size_in_words(context, larger[0])})"
    if not run.failure and "val_loss" in run.history:
        best = where_to_stop(run.epochs_seen, np.asarray(run.history["val_loss"]))
        if best is not None:
            change["stop_after"] = best
            words += f", stopped after epoch {best}"
    cost = run.seconds / max(base.runs[0][0].seconds, 1e-9)
    return experiment(context, "larger_model", [change], [words], cost=cost)
