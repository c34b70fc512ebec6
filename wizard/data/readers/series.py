"""New series."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.core.progress import say
from wizard.data.dataset import Dataset, TableColumn
from wizard.data.series import Layout, LongLayout, SeriesExamples, WideLayout
from wizard.data.series_sets import cleaned
from wizard.data.tables import RawTable


def read(raw: Any, like: Dataset) -> SeriesExamples:
    """Reads series, one or many: arrays, or a table that is laid out as the known one.

    Of a table with a step a row the series come in the order in which they first appear.
    """
    known: Any = like.examples
    layout: Layout | None = known.layout
    if isinstance(raw, np.ndarray | list | tuple) and not _is_rows(raw):
        return SeriesExamples(cleaned(_from_arrays(raw, len(known.channels)))[0], known.channels, layout)
    series, ids = _from_table(raw, layout)
    return SeriesExamples(cleaned(series)[0], known.channels, layout, ids)


def _is_rows(raw: Any) -> bool:
    return isinstance(raw, list) and bool(raw) and all(isinstance(row, dict) for row in raw)


def _from_arrays(raw: Any, n_channels: int) -> list[np.ndarray]:
    from wizard.data.series_arrays import series_of

    if not len(raw):
        return []
    if isinstance(raw, np.ndarray) and raw.dtype != object:
        is_one = raw.ndim == 1 or (raw.ndim == 2 and n_channels > 1)
        raw = raw[None] if is_one else raw
    elif np.ndim(raw[0]) == 0:
        raw = [np.asarray(raw)]  # a list of numbers is one series
    series, channels, _ = series_of(raw)
    if len(channels) != n_channels:
        raise DataError(f"New series must have {n_channels} channels, as the known ones. Received: {len(channels)}.")
    return series


def _from_table(raw: Any, layout: Layout | None) -> tuple[list[np.ndarray], tuple[str, ...] | None]:
    """The series of a table, and their ids where a row is a step."""
    from wizard.data.series_wide import wide_series

    if layout is None:
        raise DataError(f"New series must be arrays, as the known ones. Received: {type(raw).__name__}.")
    found = _conformed(raw, layout)
    if isinstance(layout, WideLayout):
        return wide_series(found.frame, layout), None
    return _long_series(found, layout)


def _conformed(raw: Any, layout: Layout) -> RawTable:
    """A table whose times and channels are read as the known ones."""
    from wizard.data.conforming import conform_columns

    found = _raw_table(raw)
    columns = _columns(layout)
    group = [layout.group] if isinstance(layout, LongLayout) else []
    lacking = [name for name in (*group, *(column.name for column in columns)) if name not in found.frame.columns]
    if lacking:
        raise ColumnError(
            f"The table must have the columns that were learned from. Received: one without "
            f"{shortened(map(repr, lacking))}; it has {shortened(map(repr, found.frame.columns))}."
        )
    frame = found.frame.copy(deep=False)
    for name, values in conform_columns(columns, found).items():
        frame[name] = values
    return replace(found, frame=frame)


def _long_series(table: RawTable, layout: LongLayout) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Series of their steps; what is passed over of them is said, a whole series is not."""
    from wizard.data.cells import distinct_texts
    from wizard.data.series_long import long_series, ordered

    order = ordered(table.frame, layout, table.where)
    gone = set(distinct_texts(table.frame[layout.group])[1]) - {"", *order.ids}
    if gone:
        raise DataError(
            f"Every series must have a step with a time. Received: none with one in {layout.group} "
            f"{shortened(map(repr, sorted(gone)))}."
        )
    for note in order.notes:
        say(note)
    return long_series(table.frame, layout, order), tuple(order.ids)


def _raw_table(raw: Any) -> RawTable:
    """A table whose lines can all be read; one that was read already as it is."""
    from wizard.data.refusals import refuse_raw
    from wizard.data.sources import table

    if isinstance(raw, RawTable):
        return raw
    if _is_rows(raw):
        import pandas as pd

        raw = pd.DataFrame(raw)
    refuse_raw(raw)
    found = table.read_table(raw)
    if found.left_out:
        raise DataError(
            f"Every line must be readable here. Received: {len(found.left_out)} that are not, the first: "
            f"{found.left_out[0].where} {found.left_out[0].why}."
        )
    return found


def _columns(layout: Layout) -> list[TableColumn]:
    """What is read of a table beside the ids of its series."""
    if isinstance(layout, LongLayout):
        return [*([layout.time] if layout.time is not None else []), *layout.channels]
    return [column for steps in layout.steps for column in steps if column is not None]


def labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    """Returns the labels that lie in the table, one a series, and the table."""
    from wizard.data.series_long import ordered
    from wizard.data.series_tables import labelled_rows

    layout = SeriesExamples.of(like.examples).layout
    if layout is None or isinstance(raw, np.ndarray | list | tuple):
        raise DataError(f"Arrays of series need y, one label for each. Received: {type(raw).__name__} alone.")
    found = _conformed(raw, layout)
    if like.target not in found.frame.columns:
        raise ColumnError(
            f"Without y the table must have the target, {like.target!r}. Received: {shortened(found.frame.columns)}."
        )
    cells = found.frame[like.target]
    if isinstance(layout, LongLayout):
        order = ordered(found.frame, layout, found.where)
        cells = cells.iloc[labelled_rows(cells, order, found.where, like.target)].reset_index(drop=True)
    return cells, found
