"""A gallery made ready for its template: how much of each example fits, and what it is found and sorted by."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.blocks import Attribute, Gallery, Item
from wizard.report.curves import Sketch, sketch_of
from wizard.report.pictures import Picture
from wizard.report.words import clean, number, paragraphs

CELLS = 8  # of a row fit on its card; where there are more, the unusual ones come first
LONGEST = (4000, 2000, 1000, 500, 250)  # characters of an example's text: the first with which a gallery has room
WIDEST = (101, 50, 25, 12)  # cells of an example's row, likewise
NOTE = 40  # characters that a text may be longer: one cut before says so at its end
ROOM = 2_000_000  # bytes of a gallery's texts, and of its cells: figures and other galleries take the rest of 8 MB
MARKUP = 110  # bytes around a cell
GROUPS = 200  # to filter by: a longer list is searched, not read


@dataclass(frozen=True)
class Example:
    """One example of a gallery, with its picture or curves and its attributes in words and as JSON for sorting."""

    item: Item
    picture: Picture | None
    text: str
    cells: tuple[tuple[str, str, bool], ...]
    curves: tuple[Sketch, ...]
    attributes: tuple[tuple[str, str], ...]
    sortable: str
    groups: str


@dataclass(frozen=True)
class Examples:
    """The examples of a gallery.

    Attributes:
        shown: All of them, in the order found.
        groups: (group, how many examples) to filter by; empty where a filter would find next to nothing.
        attributes: Names of the attributes in which examples differ, to sort by.
        columns: Names of the cells in which examples differ, to sort by.
        on_card: How many cells of a row the style sheet leaves on its card.
    """

    shown: tuple[Example, ...]
    groups: tuple[tuple[str, int], ...]
    attributes: tuple[str, ...]
    columns: tuple[str, ...]
    on_card: int = CELLS


def examples_of(block: Gallery, pictures: Mapping[str, Picture]) -> Examples:
    """Makes a gallery ready for its template.

    Args:
        block: The gallery.
        pictures: The page's pictures by name.
    """
    characters, cells = _longest(block.items), _widest(block.items)
    groups = Counter(clean(group) for item in block.items for group in _groups(item))
    is_filter = 1 < len(groups) <= GROUPS and max(groups.values()) > 1
    return Examples(
        shown=tuple(_example(item, pictures, characters, cells) for item in block.items),
        groups=tuple(sorted(groups.items(), key=lambda group: _natural(group[0]))) if is_filter else (),
        attributes=_differing([item.attributes for item in block.items]),
        columns=_differing([{name: value for name, value, _ in item.cells} for item in block.items]),
    )


def _groups(item: Item) -> tuple[str, ...]:
    return item.groups or (item.label,)


def _natural(text: str) -> tuple[tuple[float, str], ...]:
    """Orders "9" before "10" and "class 9" before "class 10"."""
    parts = re.split(r"(\d+)", text.casefold())
    return (*((float(part), "") if i % 2 else (math.inf, part) for i, part in enumerate(parts) if part), (-1.0, text))


def _differing(rows: list[dict[str, Attribute]]) -> tuple[str, ...]:
    """Names under which the rows have more than one value: only those can be sorted by."""
    found: dict[str, set[Attribute]] = {}
    for row in rows:
        for name, value in row.items():
            found.setdefault(name, set()).add(value)
    return tuple(name for name, values in found.items() if len(values) > 1)


def _longest(items: tuple[Item, ...]) -> int:
    for limit in LONGEST:
        if sum(len(item.text[:limit].encode("utf-8", "replace")) for item in items) <= ROOM:
            break
    return limit


def _widest(items: tuple[Item, ...]) -> int:
    for limit in WIDEST:
        cells = (cell for item in items for cell in item.cells[:limit])
        if sum(len((name + value).encode("utf-8", "replace")) + MARKUP for name, value, _ in cells) <= ROOM:
            break
    return limit


def _example(item: Item, pictures: Mapping[str, Picture], characters: int, cells: int) -> Example:
    text = paragraphs(item.text)
    if len(text) > characters + NOTE:
        text = f"{text[:characters]}… (cut after {number(characters)} characters)"
    ordered = item.cells if len(item.cells) <= CELLS else sorted(item.cells, key=lambda cell: not cell[2])
    more = ("not shown", f"cut after {cells} columns", False)
    return Example(
        item=item,
        picture=pictures.get(item.asset),
        text=text,
        cells=tuple(ordered) if len(ordered) <= cells else (*ordered[:cells], more),
        curves=tuple(map(sketch_of, item.curves)),
        attributes=tuple((clean(name), number(value)) for name, value in item.attributes.items()),
        sortable=json.dumps({name: _sortable(value) for name, value in item.attributes.items()}),
        groups=json.dumps([clean(group) for group in _groups(item)], ensure_ascii=False),
    )


def _sortable(value: Attribute) -> Attribute:
    return None if isinstance(value, float) and not math.isfinite(value) else value
