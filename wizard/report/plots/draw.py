"""A block becomes an SVG: `draw` is registered once a block kind, `svg_of` is what pages call."""

from __future__ import annotations

import warnings
from functools import lru_cache, singledispatch
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from wizard.core.values import Value
from wizard.report.plots.svg import svg_from

KEPT = 256  # drawings: a journey's pages are written anew after every stage, and most of what is on them is as it was
SALT = "wizard"  # any fixed word: without one matplotlib draws new ids for every file
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: selectable, searchable, in the reader's own font
    "svg.hashsalt": SALT,
    "text.parse_math": False,  # a class called "$x$" is a name and no formula
    "axes.unicode_minus": True,
    "path.simplify": True,
}


@singledispatch
def draw(block: Value) -> Figure:
    """Draws a block on a figure of its own; registered for every kind that is a figure."""
    raise TypeError(f"A figure must be drawn from a block of a known kind. Received: {type(block).__name__}.")


@lru_cache(KEPT)
def svg_of(block: Value, uid: str, title: str) -> str:
    """Returns a block as one SVG element for the inside of a page; same arguments, same bytes.

    Args:
        block: Bars, lines, a scatter plot, a histogram, a heatmap or parallel coordinates.
        uid: A name that no other figure of the page has; ids inside the drawing begin with it.
        title: What the figure shows, for readers who do not see it.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the browser has the font; we only measure
        matplotlib.rcdefaults()  # a notebook's own style must not leak into the page
        matplotlib.rcParams.update(STYLE)
        return svg_from(draw(block), uid, title)
