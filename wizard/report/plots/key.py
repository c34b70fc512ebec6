"""The key above a figure of several groups: a sample in the group's colour and shape, then its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wizard.report.plots.canvas import WIDTH, height_of, write
from wizard.report.plots.labels import ROW, SWATCH, in_rows
from wizard.report.plots.palette import hue


def key_height(names: Sequence[str], left: float) -> float:
    """Returns the pixels that the key needs; none where a single group needs no name."""
    if not any(names):
        return 0.0
    return in_rows(names, left, WIDTH)[-1][1] + ROW / 2 + 6


def draw_key(figure: Figure, names: Sequence[str], left: float, shape: Callable[[int], str]) -> None:
    """Draws the key at the top of a figure; `shape` gives the marker of the i-th group."""
    if not any(names):
        return
    for i, (x, y, name) in enumerate(in_rows(names, left, WIDTH)):
        sample = Line2D([(x + 8) / WIDTH], [1 - y / height_of(figure)], color=hue(i), linestyle="none")
        sample.set(marker=shape(i), markersize=8, markeredgewidth=0, transform=figure.transFigure)
        figure.add_artist(sample)
        write(figure, x + SWATCH, y, name)
