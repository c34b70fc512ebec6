"""Tables whose rows are series, or the steps of series, become a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import ColumnError, DataError, UnsupportedTaskError, shortened
from wizard.data import series_long, series_sets, series_wide
from wizard.data.cells import distinct_texts
from wizard.data.columns import read_column
from wizard.data.dataset import Dataset
from wizard.data.forecasting import refuse_forecasting
from wizard.data.labels import read_labels
from wizard.data.request import Request
from wizard.data.roles import check_names, role_columns
from wizard.data.series_sets import RawSeries
from wizard.data.tables import RawTable, check_target, one_table

if TYPE_CHECKING:
    import pandas as pd

USUAL_GROUPS = ("id", "series", "series_id", "sample", "case")  # taken where `group` is not given, with a note
NUMBERED = 8  # numbered columns (x_0 … x_7) that show that a row is a series, whatever `group` is for


def dataset_of(parts: Sequence[RawTable | None], request: Request) -> Dataset:
    """Reads tables of series: a step a row where `time` or `group` says so, else a series a row.

    Args:
        parts: The main table, then the user's own validation and test tables or None.
        request: Target, roles and columns to ignore.
    """
    main, tables = parts[0], [table for table in parts if table is not None]
    assert main is not None
    columns = list(main.frame.columns)
    if not columns or not len(main.frame):
        raise DataError(f"A table of series needs rows and columns. Received: {main.source} with none.")
    check_target(request.target, columns)
    targets, target = request.targets, request.target_name or ""
    check_names(request, columns)
    frame, notes = one_table(parts, columns, target)
    where = np.concatenate([table.where for table in tables])
    part = np.concatenate([np.full(len(t.frame), i, dtype=np.int8) for i, t in enumerate(parts) if t is not None])
    group = _group_column(frame, request)
    inputs = [name for name in columns if name not in targets and name != group and name not in role_columns(request)]
    broken = [gone for table in tables for gone in table.left_out]
    if group is None:
        _refuse_one_series(frame, inputs, targets, main)
        found = series_wide.read(frame, inputs, main.decimal_comma)
        rows, places = np.arange(len(frame)), where
    else:
        if group != request.group:
            notes.append(f"The column {group!r} says which rows make one series; pass group=… for another one.")
        if broken:  # a lost row is a gap in a series, not a lost example
            notes.append(
                f"{len(broken):,} lines could not be read and are gaps; the first: {broken[0].where} {broken[0].why}."
            )
        broken = []
        time = request.time if isinstance(request.time, str) else None  # a name, as was checked, or none
        long, found = series_long.read(frame, where, part, group, time, inputs, main.decimal_comma)
        rows, places = labelled_rows(frame[targets[0]], long, where, targets[0]), long.where
        for other in targets[1:]:
            labelled_rows(frame[other], long, where, other)  # a label that changes within a series is refused
        request = replace(request, group=None, time=None)
    named = targets[0] if len(targets) == 1 else list(targets)
    labels = frame[named].iloc[rows].reset_index(drop=True)
    facts = frame[sorted(role_columns(request))].iloc[rows].reset_index(drop=True)
    raws: list[RawSeries | None] = []
    for number, table in enumerate(parts):
        own = np.flatnonzero(part[rows] == number)
        raws.append(
            None
            if table is None
            else RawSeries(
                [found.series[i] for i in own], labels.iloc[own], places[own], found.channels, table.source, table.name,
                facts.iloc[own], found.layout, tuple(broken) if number == 0 else (),
                (*notes, *found.notes) if number == 0 else (), main.is_text, main.decimal_comma,
            )
        )  # fmt: skip
    return series_sets.dataset_of(raws, request, target)


def _refuse_one_series(frame: pd.DataFrame, inputs: list[str], targets: Sequence[str], main: RawTable) -> None:
    """Refuses a date and a value a row: one series to be continued."""
    if len(inputs) == 1 and len(targets) == 1:
        _, values = read_column(inputs[0], frame[inputs[0]], main.decimal_comma)
        labels = read_labels(targets[0], frame[targets[0]], main.is_text, main.decimal_comma)
        refuse_forecasting(inputs, [values], labels.values, targets[0])


def _group_column(frame: pd.DataFrame, request: Request) -> str | None:
    """The column whose equal values make one series, or None where every row is a series."""
    group, time = request.group, request.time
    columns = [name for name in frame.columns if name not in request.targets and name not in request.ignore]
    if time is not None and not (isinstance(time, str) and (group is None or isinstance(group, str))):
        raise DataError(
            "For a table of series `time` and `group` must name columns: `time` orders the rows of a series, equal "
            "values of `group` make one series. Received: values."
        )
    if isinstance(group, str):
        numbered = series_wide.numbered([name for name in columns if name != group])
        return None if time is None and max(map(len, numbered.values()), default=0) >= NUMBERED else group
    usual = [name for name in columns if name.lower() in USUAL_GROUPS and name != time]
    if time is None:
        repeating = [name for name in usual if frame[name].nunique() <= len(frame) / 2]
        return repeating[0] if repeating and group is None else None
    if usual:
        return usual[0]
    hint = next((name for name in columns if name != time), "series")
    raise ColumnError(
        f"With `time`, `group` must name the column whose equal values make one series. Received: time={time!r} "
        f'without it; the columns are {shortened(map(repr, frame.columns), 30)}. Write Wizard(…, modality="series", '
        f"time={time!r}, group={hint!r}), for instance."
    )


def labelled_rows(cells: pd.Series, long: series_long.Ordered, where: np.ndarray, target: str) -> np.ndarray:
    """(n,) a row of each series that has its label; the first row where none has.

    Raises:
        UnsupportedTaskError: If the label changes within a series.
    """
    codes, texts = distinct_texts(cells)
    has_label = np.array([text != "" for text in texts], bool)[codes]
    found = np.empty(len(long.rows), "int64")
    for i, rows in enumerate(long.rows):
        labelled = rows[has_label[rows]]
        found[i] = labelled[0] if len(labelled) else rows[0]
        other = labelled[codes[labelled] != codes[found[i]]]
        if len(other):
            raise UnsupportedTaskError(
                f"The target must be one label a series. Received: {texts[codes[found[i]]]!r} ({where[found[i]]}) and "
                f"{texts[codes[other[0]]]!r} ({where[other[0]]}) of {target!r} in {long.names[i]}. A label for every "
                "step, or the future of a series, is not what this library is for; if `group` names another thing than "
                "one series, name the right column."
            )
    return found
