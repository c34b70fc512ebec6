"""Counts between edges: solid bars for one group, outlines for several, so that none hides another."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wizard.core.blocks import Histogram
from wizard.report.plots.canvas import WIDTH, axes_in, empty, height_of, paper, set_scale, write
from wizard.report.plots.draw import draw
from wizard.report.plots.key import draw_key, key_height
from wizard.report.plots.labels import ROW, fitting, width_of
from wizard.report.plots.marks import draw_marks, marks_height
from wizard.report.plots.palette import PAPER, SOFT, dash, hue
from wizard.report.plots.scales import is_drawable, scale_of

HIGH = 220  # pixels of axes


@draw.register
def _(block: Histogram) -> Figure:
    bins = [(a, b) for a, b in zip(block.edges, block.edges[1:], strict=False) if is_drawable(a) and is_drawable(b)]
    if not bins or not any(group.values for group in block.groups):
        return empty()
    counts = [v for group in block.groups for v in group.values]
    x_scale = scale_of([*(e for pair in bins for e in pair), *(r.value for r in block.references)], margin=0.01)
    y_scale = scale_of([0.0, *counts], margin=0.0)
    names = [group.name for group in block.groups]
    left = max(width_of(label) for label in (*y_scale.labels, "0")) + 14
    right = WIDTH - 12
    key = key_height(names, 0)
    top = key + ROW + 8 + marks_height(block.references, x_scale, left, right)
    figure = paper(top + HIGH + 48)
    axes = axes_in(figure, left, WIDTH - right, top, 48)
    axes.grid(visible=False, axis="x")
    set_scale(axes, "x", x_scale)
    set_scale(axes, "y", y_scale)
    axes.set_ylim(0, max([v for v in counts if is_drawable(v)] or [1.0]) * 1.03 or 1.0)
    for i, group in enumerate(block.groups):
        _draw_group(axes, block.edges, group.values, i, is_alone=len(block.groups) == 1)
    draw_key(figure, names, 0, lambda _: "s")
    draw_marks(figure, block.references, x_scale, left, right, key + ROW + 4, top + HIGH)
    write(figure, 0, key + ROW / 2, fitting(block.y_label, WIDTH), SOFT)
    write(figure, (left + right) / 2, height_of(figure) - 10, fitting(block.x_label, right - left), SOFT, ha="center")
    return figure


def _draw_group(axes: Axes, edges: tuple[float, ...], values: tuple[float, ...], i: int, is_alone: bool) -> None:
    heights = [v if is_drawable(v) else 0.0 for v in values][: len(edges) - 1]
    usable = list(edges[: len(heights) + 1])
    if not all(math.isfinite(edge) for edge in usable):
        kept = [k for k in range(len(heights)) if is_drawable(usable[k]) and is_drawable(usable[k + 1])]
        heights, usable = [heights[k] for k in kept], [usable[k] for k in kept] + [usable[kept[-1] + 1]]
    if is_alone:
        axes.stairs(heights, usable, fill=True, color=hue(i), linewidth=0)
        axes.vlines(usable[1:-1], 0, list(map(max, heights, heights[1:])), color=PAPER, linewidth=1)
        return
    axes.stairs(heights, usable, fill=True, color=hue(i), alpha=0.12, linewidth=0)
    axes.stairs(heights, usable, color=hue(i), linewidth=1.8, linestyle=dash(i))
