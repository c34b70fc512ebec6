"""Blocks drawn as SVG: one file a block kind, one palette, light and dark from one drawing."""

from wizard.report.plots import bars, heatmap, histogram, lines, parallel, scatter
from wizard.report.plots.draw import draw, svg_of
from wizard.report.plots.limits import note_of

__all__ = ["bars", "draw", "heatmap", "histogram", "lines", "note_of", "parallel", "scatter", "svg_of"]
