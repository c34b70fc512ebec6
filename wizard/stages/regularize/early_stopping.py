"""Stopping while it is best."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines, Reference
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, incumbent, standing
from wizard.stages.regularize.stopping import where_to_stop
from wizard.stages.step import Outcome, noted, step


@step()
def early_stopping(context: Context) -> Outcome:
    """Stopping where the validation loss is lowest makes the network better.

    One epoch is chosen for all folds and seeds together, from the mean of their validation losses, so that no single
    run can stop where luck was on its side.
    """
    base = incumbent(context)
    curves = [run.history["val_loss"] for repeat in base.runs for run in repeat if not run.failure]
    shortest = min(map(len, curves))
    curve = np.mean([values[:shortest] for values in curves], axis=0)
    epochs = [int(epoch) for epoch in base.runs[0][0].epochs_seen[:shortest]]
    best, last = epochs[int(curve.argmin())], epochs[-1]
    stop = where_to_stop(epochs, curve)
    plot = Lines(
        title="Validation loss of the best configuration so far",
        caption=f"Mean over {len(curves)} runs; lowest after epoch {best} of {last}.",
        lines=(Line(name="validation loss", x=tuple(map(float, epochs)), y=tuple(map(float, curve))),),
        x_label="epochs",
        y_label="validation loss",
        marks=(Reference(value=float(best), label="lowest"),),
    )
    if stop is None:
        where = (
            f"at the very end (epoch {best})"
            if best == last
            else f"after epoch {best} of {last}, and hardly below the end"
        )
        outcome = noted(
            f"The validation loss is lowest {where}: there is nothing to stop early.",
            measured=float(best),
            expected=float(last),
            unit="best epoch",
        )
    else:
        words = f"stopping after epoch {stop} of {last}"
        outcome = experiment(context, "early_stopping", [{"stop_after": stop}], [words])
    decides = outcome.decides or standing(context, base.config)
    return Outcome(**{**outcome.__dict__, "blocks": (*outcome.blocks, plot), "decides": decides})
