"""A table with a step a row: rows with one value of `group` make a series, `time` orders them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data.cells import distinct_texts
from wizard.data.columns import read_column
from wizard.data.conforming import conform_column
from wizard.data.dataset import TableColumn
from wizard.data.roles import is_missing
from wizard.data.sampling import step_of
from wizard.data.series import LongLayout
from wizard.data.series_wide import Found

if TYPE_CHECKING:
    import pandas as pd

PAUSE = "time since the step before"  # the channel added where steps come at odd times


@dataclass(frozen=True)
class Ordered:
    """Which rows make which series.

    Attributes:
        rows: n arrays of row numbers, each in the order of time.
        times: n arrays of times, in seconds for dates; empty arrays without a time.
        ids: (n,) what a series is called in the table ("17").
        names: (n,) the same with the column's name ("run '17'").
        where: (n,) where it stands ("run '17', walks.csv line 2 to 101").
        notes: What was done to order them.
    """

    rows: list[np.ndarray]
    times: list[np.ndarray]
    ids: np.ndarray
    names: np.ndarray
    where: np.ndarray
    notes: tuple[str, ...]


def read(
    frame: pd.DataFrame, where: np.ndarray, part: np.ndarray, group: str, time: str | None,
    inputs: Sequence[str], decimal_comma: bool,
) -> tuple[Ordered, Found]:  # fmt: skip
    """Reads series from their steps; numeric columns are channels.

    Args:
        frame: Raw cells, a step a row.
        where: Where each row stands, in words.
        part: Number of the set that each row belongs to: series of two sets are two series.
        group: Column whose equal values make one series.
        time: Column that orders the rows, or None.
        inputs: Columns that may be channels.
        decimal_comma: Whether the file may write 1,5 for one and a half.
    """
    channels, unused, notes = [], [], []
    for name in inputs:
        column, _ = read_column(name, frame[name], decimal_comma)
        if column.kind == "number":
            channels.append(column)
            notes += [f"Column {name!r}: {column.note}."] if column.note else []
        else:
            unused.append(name)
    if not channels:
        raise ColumnError(
            f"Series need at least one numeric column beside group, time and target. Received: {shortened(inputs)}."
        )
    if unused:
        notes.append(f"Columns that hold no numbers are no channels and not used: {shortened(map(repr, unused), 30)}.")
    clock = None
    if time is not None:
        clock, _ = read_column(time, frame[time], decimal_comma)
        if clock.kind == "category":
            raise ColumnError(f"`time` must hold numbers or dates. Received: text in {time!r}.")
    layout = LongLayout(group, clock, tuple(channels))
    order = ordered(frame, layout, where, part)
    step, n_lost = step_of(order.times) if clock is not None else (None, 0)
    has_pauses = clock is not None and step is None and any(len(times) > 1 for times in order.times)
    if has_pauses:
        notes.append(f"Steps come at odd times: {PAUSE!r} was added as a channel.")
    elif n_lost:
        notes.append(f"{n_lost:,} steps are missing between rows and were filled in as gaps.")
    layout = LongLayout(group, clock, tuple(channels), step, has_pauses)
    names = tuple(column.name for column in channels) + (PAUSE,) * has_pauses
    return order, Found(long_series(frame, layout, order), names, layout, (*order.notes, *notes))


def ordered(frame: pd.DataFrame, layout: LongLayout, where: np.ndarray, part: np.ndarray | None = None) -> Ordered:
    """Sorts the rows of each series by time; series come in the order in which they first appear.

    Raises:
        DataError: If two different rows of a series have one time.
    """
    codes, texts = distinct_texts(frame[layout.group])
    is_used, notes = (texts != "")[codes], []
    clock = np.zeros(len(frame))
    if layout.time is not None:
        cells = conform_column(layout.time, frame[layout.time.name])
        is_used &= ~is_missing(cells)
        clock = cells.astype("int64") / 1e9 if cells.dtype.kind == "M" else cells
    if not is_used.any():
        raise DataError(f"Every row needs a value of {layout.group!r} and a time. Received: none that has both.")
    if not is_used.all():
        first = where[np.flatnonzero(~is_used)[0]]
        n = int((~is_used).sum())
        what = f"{layout.group!r}" + (f" or {layout.time.name!r}" if layout.time is not None else "")
        notes.append(
            f"{n:,} row{' has' if n == 1 else 's have'} no value of {what} and belong{'s' if n == 1 else ''} to no "
            f"series: passed over, the first: {first}."
        )
    used = np.flatnonzero(is_used)
    key = codes[used] + (0 if part is None else part[used].astype("int64") * len(texts))
    _, first_row, number = np.unique(key, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first_row))[number]  # by first appearance
    order = np.lexsort((clock[used], number))
    n_moved = int((np.diff(clock[used][np.argsort(number, kind="stable")])[np.diff(np.sort(number)) == 0] < 0).sum())
    if n_moved:
        notes.append("Rows out of order were sorted by time.")
    cuts = np.flatnonzero(np.diff(number[order])) + 1
    rows = np.split(used[order], cuts)
    ids = np.array([texts[codes[one[0]]] for one in rows], dtype=object)
    names = np.array([f"{layout.group} {name!r}" for name in ids], dtype=object)
    if layout.time is not None:
        rows, n_twice = _without_twice(frame, layout, rows, clock, names, where)
        notes += ["Rows that stand twice were taken once."] if n_twice else []
    places = [f"{name}, {_from_to(where[one.min()], where[one.max()])}" for name, one in zip(names, rows, strict=True)]
    times = [clock[one] if layout.time is not None else np.empty(0) for one in rows]
    return Ordered(rows, times, ids, names, np.array(places, dtype=object), tuple(notes))


def _from_to(first: str, last: str) -> str:
    """As "walks.csv line 2 to 101"."""
    head, _, number = last.rpartition(" ")
    return f"{first} to {number if first.rpartition(' ')[0] == head else last}"


def _without_twice(
    frame: pd.DataFrame, layout: LongLayout, rows: list[np.ndarray], clock: np.ndarray, names: np.ndarray,
    where: np.ndarray,
) -> tuple[list[np.ndarray], int]:  # fmt: skip
    """Rows that repeat the one before in every channel are dropped; others at one time are refused: which is right?"""
    values = _matrix(frame, layout.channels)
    single, n_twice = [], 0
    for name, own in zip(names, rows, strict=True):
        again = np.flatnonzero(np.diff(clock[own]) == 0) + 1
        differing = [i for i in again if not np.array_equal(values[own[i]], values[own[i - 1]], equal_nan=True)]
        if differing:
            one, two = where[own[differing[0] - 1]], where[own[differing[0]]]
            assert layout.time is not None
            raise DataError(
                f"A series must have one row a time. Received: two for {layout.time.name} = "
                f"{frame[layout.time.name].iloc[own[differing[0]]]} of {name} ({one} and {two}). If two things were "
                "measured side by side, make `group` name them apart; if one was measured twice, average or drop."
            )
        single.append(np.delete(own, again))
        n_twice += len(again)
    return single, n_twice


def long_series(frame: pd.DataFrame, layout: LongLayout, order: Ordered) -> list[np.ndarray]:
    """The series (t, c) of rows that are sorted, on the layout's grid of steps; a step without a row is missing."""
    values = _matrix(frame, layout.channels)
    series = []
    for rows, times in zip(order.rows, order.times, strict=True):
        own = values[rows]
        if layout.has_pauses:
            own = np.column_stack([own, np.diff(times, prepend=times[:1])])
        elif layout.step is not None and len(rows) > 1:
            places = np.concatenate([[0], np.cumsum(np.maximum(np.rint(np.diff(times) / layout.step), 1))])
            grid = np.full((int(places[-1]) + 1, own.shape[1]), np.nan)
            grid[places.astype("int64")] = own
            own = grid
        series.append(own)
    return series


def _matrix(frame: pd.DataFrame, channels: Sequence[TableColumn]) -> np.ndarray:
    return np.stack([conform_column(column, frame[column.name]) for column in channels], axis=1).astype("float64")
