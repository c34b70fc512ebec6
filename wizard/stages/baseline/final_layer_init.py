"""What a well-chosen bias of the last layer saves."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import amount, count

STEPS = 50
POINTS = 10  # points of the curve: the mean loss of five steps each
WORTH = 0.01  # nats or variances: a smaller gain is not worth a word


@step()
def final_layer_init(context: Context) -> Outcome:
    """The last layer starts from what is known about the target.

    A network that must first learn how frequent each class is, or how large the target is, spends its first steps on
    that: the loss curve looks like a hockey stick. Starting the last bias at the right value removes it.
    """
    if context.foreign is not None:
        return verdicts.head_bias(context)
    config = skeleton(context)
    config = config.but(epochs=POINTS, n_rows=config.batch * STEPS // POINTS)
    with_bias = context.train(config)
    n_rows = min(config.n_rows or 0, len(context.prepared(config).train))
    steps = -(-n_rows // config.batch)  # between two points of the curve: fewer where there are few rows
    x = tuple(float((i + 1) * steps) for i in range(POINTS))
    if context.task.is_classification:
        what = "label" if context.task.is_multilabel else "class"
        without = context.train(config.but(head_bias=False))
        curves = {f"bias at the {what} frequencies": with_bias.history["loss"], "bias at zero": without.history["loss"]}
        gain = float(without.history["loss"][0] - with_bias.history["loss"][0])
        unit = "nats saved in the first steps"
    else:
        scale = context.prepared(config).scale
        gain = float(np.mean((scale.mean / scale.std) ** 2))
        curves = {"target standardised": with_bias.history["loss"]}
        unit = "target variances saved at the start"
    lines = Lines(
        title=f"The first {steps * POINTS} steps",
        caption=f"The same network, rows and order; each point is the mean training loss of {count(steps, 'step')}.",
        lines=tuple(Line(name=name, x=x[: len(y)], y=y) for name, y in curves.items() if np.isfinite(y).all()),
        x_label="gradient steps",
        y_label="training loss",
    )
    if not np.isfinite(gain):
        return warned(
            "The first steps with and without the bias cannot be compared: a loss is no finite number.",
            advice="See the checks of the loss below.",
            blocks=(lines,),
        )
    numbers = {"measured": gain, "expected": 0.0, "unit": unit, "blocks": (lines,)}
    if not context.task.is_classification:
        words = f"on the raw target it would start at {amount(round(1 + gain, 1))}"
        return passed(f"The target is standardised, so that the loss starts at about 1 variance; {words}.", **numbers)
    if gain < WORTH:
        return noted(f"The {what} frequencies are so even that a bias at them saves nothing.", **numbers)
    return passed(f"Starting the bias at the {what} frequencies saves {gain:.2f} nats in the first steps.", **numbers)
