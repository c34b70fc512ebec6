"""New cells of known columns; what cannot be read there is said, and refused where it is most of a column."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.core.progress import say
from wizard.data.cells import NO_NUMBER, distinct_texts, text_of
from wizard.data.columns import categories, finite, from_dtype
from wizard.data.dataset import TableColumn
from wizard.data.dates import ISO, dates_of
from wizard.data.numbers import decimal_sign, has_decimal_comma, numbers_of

if TYPE_CHECKING:
    import pandas as pd

    from wizard.data.tables import RawTable

MOST = 0.5  # of a column's cells with a value: as many unreadable ones are no slips but another way of writing
SHOWN = 40  # characters of a cell that a message quotes
LISTED = 5  # columns that a message names
EXAMPLE = datetime.date(2021, 12, 31)  # a date that shows which part is the day


@dataclass(frozen=True)
class Conformed:
    """New cells of a known column.

    Attributes:
        values: (n,) float64, str or datetime64[ns].
        is_lost: (n,) whether something stands there that counts as missing.
        is_unread: (n,) whether that is no number or date at all, rather than an infinite one.
        has_commas: Whether decimal commas were read that the known column did not have.
    """

    values: np.ndarray
    is_lost: np.ndarray
    is_unread: np.ndarray
    has_commas: bool = False


def conform_column(column: TableColumn, cells: pd.Series) -> np.ndarray:
    """Reads new cells of a known column: unseen categories stay, what is no number or date is missing."""
    return conform_cells(column, cells).values


def conform_cells(column: TableColumn, cells: pd.Series, decimal_comma: bool = False) -> Conformed:
    """Reads new cells of a known column, and tells which of them count as missing though something stands there.

    Args:
        column: As it was learned from.
        cells: (n,) raw cells.
        decimal_comma: Whether their file may write 1,5 for one and a half.
    """
    known, nowhere = from_dtype(column.name, cells), np.zeros(len(cells), bool)
    if known is not None and known[0].kind == column.kind != "category":
        values = known[1]
        is_lost = np.isnat(values) if column.kind == "date" else np.isnan(values)
        return Conformed(values, is_lost & ~np.asarray(cells.isna(), bool), nowhere)
    codes, texts = distinct_texts(cells)
    if column.kind not in ("number", "date"):
        return Conformed(categories(texts)[codes], nowhere, nowhere)
    has_value = np.array([text.lower() not in NO_NUMBER for text in texts])
    if column.kind == "date":
        dates = dates_of(texts, column.written or ISO)
        dates = np.where(np.isnat(dates), dates_of(texts), dates)
        is_unread = (has_value & np.isnat(dates))[codes]
        return Conformed(dates[codes], is_unread, is_unread)
    written = column.written or decimal_sign(texts[has_value], decimal_comma)
    numbers = numbers_of(texts, written)
    is_lost, is_unread = (has_value & ~np.isfinite(numbers))[codes], (has_value & np.isnan(numbers))[codes]
    return Conformed(finite(numbers)[codes], is_lost, is_unread, written == "," != column.written)


def conform_columns(columns: Sequence[TableColumn], table: RawTable) -> dict[str, np.ndarray]:
    """Reads the known columns of a new table, and says which cells count as missing.

    Raises:
        DataError: Where at least half of a column's cells with a value cannot be read; names the first.
    """
    found = {one.name: conform_cells(one, table.frame[one.name], table.decimal_comma) for one in columns}
    _refuse_unread(columns, found, table)
    lost = [name for name, one in found.items() if one.is_lost.any()]
    if lost:
        n = int(sum(found[name].is_lost.sum() for name in lost))
        told = shortened((_told(name, found[name], table) for name in lost), LISTED)
        say(f"{n:,} cell{' counts' if n == 1 else 's count'} as missing, as they cannot be read: {told}.")
    commas = [name for name, one in found.items() if one.has_commas]
    if commas:
        say(f"Decimal commas were read in {table.source}: {shortened(map(repr, commas), LISTED)}.")
    return {name: one.values for name, one in found.items()}


def _told(name: str, read: Conformed, table: RawTable) -> str:
    row = int(np.flatnonzero(read.is_lost)[0])
    cell = text_of(table.frame[name].iloc[row])
    return f"{int(read.is_lost.sum()):,} of {name!r}, the first {cell!r:.{SHOWN}} in {table.where[row]}"


def _refuse_unread(columns: Sequence[TableColumn], found: dict[str, Conformed], table: RawTable) -> None:
    """Refuses a table of which a column is not what it was: its answers would rest on nothing."""
    wrong = []
    for column in columns:
        read = found[column.name]
        n_values = int(read.is_unread.sum() + _has_value(read.values).sum())
        if read.is_unread.any() and read.is_unread.sum() >= MOST * n_values:
            wrong.append((column, int(read.is_unread.sum()), n_values))
    if not wrong:
        return
    column, n_unread, n_values = wrong[0]
    row = int(np.flatnonzero(found[column.name].is_unread)[0])
    cell = text_of(table.frame[column.name].iloc[row])
    others = shortened((repr(one.name) for one, _, _ in wrong[1:]), LISTED)
    raise DataError(
        f"The column {column.name!r} must hold {column.kind}s, as it did where it was learned from. Received: "
        f"{n_unread:,} of {n_values:,} cells that are no {column.kind}s, the first {cell!r:.{SHOWN}} in "
        f"{table.where[row]}. "
        f"{_way_out(column, cell)}" + (f" The same holds for {others}." if others else "")
    )


def _has_value(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "M":
        return ~np.isnat(values)
    return ~np.isnan(values) if values.dtype.kind == "f" else values != ""


def _way_out(column: TableColumn, cell: str) -> str:
    """How to write a column of which a cell cannot be read."""
    empty = "and leave a cell empty where there is no value."
    if column.kind == "date":
        written = column.written if column.written not in ("", ISO) else "%Y-%m-%d"
        return f"Write dates as {EXAMPLE.strftime(written)}, {empty}"
    if has_decimal_comma([cell]):
        return (
            "Decimal commas are read in a file with semicolons between its fields; else write decimal points "
            '(pandas: read_csv(…, decimal=",")).'
        )
    unit = f", or with {column.written!r} behind them" if column.written not in ("", ",") else ""
    return f"Write plain numbers such as 12.5{unit}, {empty}"
