"""Hundreds of examples to look at."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Gallery, Item
from wizard.data.task import name_of
from wizard.stages.context import Context
from wizard.stages.pictures import png
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import count

UNUSUAL = 3.0  # robust standard deviations from the median: marked in a row's card
MAD_TO_STD = 1.4826  # median absolute deviation of a normal distribution, inverted
SHOWN_CELLS = 24  # columns of a card


@step()
def examples(context: Context) -> Outcome:
    """A person has looked through hundreds of examples.

    Nothing replaces it: duplicates, wrong labels, odd crops and strange values are seen at once by the eye and by
    nothing else. The examples are training rows, as many from each class as from any other while they last.
    """
    rows = _spread(context, int(context.options["examples"]))
    show = _picture if context.dataset.modality == "image" else _Cards(context)
    items = tuple(show(context, int(row)) for row in rows)
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
    turn = np.empty(len(rows), int)
    for code in np.unique(y):
        turn[y == code] = np.arange((y == code).sum())
    return rows[np.lexsort((y, turn))][:wanted]


def _label(context: Context, row: int) -> str:
    label = context.dataset.labels[row]
    return name_of(label) if context.task.is_classification else f"{float(label):.6g}"


def _picture(context: Context, row: int) -> Item:
    picture = np.asarray(context.dataset.examples[row])
    grey = picture.astype("float64").mean(-1)
    return Item(
        label=_label(context, row),
        asset=context.asset(png(picture)),
        caption=str(context.dataset.where[row]),
        attributes={
            "row": row,
            "brightness": round(float(grey.mean()), 2),
            "contrast": round(float(grey.std()), 2),
            "height": picture.shape[0],
            "width": picture.shape[1],
        },
    )


class _Cards:
    """Table rows as cards, with the cells set off that lie far from their column's middle."""

    def __init__(self, context: Context) -> None:
        frame = context.examples(context.train_rows).frame  # type: ignore[attr-defined]
        self.middle: dict[str, tuple[float, float]] = {}
        self.common: dict[str, set[str]] = {}
        for column in context.dataset.columns:
            values = frame[column.name]
            if column.kind == "number":
                median = float(values.median())
                spread = MAD_TO_STD * float((values - median).abs().median()) or float(values.std()) or 1.0
                self.middle[column.name] = (median, spread)
            elif column.kind == "category":
                shares = values.value_counts(normalize=True)
                self.common[column.name] = set(shares.index[shares >= 0.01])

    def __call__(self, context: Context, row: int) -> Item:
        example: dict[str, Any] = context.dataset.examples[row]
        cells = []
        n_unusual = 0
        for column in context.dataset.columns:
            value = example[column.name]
            is_unusual = self._is_unusual(column.name, value)
            n_unusual += is_unusual
            cells.append((column.name, _words(value), is_unusual))
        cells.sort(key=lambda cell: not cell[2])  # unusual ones first, the rest in their order
        return Item(
            label=_label(context, row),
            cells=tuple(cells[:SHOWN_CELLS]),
            caption=str(context.dataset.where[row]),
            attributes={"row": row, "unusual cells": n_unusual},
        )

    def _is_unusual(self, name: str, value: Any) -> bool:
        if name in self.middle:
            median, spread = self.middle[name]
            return bool(abs(value - median) > UNUSUAL * spread)  # NaN compares as False
        return name in self.common and value != "" and value not in self.common[name]


def _words(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return "missing" if np.isnan(value) else f"{value:.5g}"
    return "missing" if str(value) in ("", "NaT") else str(value)
