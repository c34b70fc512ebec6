"""Bars from zero, one a row, so that long names have room; values in a column of their own."""

from __future__ import annotations

from matplotlib.figure import Figure

from wizard.core.blocks import Bars
from wizard.report.plots.canvas import WIDTH, axes_in, empty, paper, set_scale, write
from wizard.report.plots.draw import draw
from wizard.report.plots.labels import fitting, width_of
from wizard.report.plots.limits import BARS
from wizard.report.plots.marks import draw_marks, marks_height
from wizard.report.plots.palette import INK, MUTED, RULE, SERIES, SOFT
from wizard.report.plots.scales import is_drawable, scale_of
from wizard.report.words import number, shared_decimals

THICK = 26  # pixels a row
BOLD = 1.1  # bold letters are wider by a tenth
WIDEST_NAME = 200  # pixels: beyond it the bars themselves would be too short to compare


@draw.register
def _(block: Bars) -> Figure:
    n = min(len(block.labels), len(block.values), BARS)
    if n == 0:
        return empty()
    values, intervals = block.values[:n], block.intervals[:n]
    ends = [end for bounds in intervals if bounds for end in bounds]
    scale = scale_of([0.0, *values, *ends, *(r.value for r in block.references)], margin=0.02)
    names = [fitting(label, WIDEST_NAME) or "(no name)" for label in block.labels[:n]]
    decimals = shared_decimals(values)
    written = [number(value, decimals) for value in values]
    left = max(width_of(name) * (BOLD if i in block.emphasis else 1) for i, name in enumerate(names)) + 12
    right = WIDTH - max(width_of(text) for text in written) - 12
    top = marks_height(block.references, scale, left, right) + 4
    foot = top + n * THICK
    figure = paper(foot + 48)
    axes = axes_in(figure, left, WIDTH - right, top, 48)
    axes.grid(visible=False, axis="y")
    axes.spines["bottom"].set_color(RULE)
    set_scale(axes, "x", scale)
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks([])
    colors = [SERIES[0] if not block.emphasis or i in block.emphasis else MUTED for i in range(n)]
    lengths = [value if is_drawable(value) else 0.0 for value in values]
    axes.barh(range(n), lengths, height=0.62, color=colors, linewidth=0)
    axes.plot([0, 0], [-0.5, n - 0.5], color=SOFT, linewidth=1, clip_on=False)
    for i, bounds in enumerate(intervals):
        if bounds and all(is_drawable(end) for end in bounds):
            axes.plot(bounds, [i, i], color=INK, linewidth=1.5, marker="|", markersize=7, markeredgewidth=1.5)
    for i in range(n):
        y = top + (i + 0.5) * THICK
        write(figure, left - 8, y, names[i], ha="right", is_bold=i in block.emphasis)
        write(figure, WIDTH, y, written[i], ha="right", is_bold=i in block.emphasis)
    draw_marks(figure, block.references, scale, left, right, 0, foot)
    write(figure, (left + right) / 2, foot + 38, fitting(block.value_label, right - left), SOFT, ha="center")
    return figure
