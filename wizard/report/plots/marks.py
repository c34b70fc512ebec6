"""Named positions on the x axis: dashed vertical lines, their labels above the axes in rows that do not touch."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from wizard.core.blocks import Reference
from wizard.report.plots.canvas import WIDTH, rule, write
from wizard.report.plots.labels import ROW, fitting, in_free_rows
from wizard.report.plots.scales import Scale
from wizard.report.words import number


def marks_height(marks: Sequence[Reference], scale: Scale, left: float, right: float) -> float:
    """Returns the pixels that the labels need above the axes."""
    rows = in_free_rows(_spots(marks, scale, left, right), WIDTH)
    return (max(row for row, _ in rows) + 1) * ROW + 4 if rows else 0.0


def draw_marks(
    figure: Figure, marks: Sequence[Reference], scale: Scale, left: float, right: float, top: float, foot: float
) -> None:
    """Draws the lines and their labels.

    Args:
        figure: The figure.
        marks: Positions on the x axis, with labels; those off the axis are left to the table.
        scale: The x axis.
        left: Pixel of the left end of the axis.
        right: Pixel of its right end.
        top: Pixel of the first row of labels, from above.
        foot: Pixel of the axis itself, from above.
    """
    spots = _spots(marks, scale, left, right)
    for (x, text), (row, is_left) in zip(spots, in_free_rows(spots, WIDTH), strict=True):
        y = top + row * ROW + ROW / 2
        rule(figure, (x, y - ROW / 2 + 3), (x, foot), is_dashed=True)
        write(figure, x - 4 if is_left else x + 4, y, text, ha="right" if is_left else "left")


def _spots(marks: Sequence[Reference], scale: Scale, left: float, right: float) -> list[tuple[float, str]]:
    placed = [(scale.place(mark.value), mark) for mark in marks]
    return [
        (left + place * (right - left), f"{fitting(mark.label, WIDTH * 0.4)} {number(mark.value)}".strip())
        for place, mark in placed
        if place is not None
    ]
