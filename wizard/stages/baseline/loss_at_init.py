"""The loss before training."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Reference
from wizard.core.finding import Cause
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.step import Outcome, failed, passed, step
from wizard.stages.words import loss
from wizard.training.metrics import log_losses
from wizard.training.units import effective_rows

ALLOWED_SHARE = 0.02  # of the expected loss: rounding
MOST_OF_LOG_K = 0.15  # of log k: what random logits cost with the usual initialisations, and ours are ten times smaller
MOST_VARIANCES = 0.5  # random outputs a tenth as wide as the target, all in its direction, change it by 0.3


@step(gate=True)
def loss_at_init(context: Context) -> Outcome:
    """The untrained network is as unsure as it should be.

    Before training, a network knows no more than how often each class occurs, so its first loss can be computed by
    hand. Far from that, the last layer or the loss is wired wrongly, and training would only hide it.
    """
    if context.foreign is not None:
        return verdicts.first_loss(context)
    config = skeleton(context)
    losses, outputs = context.trainer.untrained(config)
    prepared = context.prepared(config)
    y = prepared.y[prepared.held]
    measured = float(losses.mean())
    if context.task.is_classification:
        expected = float(log_losses(y, np.tile(prepared.prior, (len(y), 1))).mean())
        spread = float((outputs - outputs.mean(0)).std())
        n_choices = 2 if context.task.is_multilabel else context.task.n_outputs  # a label is there or not
        allowed = min(spread + spread**2, MOST_OF_LOG_K * float(np.log(n_choices)))
    else:
        expected = float(np.mean(y.astype("float64") ** 2))
        spread = float(np.sqrt(np.mean(outputs.astype("float64") ** 2)))
        allowed = min(2 * spread * float(np.sqrt(expected)) + spread**2, MOST_VARIANCES)
    allowed += ALLOWED_SHARE * expected
    unit = "nats" if context.task.is_classification else "target variances"
    bars = Bars(
        title="First loss",
        labels=("measured", "computed by hand"),
        values=(measured if np.isfinite(measured) else 0.0, expected),
        value_label=f"loss ({unit})",
        references=(Reference(value=expected, label="expected"),),
        caption=f"Untrained network on {len(losses):,} held-out rows. Its random outputs spread by {spread:.2f}, "
        f"which explains a difference of up to {allowed:.3f}.",
    )
    numbers = {"expected": expected, "unit": unit, "blocks": (bars,)}
    if not np.isfinite(measured):
        return failed(
            f"The untrained network's loss is no finite number; {loss(expected)} {unit} is expected.",
            causes=(
                Cause(fault="D03", sentence="The inputs hold NaN or infinite numbers."),
                Cause(fault="M09", sentence="Weights start so large that the outputs overflow."),
            ),
            advice="Look at the numbers that enter the network.",
            **numbers,
        )
    half = 1.96 * float(losses.std()) / np.sqrt(effective_rows(losses, context.units(prepared.held)))
    numbers |= {"measured": measured, "interval": (measured - half, measured + half)}
    words = f"The loss starts at {loss(measured)} {unit}; {loss(expected)} is expected"
    if abs(measured - expected) <= allowed:
        return passed(f"{words}.", **numbers)
    wide = Cause(fault="M09", sentence="Weights start too large, so that the network is sure of random answers.")
    unlike = Cause(fault="M01", sentence="The loss and the last layer do not agree on logits or probabilities.")
    return failed(
        f"{words}, and chance explains no more than {loss(allowed)} of difference.",
        causes=(wide, unlike) if spread > 2 * allowed else (unlike, wide),
        advice="Check the last layer's initialisation and what the loss expects.",
        **numbers,
    )
