"""Does the network look at its inputs?"""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars
from wizard.core.finding import Cause
from wizard.core.run import TrainingRun
from wizard.stages.baseline.skeleton import for_steps, skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, passed, step, warned

STANDARD_ERRORS = 3.0  # of the paired difference of losses: a band that chance leaves in 1 of 700 runs


@step(gate=True)
def input_independent(context: Context) -> Outcome:
    """Real inputs beat blank ones.

    The same network is trained on the real inputs, on zeros, and on inputs shuffled against their labels. Only the
    first can do better than guessing; if it does not, the data never reach the network, or labels and inputs were
    torn apart on the way.
    """
    config = for_steps(context, skeleton(context), context.effort.steps)
    runs = {
        "real inputs": context.train(config),
        "blank inputs": context.train(config.but(control="zeros")),
        "shuffled inputs": context.train(config.but(control="shuffled")),
    }
    losses = {name: _losses(context, run, name) for name, run in runs.items()}
    difference = losses["blank inputs"] - losses["real inputs"]
    error = float(difference.std() / np.sqrt(len(difference)))
    gain, unit = float(difference.mean()), "nats" if context.task.is_classification else "target variances"
    bars = Bars(
        title="Loss on held-out rows after the same short training",
        caption=f"{len(difference):,} rows; intervals are 95%.",
        labels=tuple(losses),
        values=tuple(float(values.mean()) for values in losses.values()),
        intervals=tuple(_interval(values) for values in losses.values()),
        value_label=f"loss ({unit})",
    )
    numbers = {
        "measured": float(losses["real inputs"].mean()), "expected": float(losses["blank inputs"].mean()),
        "interval": _interval(losses["real inputs"]), "unit": unit, "blocks": (bars,),
    }  # fmt: skip
    if gain > STANDARD_ERRORS * error:
        ratio = losses["real inputs"].mean() / max(float(losses["blank inputs"].mean()), 1e-12)
        return passed(
            f"Loss on real inputs is {losses['real inputs'].mean():.3f} {unit}, {ratio:.0%} of what blank inputs give.",
            **numbers,
        )
    if context.decided("signal"):
        return failed(
            "The network does no better on real inputs than on blank ones, though a simple method finds signal in them.",
            causes=(
                Cause(fault="M16", sentence="The inputs do not reach the network's output."),
                Cause(fault="L03", sentence="Inputs and labels were put in different orders on the way to the network."),
            ),
            advice="Look at the tensors that enter the network, beside their labels.",
            **numbers,
        )  # fmt: skip
    return warned(
        "Neither the network nor any simple method finds usable signal in these inputs.",
        advice="Check that the labels belong to these inputs.",
        **numbers,
    )


def _losses(context: Context, run: TrainingRun, name: str) -> np.ndarray:
    """(n,) losses on held-out rows from stored predictions: nats, or squares in target variances."""
    prepared = context.prepared(run.config)
    held = prepared.held
    predictions = context.trainer.held_predictions(run)
    if context.task.is_classification:
        return -np.log(np.clip(predictions[np.arange(len(held)), prepared.y[held]], 1e-12, None))
    return ((predictions - context.y(held)) / prepared.scale.std) ** 2


def _interval(values: np.ndarray) -> tuple[float, float]:
    half = 1.96 * float(values.std()) / np.sqrt(len(values))
    return (float(values.mean()) - half, float(values.mean()) + half)
