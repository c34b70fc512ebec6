"""New series."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data.dataset import Dataset
from wizard.data.series import Layout, LongLayout, SeriesExamples, WideLayout
from wizard.data.series_sets import cleaned


def read(raw: Any, like: Dataset) -> SeriesExamples:
    """Reads series, one or many: arrays, or a table that is laid out as the known one.

    Of a table with a step a row the series come in the order in which they first appear.
    """
    known: Any = like.examples
    layout: Layout | None = known.layout
    is_array = isinstance(raw, np.ndarray | list | tuple) and not _is_rows(raw)
    series = _from_arrays(raw, len(known.channels)) if is_array else _from_table(raw, layout)
    return SeriesExamples(cleaned(series)[0], known.channels, layout)


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


def _from_table(raw: Any, layout: Layout | None) -> list[np.ndarray]:
    from wizard.data.refusals import refuse_raw
    from wizard.data.series_long import long_series, ordered
    from wizard.data.series_wide import wide_series
    from wizard.data.sources import table

    if _is_rows(raw):
        import pandas as pd

        raw = pd.DataFrame(raw)
    refuse_raw(raw)
    if layout is None:
        raise DataError(f"New series must be arrays, as the known ones. Received: {type(raw).__name__}.")
    found = table.read_table(raw)
    if found.left_out:
        raise DataError(
            f"Every line must be readable here. Received: {len(found.left_out)} that are not, the first: "
            f"{found.left_out[0].where} {found.left_out[0].why}."
        )
    lacking = [name for name in _columns(layout) if name not in found.frame.columns]
    if lacking:
        raise ColumnError(
            f"The table must have the columns that were learned from. Received: one without "
            f"{shortened(map(repr, lacking))}; it has {shortened(map(repr, found.frame.columns))}."
        )
    if isinstance(layout, WideLayout):
        return wide_series(found.frame, layout)
    return long_series(found.frame, layout, ordered(found.frame, layout, found.where))


def _columns(layout: Layout) -> list[str]:
    if isinstance(layout, LongLayout):
        clock = [layout.time.name] if layout.time is not None else []
        return [layout.group, *clock, *(column.name for column in layout.channels)]
    return [column.name for steps in layout.steps for column in steps if column is not None]


def labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    """Returns the labels that lie in the table, one a series, and the table."""
    from wizard.data.series_long import ordered
    from wizard.data.series_tables import labelled_rows
    from wizard.data.sources import table

    layout = SeriesExamples.of(like.examples).layout
    if layout is None or isinstance(raw, np.ndarray | list | tuple):
        raise DataError(f"Arrays of series need y, one label for each. Received: {type(raw).__name__} alone.")
    found = table.read_table(raw)
    if like.target not in found.frame.columns:
        raise ColumnError(
            f"Without y the table must have the target, {like.target!r}. Received: {shortened(found.frame.columns)}."
        )
    cells = found.frame[like.target]
    if isinstance(layout, LongLayout):
        order = ordered(found.frame, layout, found.where)
        cells = cells.iloc[labelled_rows(cells, order, found.where, like.target)].reset_index(drop=True)
    return cells, found.frame
