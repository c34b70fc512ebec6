"""What a well-chosen bias of the last layer saves."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, step

STEPS = 50
POINTS = 10  # points of the curve: the mean loss of five steps each
WORTH = 0.01  # nats or variances: a smaller gain is not worth a word


@step()
def final_layer_init(context: Context) -> Outcome:
    """The last layer starts from what is known about the target.

    A network that must first learn how frequent each class is, or how large the target is, spends its first steps on
    that: the loss curve looks like a hockey stick. Starting the last bias at the right value removes it.
    """
    config = skeleton(context)
    config = config.but(epochs=POINTS, n_rows=config.batch * STEPS // POINTS)
    with_bias = context.train(config)
    x = tuple(float((i + 1) * STEPS // POINTS) for i in range(POINTS))
    if context.task.is_classification:
        without = context.train(config.but(head_bias=False))
        curves = {"bias at the class frequencies": with_bias.history["loss"], "bias at zero": without.history["loss"]}
        gain = float(without.history["loss"][0] - with_bias.history["loss"][0])
        unit = "nats saved in the first steps"
    else:
        scale = context.prepared(config).scale
        gain = (scale.mean / scale.std) ** 2
        curves = {"target standardised": with_bias.history["loss"]}
        unit = "target variances saved at the start"
    lines = Lines(
        title=f"The first {STEPS} steps",
        caption="The same network, rows and order; training loss, each point the mean of five steps.",
        lines=tuple(Line(name=name, x=x[: len(y)], y=tuple(map(float, y))) for name, y in curves.items()),
        x_label="gradient steps",
        y_label="training loss",
    )
    numbers = {"measured": gain, "expected": 0.0, "unit": unit, "blocks": (lines,)}
    if not context.task.is_classification:
        words = f"a network on the raw target would start at {1 + gain:.1f} variances"
        return passed(f"The target is standardised, so the loss starts at one variance; {words}.", **numbers)
    if not np.isfinite(gain) or gain < WORTH:
        return noted("The classes are so even that the last layer's bias has nothing to gain.", **numbers)
    return passed(f"Starting the bias at the class frequencies saves {gain:.2f} nats in the first steps.", **numbers)
