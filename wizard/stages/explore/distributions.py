"""The target and every column, seen as distributions."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Block
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.classes import shown_classes
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, listed

LOOKS = "wizard.stages.looks"  # a file a modality
CODED = "far from the rest"  # how modalities put a value that stands for "missing"
CAUSES = 5  # odd things spelt out
PLOTTED = 12  # targets drawn one by one


@step()
def distributions(context: Context) -> Outcome:
    """Nothing about the inputs' distributions is odd.

    A spike at -999, a column that is nearly empty or pictures of five sizes are visible at a glance here, and nowhere
    in a loss curve.
    """
    look = load(LOOKS, context.dataset.modality)
    inputs, odd, words = look.distributions(context)
    blocks = (*_targets(context), *inputs)
    if odd:
        return warned(
            f"{count(len(odd), 'thing')} to look at: {listed(odd)}.",
            measured=float(len(odd)),
            expected=0.0,
            unit="odd distributions",
            causes=tuple(
                Cause(fault="D04" if CODED in one else "", sentence=f"{one[0].upper()}{one[1:]}.")
                for one in odd[:CAUSES]
            ),
            advice=look.ADVICE,
            blocks=blocks,
        )
    if context.dataset.modality == "image":
        return noted(words, blocks=blocks)
    return passed(words, measured=0.0, expected=0.0, unit="odd distributions", blocks=blocks)


def _targets(context: Context) -> tuple[Block, ...]:
    y, task = context.y(context.train_rows), context.task
    if not task.is_classification:
        columns = y.reshape(len(y), -1).T[:PLOTTED]
        names = task.targets or (task.target,)
        return tuple(
            histogram(f"Target: {name}", values, name, "Training rows.", private=True)
            for name, values in zip(names, columns, strict=False)
        )
    counts = y.sum(0) if task.is_multilabel else np.bincount(y, minlength=task.n_outputs)
    shown, numbers = shown_classes(task.classes, counts)
    return (
        Bars(
            title=f"Examples of each {'label' if task.is_multilabel else 'class'} ({task.target})",
            labels=tuple(shown),
            values=tuple(map(float, numbers)),
            value_label="examples",
            caption="Training rows.",
        ),
    )
