"""Hundreds of examples to look at."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Attribute, Gallery, Item
from wizard.core.registry import load
from wizard.data.split import rarest_label
from wizard.stages.context import Context
from wizard.stages.labels import groups_of
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
    groups, known = groups_of(context), attributes_of(context)

    def item(row: int) -> Item:
        shown = card(row)
        more = {name: values[row] for name, values in known.items() if row in values}
        return shown.but(attributes={**shown.attributes, **more}, groups=groups(row))

    items = tuple(item(int(row)) for row in rows)
    gallery = Gallery(
        title="Examples",
        caption="Filter, search and sort them, and look at both ends of every order. Each opens in full; the arrow "
        "keys go on from there.",
        items=items,
    )
    return noted(
        f"{count(len(items), 'example')} to look through, of {count(len(context.train_rows), 'training row')}.",
        measured=float(len(items)),
        unit="examples shown",
        advice="Look through the examples before anything else: what is odd is seen at once.",
        blocks=(gallery,),
    )


def attributes_of(context: Context) -> dict[str, dict[int, Attribute]]:
    """What is known of training rows beside how they look: {name of the attribute: {row: its value}}."""
    return {"split": _split(context), **_targets(context)}


def _split(context: Context) -> dict[int, Attribute]:
    """On which side each training row lies, and in which fold it is held out."""
    sides: dict[int, Attribute] = {int(row): "training" for row in context.train_rows}
    for number, (_, held) in enumerate(context.split.folds, start=1):
        sides |= {int(row): f"training, held out in fold {number}" for row in held if int(row) in sides}
    return sides


def _targets(context: Context) -> dict[str, dict[int, Attribute]]:
    """Each of several targets as a number of its own."""
    rows = context.train_rows
    columns = context.y(rows).T if context.task.targets else ()
    return {
        name: {int(row): float(value) for row, value in zip(rows, values, strict=True)}
        for name, values in zip(context.task.targets, columns, strict=True)
    }


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
