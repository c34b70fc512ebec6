"""Curves, each named at its own end, so that no reader has to match colours with a key."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wizard.core.blocks import Line, Lines, Reference
from wizard.report.plots.canvas import WIDTH, axes_in, empty, height_of, paper, rule, set_scale, write
from wizard.report.plots.draw import draw
from wizard.report.plots.labels import ROW, apart, fitting, width_of
from wizard.report.plots.limits import CURVES, VERTICES, thinned
from wizard.report.plots.marks import draw_marks, marks_height
from wizard.report.plots.palette import INK, SOFT, dash, hue
from wizard.report.plots.scales import Scale, is_drawable, scale_of, with_gaps
from wizard.report.words import number

WIDEST_NAME = 170  # pixels: a quarter of the figure
HIGH = 260  # pixels of axes: flatter, and slopes are hard to compare
DOTTED = 15  # fewer measurements than this, and each is shown as a dot


@draw.register
def _(block: Lines) -> Figure:
    curves = [line for line in block.lines[:CURVES] if _shown(line, block)]
    if not curves:
        return empty()
    xs = [x for line in curves for x, _ in _shown(line, block)]
    ys = [y for line in curves for _, y in _shown(line, block)]
    bands = [v for line in curves for v in (*line.low, *line.high)]
    references = [r for r in block.references if is_drawable(r.value, block.log_y)]
    x_scale = scale_of([*xs, *(mark.value for mark in block.marks)], block.log_x, margin=0.02)
    y_scale = scale_of([*ys, *bands, *(r.value for r in references)], block.log_y)
    names = _names(curves, references, block, y_scale)
    left = max(width_of(label) for label in (*y_scale.labels, "0")) + 14
    right = WIDTH - max([width_of(name) + 22 for _, name, _ in names] or [8])
    high = max(HIGH, len(names) * ROW)
    top = marks_height(block.marks, x_scale, left, right) + ROW + 10
    figure = paper(top + high + 48)
    axes = axes_in(figure, left, WIDTH - right, top, 48)
    axes.grid(visible=False, axis="x")
    set_scale(axes, "x", x_scale)
    set_scale(axes, "y", y_scale)
    for reference in references:
        axes.axhline(reference.value, color=INK, linewidth=1, linestyle=(0, (3, 2)))
    for i, line in enumerate(curves):
        _draw_curve(axes, line, block, i)
    _write_names(figure, names, right, top, high)
    draw_marks(figure, block.marks, x_scale, left, right, ROW + 6, top + high)
    write(figure, 0, ROW / 2, fitting(block.y_label, WIDTH), SOFT)
    write(figure, (left + right) / 2, height_of(figure) - 10, fitting(block.x_label, right - left), SOFT, ha="center")
    return figure


def _shown(line: Line, block: Lines) -> list[tuple[float, float]]:
    pairs = zip(line.x, line.y, strict=False)
    return [(x, y) for x, y in pairs if is_drawable(x, block.log_x) and is_drawable(y, block.log_y)]


def _draw_curve(axes: Axes, line: Line, block: Lines, i: int) -> None:
    n = min(len(line.x), len(line.y))
    kept = thinned(range(n), VERTICES)
    xs = with_gaps([line.x[k] for k in kept], block.log_x)
    if len(line.low) >= n and len(line.high) >= n:
        lows = with_gaps([line.low[k] for k in kept], block.log_y)
        highs = with_gaps([line.high[k] for k in kept], block.log_y)
        axes.fill_between(xs, lows, highs, color=hue(i), alpha=0.16, linewidth=0)
    stroke = (0, (4, 3)) if line.dashed else dash(i)
    dot = "o" if n < DOTTED else ""
    axes.plot(xs, with_gaps([line.y[k] for k in kept], block.log_y), color=hue(i), linewidth=2, linestyle=stroke,
              marker=dot, markersize=5, markeredgewidth=0, solid_capstyle="round")  # fmt: skip


def _names(curves: list[Line], references: list[Reference], block: Lines, scale: Scale) -> list[tuple[float, str, str]]:
    named = []
    for i, line in enumerate(curves):
        if line.name:
            named.append((scale.place(_shown(line, block)[-1][1]) or 0.0, fitting(line.name, WIDEST_NAME), hue(i)))
    for reference in references:
        label = f"{fitting(reference.label, WIDEST_NAME - 50)} {number(reference.value)}"
        named.append((scale.place(reference.value) or 0.0, label, INK))
    return [name for name in named if math.isfinite(name[0])]


def _write_names(figure: Figure, names: list[tuple[float, str, str]], right: float, top: float, high: float) -> None:
    wanted = [top + (1 - place) * high for place, _, _ in names]
    for y, spot, (_, name, color) in zip(apart(wanted, ROW, top, top + high), wanted, names, strict=True):
        rule(figure, (right + 3, spot), (right + 16, y), color)
        write(figure, right + 20, y, name)
