"""Examples that move along an axis, look by look: where they stand is known here, the page only plays it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from wizard.core.blocks import Replay
from wizard.report.words import clean, number

LEFT, WIDTH, ROW, HEAD = 150, 460, 22, 30  # of the drawing, in its own units
NAME = 22  # characters


@dataclass(frozen=True)
class Track:
    """One example: its name, the height of its line, its places over the looks."""

    name: str
    y: float
    places: tuple[float, ...]


@dataclass(frozen=True)
class Tracks:
    """All examples, ready to be drawn.

    Attributes:
        tracks: One an example.
        looks: Their names.
        frames: The places as JSON, a list an example.
        left: Where the axis starts.
        right: Where it ends.
        height: Of the drawing.
        goal: Where examples should end, or None.
        ends: What stands at the axis' two ends.
        value_label: What the axis shows.
    """

    tracks: tuple[Track, ...]
    looks: tuple[str, ...]
    frames: str
    left: float
    right: float
    height: float
    goal: float | None
    ends: tuple[str, str]
    value_label: str


def tracks_of(block: Replay) -> Tracks:
    """Places every number of a block on its axis."""
    span = block.high - block.low or 1.0

    def place(value: float) -> float:
        if not math.isfinite(value):
            return LEFT
        return round(LEFT + WIDTH * min(max((value - block.low) / span, 0.0), 1.0), 1)

    tracks = tuple(
        Track(clean(name)[:NAME], HEAD + ROW * (i + 0.5), tuple(place(value) for value in values))
        for i, (name, values) in enumerate(zip(block.rows, block.values, strict=True))
    )
    return Tracks(
        tracks, tuple(clean(look) for look in block.looks), json.dumps([track.places for track in tracks]), LEFT,
        LEFT + WIDTH, HEAD + ROW * len(tracks) + 8, None if block.goal is None else place(block.goal),
        (number(block.low), number(block.high)), clean(block.value_label),
    )  # fmt: skip
