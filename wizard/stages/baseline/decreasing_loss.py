"""The training loss falls, and a larger network gets it lower."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines
from wizard.core.finding import Cause
from wizard.stages.baseline.skeleton import for_steps, skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, noted, passed, step

LARGER = {"width": 256, "depth": 2}
LEAST_FALL = 0.02  # of the first loss: less in hundreds of steps is not falling


@step(gate=True)
def decreasing_loss(context: Context) -> Outcome:
    """Training makes the loss fall, and a little more capacity makes it fall further.

    If the loss does not move the optimiser is not connected to it. If a larger network ends no lower, something other
    than capacity is the limit.
    """
    small = for_steps(context, skeleton(context), 2 * context.effort.steps)
    runs = {"small": context.train(small), "larger": context.train(small.but(hp=LARGER, learning_rate=1e-3))}
    start = float(context.trainer.untrained(small)[0].mean())
    end = {name: float(run.scores.get("train_loss", np.nan)) for name, run in runs.items()}
    unit = "nats" if context.task.is_classification else "target variances"
    lines = Lines(
        title="Training loss",
        lines=tuple(
            Line(
                name=f"{name} ({run.n_parameters:,} parameters)",
                x=tuple(map(float, range(len(run.history["loss"]) + 1))),
                y=(start, *run.history["loss"]),
            )
            for name, run in runs.items()
        ),
        x_label="epochs",
        y_label=f"training loss ({unit})",
        caption="Running means while training; the point at 0 is the untrained network.",
    )
    numbers = {"measured": end["small"], "expected": start, "unit": unit, "blocks": (lines,)}
    decides = {"skeleton": small, "stage_configs": {"baseline": small.but(fold=None)}}
    if not end["small"] < (1 - LEAST_FALL) * start:
        if not context.decided("signal"):
            return noted("The training loss hardly falls, as there is no usable signal.", decides=decides, **numbers)
        return failed(
            f"The training loss goes from {start:.3f} to {end['small']:.3f} {unit}: it does not fall.",
            causes=(
                Cause(fault="O02", sentence="The learning rate is too low."),
                Cause(fault="O01", sentence="The learning rate is too high."),
                Cause(fault="T05", sentence="The loss has the wrong sign."),
            ),
            advice="Check the optimiser, the rate and the loss.",
            decides=decides,
            **numbers,
        )
    further = f"a larger network reaches {end['larger']:.3f}"
    if end["larger"] > end["small"]:
        further = f"a larger network ends no lower ({end['larger']:.3f})"
    return passed(
        f"The training loss falls from {start:.3f} to {end['small']:.3f} {unit}; {further}.", decides=decides, **numbers
    )
