"""The target and every column, seen as distributions."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Block
from wizard.core.registry import load
from wizard.stages.classes import shown_classes
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, listed

LOOKS = "wizard.stages.looks"  # a file a modality


@step()
def distributions(context: Context) -> Outcome:
    """Nothing about the inputs' distributions is odd.

    A spike at -999, a column that is nearly empty or pictures of five sizes are visible at a glance here, and nowhere
    in a loss curve.
    """
    inputs, odd, words = load(LOOKS, context.dataset.modality).distributions(context)
    blocks = (_target(context), *inputs)
    if odd:
        return warned(
            f"{count(len(odd), 'thing')} to look at: {listed(odd)}.",
            measured=float(len(odd)),
            expected=0.0,
            unit="odd distributions",
            advice="Where a number stands for 'missing', write it as missing: the model then learns it as such.",
            blocks=blocks,
        )
    if context.dataset.modality == "image":
        return noted(words, blocks=blocks)
    return passed(words, measured=0.0, expected=0.0, unit="odd distributions", blocks=blocks)


def _target(context: Context) -> Block:
    y = context.y(context.train_rows)
    if context.task.is_classification:
        names, numbers = shown_classes(context.task.classes, np.bincount(y, minlength=context.task.n_outputs))
        return Bars(
            title=f"Examples of each class ({context.task.target})",
            labels=tuple(names),
            values=tuple(map(float, numbers)),
            value_label="examples",
            caption="Training rows.",
        )
    return histogram(f"Target: {context.task.target}", y, context.task.target, "Training rows.")
