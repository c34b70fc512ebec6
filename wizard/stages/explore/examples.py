"""Hundreds of examples to look at."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Gallery
from wizard.core.registry import load
from wizard.data.split import rarest_label
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import count

LOOKS = "wizard.stages.looks"  # a file a modality


@step()
def examples(context: Context) -> Outcome:
    """A person has looked through hundreds of examples.

    Nothing replaces it: duplicates, wrong labels, odd crops and strange values are seen at once by the eye and by
    nothing else. The examples are training rows, as many from each class as from any other while they last.
    """
    rows = _spread(context, int(context.options["examples"]))
    card = load(LOOKS, context.dataset.modality).cards(context)
    items = tuple(card(int(row)) for row in rows)
    gallery = Gallery(
        title="Examples",
        caption="Sort and filter them; click one for its numbers, and use the arrow keys to go on.",
        items=items,
    )
    return noted(
        f"{count(len(items), 'example')} to look through, of {count(len(context.train_rows), 'training row')}.",
        measured=float(len(items)),
        unit="examples shown",
        advice="Look through them before anything else.",
        blocks=(gallery,),
    )


def _spread(context: Context, wanted: int) -> np.ndarray:
    """Rows spread over classes: every class gets its turn until there are enough."""
    rows = context.random("examples").permutation(context.train_rows)
    if not context.task.is_classification or len(rows) <= wanted:
        return rows[:wanted]
    y = context.y(rows)
    y = rarest_label(y) if context.task.is_multilabel else y
    turn = np.empty(len(rows), int)
    for code in np.unique(y):
        turn[y == code] = np.arange((y == code).sum())
    return rows[np.lexsort((y, turn))][:wanted]
