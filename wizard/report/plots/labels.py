"""Labels that fit and keep apart: widths are estimated, because the reader's font is not known here."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from wizard.report.words import shortened

FONT = 12  # pixels; an SVG point is one pixel of the view box
ROW = 18  # pixels from one line of labels to the next
SWATCH = 22  # pixels that the sample before a name in a key takes
GAP = 18  # pixels between two names in a key
NARROW = frozenset("iljtfrI.,:;'|!()[] ")
LONGEST = 200  # characters of a label that are looked at: no figure has room for more


def width_of(text: str) -> float:
    """Estimates the width of a line of text in pixels, as in the widest of the common system fonts."""
    return sum(FONT * _share_of_em(c) for c in text)


def fitting(text: str, width: float) -> str:
    """Shortens a line until it fits into `width` pixels."""
    line = shortened(text, LONGEST)
    if width_of(line) <= width:
        return line
    while line and width_of(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Moves positions as little as needed until each is `gap` from the next, all between `low` and `high`.

    Where there is no room for all, they stand evenly spread.
    """
    if len(wanted) > 1:
        gap = min(gap, (high - low) / (len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: list[float] = []
    for i in order:
        floor = placed[-1] + gap if placed else low
        placed.append(max(min(wanted[i], high), floor))
    for rank in reversed(range(len(placed))):
        ceiling = placed[rank + 1] - gap if rank + 1 < len(placed) else high
        placed[rank] = min(placed[rank], ceiling)
    positions = [0.0] * len(wanted)
    for rank, i in enumerate(order):
        positions[i] = placed[rank]
    return positions


def in_rows(names: Sequence[str], left: float, right: float) -> list[tuple[float, float, str]]:
    """Places the names of a key in rows that break at `right`: x, y in pixels and the shortened name."""
    places: list[tuple[float, float, str]] = []
    x, y = left, ROW / 2
    for name in names:
        line = fitting(name, 220) or "(no name)"
        width = SWATCH + width_of(line) + GAP
        if x > left and x + width > right:
            x, y = left, y + ROW
        places.append((x, y, line))
        x += width
    return places


def in_free_rows(spots: Sequence[tuple[float, str]], right: float) -> list[tuple[int, bool]]:
    """Finds for each label beside its x a row where it touches no other: the row, and whether it stands to the left."""
    taken: list[list[tuple[float, float]]] = []
    found: list[tuple[int, bool]] = []
    for x, text in spots:
        width = width_of(text) + 8
        is_left = x + width > right
        start, end = (x - width, x) if is_left else (x, x + width)
        row = next((r for r, row in enumerate(taken) if all(end < a or start > b for a, b in row)), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append((start, end))
        found.append((row, is_left))
    return found


def _share_of_em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in NARROW:
        return 0.4
    return 0.78 if character.isupper() or character in "mw%@×" else 0.64
