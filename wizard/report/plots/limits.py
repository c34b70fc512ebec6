"""How much of a block is drawn: beyond it a figure is slow and says no more, and the page says what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TypeVar

from wizard.core.blocks import Bars, Lines, Parallel, Scatter
from wizard.core.values import Value
from wizard.report.words import number

BARS = 60  # a reader scans no more; the table below has them all
CURVES = 40  # beyond it no curve can be followed
PATHS = 300  # lines across parallel coordinates: more are a carpet
POINTS = 2000  # about 200 KB of SVG a figure
VERTICES = 1000  # more than the pixels of the widest figure

T = TypeVar("T")


def thinned(values: Sequence[T], limit: int) -> list[T]:
    """Takes at most `limit` values, evenly spread, the first and the last among them."""
    if len(values) <= limit:
        return list(values)
    return [values[round(i * (len(values) - 1) / (limit - 1))] for i in range(limit)]


def points_of(block: Scatter) -> list[int]:
    """Returns how many points of each cloud are drawn: all, or a fair part of `POINTS`."""
    sizes = [min(len(cloud.x), len(cloud.y)) for cloud in block.clouds]
    total = sum(sizes)
    return sizes if total <= POINTS else [max(2, size * POINTS // total) if size else 0 for size in sizes]


@singledispatch
def note_of(block: Value) -> str:
    """Says what of a block is not drawn, or nothing."""
    return ""


@note_of.register
def _(block: Bars) -> str:
    n = len(block.labels)
    return f"The first {BARS} of {number(n)} bars are drawn." if n > BARS else ""


@note_of.register
def _(block: Lines) -> str:
    n = len(block.lines)
    return f"The first {CURVES} of {number(n)} curves are drawn." if n > CURVES else ""


@note_of.register
def _(block: Scatter) -> str:
    total, drawn = sum(len(cloud.x) for cloud in block.clouds), sum(points_of(block))
    return f"{number(drawn)} of {number(total)} points are drawn, evenly spread." if drawn < total else ""


@note_of.register
def _(block: Parallel) -> str:
    n = len(block.paths)
    return f"The first {PATHS} of {number(n)} lines are drawn, and those set off." if n > PATHS else ""
