"""The paper that all figures share: sizes in pixels, axes without ornament, text in one size."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wizard.report.plots.labels import FONT
from wizard.report.plots.palette import INK, RULE, SOFT
from wizard.report.plots.scales import Scale
from wizard.report.words import clean

WIDTH = 680  # the page's text measure: at 1:1 the figure's text is as large as the page's small print
PER_INCH = 72  # what matplotlib writes an inch of SVG as


def paper(height: float) -> Figure:
    """Returns an empty figure of the common width and a height in pixels."""
    return Figure(figsize=(WIDTH / PER_INCH, height / PER_INCH), dpi=PER_INCH, facecolor="none")


def height_of(figure: Figure) -> float:
    """Returns a figure's height in pixels."""
    return figure.get_figheight() * PER_INCH


def axes_in(figure: Figure, left: float, right: float, top: float, bottom: float) -> Axes:
    """Adds axes with the given margins in pixels: a line at the bottom, a faint grid, no ticks."""
    height = height_of(figure)
    box = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    axes = figure.add_axes(box, facecolor="none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.spines["bottom"].set_linewidth(1)
    axes.tick_params(length=0, pad=6, labelsize=FONT, labelcolor=SOFT)
    axes.set_axisbelow(True)
    axes.grid(color=RULE, linewidth=1)
    return axes


def set_scale(axes: Axes, which: Literal["x", "y"], scale: Scale) -> None:
    """Gives an axis its range and its marks."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    if scale.is_log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(scale.low, scale.high)
    axis.set_ticks(list(scale.ticks), labels=list(scale.labels))
    axis.set_ticks([], minor=True)


def empty(sentence: str = "There are no values to draw.") -> Figure:
    """Returns a figure that says in words why it is empty."""
    figure = paper(48)
    write(figure, 0, 24, sentence, SOFT)
    return figure


def write(
    figure: Figure, x: float, y: float, text: str, color: str = INK, ha: str = "left", is_bold: bool = False
) -> None:
    """Writes text at pixels from the figure's top left corner, centred on that height."""
    artist = figure.text(x / WIDTH, 1 - y / height_of(figure), clean(text), color=color, fontsize=FONT)
    artist.set(ha=ha, va="center_baseline", fontweight="bold" if is_bold else "normal", gid="halo")


def rule(
    figure: Figure, start: tuple[float, float], end: tuple[float, float], color: str = INK, is_dashed: bool = False
) -> None:
    """Draws a thin line between two points given in pixels from the figure's top left corner."""
    height = height_of(figure)
    line = Line2D(
        [start[0] / WIDTH, end[0] / WIDTH], [1 - start[1] / height, 1 - end[1] / height], color=color, linewidth=1
    )
    line.set(transform=figure.transFigure, linestyle=(0, (3, 2)) if is_dashed else "-")
    figure.add_artist(line)
