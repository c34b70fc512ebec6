"""Parallel coordinates: upright axes, a line a trial; the lines that matter on top, the others grey."""

from __future__ import annotations

import math

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wizard.core.blocks import Axis, Parallel
from wizard.report.plots.canvas import WIDTH, empty, height_of, paper, rule, write
from wizard.report.plots.draw import draw
from wizard.report.plots.labels import ROW, fitting, width_of
from wizard.report.plots.limits import PATHS
from wizard.report.plots.palette import MUTED, SOFT, hue
from wizard.report.plots.scales import is_drawable
from wizard.report.plots.svg import TIP
from wizard.report.words import clean, number

HIGH = 260  # pixels of the axes
TOP = 2 * ROW + 14  # names in two rows in turn, and the upper end of the axis
MARGIN = 110.0  # pixels at the left, at most, for what is written beside the first axis
NAMED = 5  # options written beside an axis; of more only the first and the last


@draw.register
def _(block: Parallel) -> Figure:
    paths = [
        (i, path)
        for i, path in enumerate(block.paths)
        if len(path.values) == len(block.axes) and all(map(is_drawable, path.values))
    ]
    if not paths or not block.axes:
        return empty()
    figure = paper(TOP + HIGH + ROW + 8)
    left = min(max(60.0, *(width_of(text) / 2 + 8 for text, _ in _marks(block.axes[0]))), MARGIN)
    step = (WIDTH - left - 70) / max(len(block.axes) - 1, 1)
    xs = [left + i * step for i in range(len(block.axes))]
    kept = paths[:PATHS] + [one for one in paths[PATHS:] if one[0] in block.emphasis]
    for i, path in sorted(kept, key=lambda one: (one[0] in block.emphasis, -one[0])):
        ys = [TOP + HIGH * (1 - place(axis, v)) for axis, v in zip(block.axes, path.values, strict=True)]
        _line(figure, xs, ys, path.name, is_set_off=i in block.emphasis)
    for k, (axis, x) in enumerate(zip(block.axes, xs, strict=True)):
        rule(figure, (x, TOP), (x, TOP + HIGH), SOFT)
        two_rows = len(block.axes) > 4
        width = min(step * (1.9 if two_rows else 0.95), 2 * min(x, WIDTH - x))
        y = ROW / 2 + (ROW if two_rows and k % 2 else 0)
        write(figure, x, y, fitting(axis.name, width), ha="center", is_bold=k == len(block.axes) - 1)
        for text, at in _marks(axis):
            y = TOP - 8 if at == 1 else TOP + HIGH + 10 if at == 0 else TOP + HIGH * (1 - at)
            write(figure, x, y, fitting(text, min(step * 0.95, 2 * min(x, WIDTH - x))), SOFT, "center")
    return figure


def place(axis: Axis, value: float) -> float:
    """Returns where a value lies on its axis, 0 at the foot to 1; what lies beyond an end stands there."""
    if axis.options:
        share = value / (len(axis.options) - 1) if len(axis.options) > 1 else 0.5
    elif axis.high <= axis.low:
        share = 0.5
    elif axis.is_log:
        share = math.log(value / axis.low) / math.log(axis.high / axis.low) if value > 0 else 0.0
    else:
        share = (value - axis.low) / (axis.high - axis.low)
    return min(max(share, 0.0), 1.0)


def _marks(axis: Axis) -> list[tuple[str, float]]:
    """What is written beside an axis, and where."""
    if not axis.options:
        return [(number(axis.low), 0.0), (number(axis.high), 1.0)]
    last = len(axis.options) - 1
    shown = range(last + 1) if last < NAMED else (0, last)
    return [(axis.options[i], place(axis, i)) for i in shown]


def _line(figure: Figure, xs: list[float], ys: list[float], name: str, is_set_off: bool) -> None:
    height = height_of(figure)
    line = Line2D([x / WIDTH for x in xs], [1 - y / height for y in ys], transform=figure.transFigure)
    line.set(color=hue(0) if is_set_off else MUTED, linewidth=2 if is_set_off else 1, alpha=1 if is_set_off else 0.55)
    line.set_gid(f"{TIP}{clean(name)}")
    figure.add_artist(line)
