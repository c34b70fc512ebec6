"""The loss before training."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Reference
from wizard.core.finding import Cause
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, passed, step

STANDARD_ERRORS = 4.0  # of the mean loss over the rows measured: chance alone passes it in 1 of 16,000 runs
ALLOWED_SPREAD = 2.0  # times spread²/2, what random logits of this spread cost on average
ALLOWED_SHARE = 0.02  # of the expected loss: rounding and the few rows behind the prior


@step(gate=True)
def loss_at_init(context: Context) -> Outcome:
    """The untrained network is as unsure as it should be.

    Before training, a network knows no more than how often each class occurs, so its first loss can be computed by
    hand. Far from that, the last layer or the loss is wired wrongly, and training would only hide it.
    """
    config = skeleton(context)
    losses, outputs = context.trainer.untrained(config)
    y = context.prepared(config).y[context.prepared(config).held]
    measured = float(losses.mean())
    expected = _expected(context, y)
    spread = float((outputs - outputs.mean(0)).std())
    error = float(losses.std() / np.sqrt(len(losses)))
    allowed = ALLOWED_SPREAD * spread**2 / 2 + STANDARD_ERRORS * error * spread + ALLOWED_SHARE * expected
    if not context.task.is_classification:
        allowed += 2 * spread + spread**2
    unit = "nats" if context.task.is_classification else "target variances"
    bars = Bars(
        title="First loss",
        labels=("measured", "computed by hand"),
        values=(measured, expected),
        value_label=f"loss ({unit})",
        references=(Reference(value=expected, label="expected"),),
        caption=f"Untrained network on {len(losses):,} held-out rows; its outputs spread by {spread:.2f}.",
    )
    numbers = {
        "measured": measured, "expected": expected, "interval": (measured - 1.96 * error, measured + 1.96 * error),
        "unit": unit, "blocks": (bars,),
    }  # fmt: skip
    if abs(measured - expected) > allowed:
        return failed(
            f"The loss starts at {measured:.3f} {unit}; {expected:.3f} is expected.",
            causes=(
                Cause(fault="M09", sentence="The last layer's weights are too large, so that it starts out overconfident."),
                Cause(fault="M01", sentence="The loss and the last layer do not agree on logits or probabilities."),
            ),
            advice="Check the last layer's initialisation and what the loss expects.",
            **numbers,
        )  # fmt: skip
    return passed(f"The loss starts at {measured:.3f} {unit}; {expected:.3f} is expected.", **numbers)


def _expected(context: Context, y: np.ndarray) -> float:
    """Cross-entropy of the rows measured under the training rows' class shares; mean square around the training mean."""
    prepared = context.prepared(skeleton(context))
    if context.task.is_classification:
        return float(-np.log(prepared.prior)[y].mean())
    return float(np.mean(y.astype("float64") ** 2))
