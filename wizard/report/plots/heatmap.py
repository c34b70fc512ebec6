"""A matrix as tiles: the stronger the tile, the larger the number; blue above zero, orange below."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from wizard.core.blocks import Heatmap
from wizard.report.plots.canvas import WIDTH, axes_in, empty, height_of, paper, write
from wizard.report.plots.draw import draw
from wizard.report.plots.labels import FONT, ROW, fitting, width_of
from wizard.report.plots.palette import GAIN, INK, LOSS, PAPER, RULE, SOFT
from wizard.report.plots.scales import is_drawable
from wizard.report.words import number

TILES = 1600  # more rectangles than this make a page heavy: beyond, one picture is drawn
WRITTEN = 40  # pixels: a narrower tile has no room for its number
STRONG = 0.75  # from this strength on, text in the colour of the paper reads better on a tile than ink, light and dark
WIDEST_NAME = 150  # pixels
TALLEST = 44  # pixels a row
SHORTEST = 4  # pixels a row, for matrices of hundreds of rows
BLUE, ORANGE = (0.09, 0.45, 0.69), (0.84, 0.37, 0.0)  # mid-tones that show on white and on black


@draw.register
def _(block: Heatmap) -> Figure:
    n_rows, n_columns = len(block.rows), len(block.columns)
    known = [v for row in block.values for v in row if v is not None and is_drawable(v)]
    if not n_rows or not n_columns or not known:
        return empty()
    strongest = max(abs(v) for v in known) or 1.0
    row_names = [fitting(name, WIDEST_NAME) or "(no name)" for name in block.rows]
    left = max(width_of(name) for name in row_names) + 12
    column = min((WIDTH - left) / n_columns, 88.0)
    names = [fitting(name, max(column - 4, 18)) for name in block.columns]
    slanted = any(name.endswith("…") for name in names)
    if slanted:
        names = [fitting(name, 110) for name in block.columns]
    high = max(SHORTEST, min(TALLEST, column, 1400 / n_rows))
    head = ROW * 2 + (max(width_of(name) for name in names) + 8 if slanted else ROW)
    figure = paper(head + high * n_rows + ROW + 22)
    axes = axes_in(figure, left, WIDTH - left - column * n_columns, head, ROW + 22)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set(xlim=(0, n_columns), ylim=(n_rows, 0), xticks=[], yticks=[])
    if n_rows * n_columns > TILES:
        _draw_picture(axes, block, strongest)
    else:
        _draw_tiles(axes, block, strongest, has_numbers=column >= WRITTEN and high >= FONT + 4)
    _write_names(figure, (left, head, column, high), row_names, names, slanted)
    write(figure, 0, ROW / 2, fitting(f"{block.y_label} ↓   {block.x_label} →", WIDTH), SOFT)
    write(figure, 0, height_of(figure) - 10, _key(block, known), SOFT)
    return figure


def _draw_tiles(axes: Axes, block: Heatmap, strongest: float, has_numbers: bool) -> None:
    for i, row in enumerate(block.values[: len(block.rows)]):
        for j, value in enumerate(row[: len(block.columns)]):
            strength = _strength(value, strongest)
            tile = Rectangle((j, i), 1, 1, linewidth=1, edgecolor=PAPER, facecolor=RULE)
            if strength is not None:
                tile.set(facecolor=GAIN if strength >= 0 else LOSS, alpha=max(abs(strength), 0.04))
            axes.add_patch(tile)
            if has_numbers:
                color = PAPER if strength is not None and abs(strength) >= STRONG else INK
                axes.text(
                    j + 0.5, i + 0.5, _short(value), color=color, fontsize=FONT - 1, ha="center", va="center_baseline"
                )


def _draw_picture(axes: Axes, block: Heatmap, strongest: float) -> None:
    picture = np.zeros((len(block.rows), len(block.columns), 4))  # (rows, columns, red green blue opacity)
    for i, row in enumerate(block.values[: len(block.rows)]):
        for j, value in enumerate(row[: len(block.columns)]):
            strength = _strength(value, strongest)
            if strength is not None:
                picture[i, j] = (*(BLUE if strength >= 0 else ORANGE), abs(strength))
    extent = (0, len(block.columns), len(block.rows), 0)
    axes.imshow(picture, aspect="auto", interpolation="nearest", extent=extent)


def _write_names(
    figure: Figure, grid: tuple[float, float, float, float], rows: list[str], columns: list[str], slanted: bool
) -> None:
    left, head, column, high = grid
    widest = ROW if slanted else max(width_of(name) for name in columns) + 8
    every_row, every_column = max(1, math.ceil(ROW / high)), max(1, math.ceil(widest / column))
    for i, name in enumerate(rows):
        if i % every_row == 0:
            write(figure, left - 8, head + (i + 0.5) * high, name, ha="right")
    for j, name in enumerate(columns):
        if j % every_column == 0:
            x, height = left + (j + 0.5) * column, height_of(figure)
            text = figure.text(x / WIDTH, 1 - (head - 6) / height, name, color=INK, fontsize=FONT)
            text.set(ha="center", va="bottom", rotation=90 if slanted else 0)


def _strength(value: float | None, strongest: float) -> float | None:
    return value / strongest if value is not None and is_drawable(value) else None


def _short(value: float | None) -> str:
    if value is not None and math.isfinite(value) and not float(value).is_integer() and abs(value) < 10:
        return number(value, 2)
    return number(round(value) if value is not None and 10 <= abs(value) < 1e6 else value)


def _key(block: Heatmap, known: list[float]) -> str:
    signs = "blue above zero, orange below" if min(known) < 0 else "the stronger, the larger"
    return fitting(f"{block.value_label}: from {number(min(known))} to {number(max(known))}; {signs}", WIDTH)
