"""The numbers behind a figure, as a table: what is drawn can also be read."""

from __future__ import annotations

from functools import singledispatch

from wizard.core.blocks import Bars, Cell, Column, Heatmap, Histogram, Lines, Parallel, Reference, Scatter, Table
from wizard.core.values import Value


@singledispatch
def table_of(block: Value) -> Table:
    """Returns the numbers that a figure draws as one table, the references as its last rows."""
    raise TypeError(f"A figure must be drawn from a block of a known kind. Received: {type(block).__name__}.")


@table_of.register
def _(block: Bars) -> Table:
    padded = block.intervals + (None,) * (len(block.labels) - len(block.intervals))
    has_intervals = any(bounds is not None for bounds in padded)
    rows: list[tuple[Cell, ...]] = []
    for label, value, bounds in zip(block.labels, block.values, padded, strict=False):
        rows.append((label, value, *((bounds or (None, None)) if has_intervals else ())))
    rows += [(f"reference: {r.label}", r.value, *((None, None) if has_intervals else ())) for r in block.references]
    columns = [Column(name=""), Column(name=block.value_label)]
    if has_intervals:
        columns += [Column(name="95% from"), Column(name="95% to")]
    return Table(columns=tuple(columns), rows=tuple(rows))


@table_of.register
def _(block: Lines) -> Table:
    has_band = any(line.low and line.high for line in block.lines)
    rows: list[tuple[Cell, ...]] = []
    for line in block.lines:
        for i, (x, y) in enumerate(zip(line.x, line.y, strict=False)):
            band = (line.low[i], line.high[i]) if i < min(len(line.low), len(line.high)) else (None, None)
            rows.append((line.name, x, y, *(band if has_band else ())))
    rows += _references("reference", block.references, has_band, on_x=False)
    rows += _references("mark", block.marks, has_band, on_x=True)
    names = ["curve", block.x_label, block.y_label, *(("band from", "band to") if has_band else ())]
    return Table(columns=tuple(Column(name=name) for name in names), rows=tuple(rows))


@table_of.register
def _(block: Scatter) -> Table:
    rows = tuple((c.name, x, y) for c in block.clouds for x, y in zip(c.x, c.y, strict=False))
    return Table(columns=tuple(Column(name=n) for n in ("group", block.x_label, block.y_label)), rows=rows)


@table_of.register
def _(block: Histogram) -> Table:
    names = ["from", "to", *(group.name or block.y_label for group in block.groups)]
    rows: list[tuple[Cell, ...]] = []
    for i, (low, high) in enumerate(zip(block.edges, block.edges[1:], strict=False)):
        rows.append((low, high, *(g.values[i] if i < len(g.values) else None for g in block.groups)))
    rows += [(r.value, f"reference: {r.label}", *(None for _ in block.groups)) for r in block.references]
    return Table(caption=block.x_label, columns=tuple(Column(name=n) for n in names), rows=tuple(rows))


@table_of.register
def _(block: Heatmap) -> Table:
    corner = f"{block.y_label} ↓ {block.x_label} →"
    columns = (Column(name=corner), *(Column(name=name) for name in block.columns))
    rows = tuple((name, *values) for name, values in zip(block.rows, block.values, strict=False))
    return Table(caption=block.value_label, columns=columns, rows=rows)


@table_of.register
def _(block: Parallel) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for path in block.paths:
        cells = [
            axis.options[int(value)] if 0 <= value < len(axis.options) else value
            for axis, value in zip(block.axes, path.values, strict=False)
        ]
        rows.append((path.name, *cells))
    columns = (Column(name="line"), *(Column(name=axis.name) for axis in block.axes))
    return Table(columns=columns, rows=tuple(rows), emphasis=block.emphasis)


def _references(word: str, references: tuple[Reference, ...], has_band: bool, on_x: bool) -> list[tuple[Cell, ...]]:
    rest = (None, None) if has_band else ()
    return [(f"{word}: {r.label}", *((r.value, None) if on_x else (None, r.value)), *rest) for r in references]
