"""Clouds of points that differ by shape and colour, with a key above."""

from __future__ import annotations

from matplotlib.figure import Figure

from wizard.core.blocks import Scatter
from wizard.report.plots.canvas import WIDTH, axes_in, empty, height_of, paper, set_scale, write
from wizard.report.plots.draw import draw
from wizard.report.plots.key import draw_key, key_height
from wizard.report.plots.labels import ROW, fitting, width_of
from wizard.report.plots.limits import points_of, thinned
from wizard.report.plots.palette import SOFT, hue, marker
from wizard.report.plots.scales import is_drawable, scale_of, with_gaps

HIGH = 340  # pixels of axes
SIZE = 6  # pixels a point


@draw.register
def _(block: Scatter) -> Figure:
    drawn = points_of(block)
    pairs = [
        [(x, y) for x, y in thinned(list(zip(cloud.x, cloud.y, strict=False)), n)]
        for cloud, n in zip(block.clouds, drawn, strict=True)
    ]
    points = [p for cloud in pairs for p in cloud if is_drawable(p[0], block.log_x) and is_drawable(p[1], block.log_y)]
    if not points:
        return empty()
    xs, ys = [x for x, _ in points], [y for _, y in points]
    both = [*xs, *ys] if block.diagonal and block.log_x == block.log_y else None
    x_scale, y_scale = scale_of(both or xs, block.log_x), scale_of(both or ys, block.log_y)
    names = [cloud.name for cloud in block.clouds]
    left = max(width_of(label) for label in (*y_scale.labels, "0")) + 14
    key = key_height(names, 0)
    top = key + ROW + 12
    figure = paper(top + HIGH + 48)
    axes = axes_in(figure, left, 12, top, 48)
    set_scale(axes, "x", x_scale)
    set_scale(axes, "y", y_scale)
    if block.diagonal:
        low, high = max(x_scale.low, y_scale.low), min(x_scale.high, y_scale.high)
        axes.plot([low, high], [low, high], color=SOFT, linewidth=1, linestyle=(0, (3, 2)))
    for i, cloud in enumerate(pairs):
        axes.plot(with_gaps([x for x, _ in cloud], block.log_x), with_gaps([y for _, y in cloud], block.log_y),
                  linestyle="none", marker=marker(i), markersize=SIZE, markeredgewidth=0, color=hue(i), alpha=0.7,
                  )  # fmt: skip
    draw_key(figure, names, 0, marker)
    write(figure, 0, key + ROW / 2, fitting(block.y_label, WIDTH), SOFT)
    write(figure, (left + WIDTH - 12) / 2, height_of(figure) - 10, fitting(block.x_label, WIDTH - left), SOFT, "center")
    return figure
