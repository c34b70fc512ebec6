"""Raw tables become a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, nearest, shortened
from wizard.data.cells import plain_series
from wizard.data.columns import read_column
from wizard.data.dataset import PARTS, Dataset, LeftOut, TableColumn
from wizard.data.forecasting import refuse_forecasting
from wizard.data.labels import check_labels, read_labels
from wizard.data.request import Request
from wizard.data.roles import check_names, read_roles, role_columns
from wizard.data.rows import TableExamples

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 20_000  # a millisecond each in every pass over them: more, and opening takes minutes
USUAL_TARGETS = ("target", "label", "class", "y", "labels", "outcome")  # suggested, never taken silently


@dataclass(frozen=True)
class RawTable:
    """A table as it lies there, not yet typed.

    Attributes:
        frame: (n, …) raw cells, target included, under names that are unique texts.
        where: (n,) where each row stands, in words.
        source: Path or kind of object, in words.
        name: Short name.
        left_out: Rows that could not be read at all.
        notes: What was done to read it.
        is_text: Whether all cells come from a text file.
        decimal_comma: Whether the file may write 1,5 for one and a half.
    """

    frame: pd.DataFrame
    where: np.ndarray
    source: str
    name: str
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    is_text: bool = False
    decimal_comma: bool = False


def in_one_notation(tables: Sequence[RawTable]) -> list[RawTable]:
    """Tables as they are where all or none may write 1,5 for one and a half, else with 1.5 for 1,5 in their numbers.

    Put under each other unchanged, cells such as "1,5" among others would make a column of numbers one of categories.
    """
    if len({table.decimal_comma for table in tables}) == 1:
        return list(tables)
    return [_with_points(table) if table.decimal_comma else table for table in tables]


def _with_points(table: RawTable) -> RawTable:
    rewritten = {}
    for name in table.frame.columns:
        column, values = read_column(name, table.frame[name], decimal_comma=True)
        if column.written == ",":
            cells = zip(table.frame[name], values.tolist(), strict=True)
            rewritten[name] = [cell if np.isnan(value) else repr(value) for cell, value in cells]
    note = f"{table.name}: decimal commas read in {shortened(map(repr, rewritten))}"
    notes = (*table.notes, f"{note}, as not every table beside it has them.") if rewritten else table.notes
    return replace(table, frame=table.frame.assign(**rewritten), notes=notes, decimal_comma=False)


def with_text_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with text as column names; a column named twice is an error."""
    names = [
        " / ".join(filter(None, map(str, name))) if isinstance(name, tuple) else str(name) for name in frame.columns
    ]
    check_unique(names)
    frame = frame.copy(deep=False)
    for i in range(frame.shape[1]):
        if (plain := plain_series(cells := frame.iloc[:, i])) is not cells:
            frame.isetitem(i, plain.array)
    frame.columns = names
    return frame.reset_index(drop=True)


def check_width(n_columns: int, source: str) -> None:
    """Refuses a table of more columns than can be typed, looked at and shown one by one."""
    if n_columns > MOST_COLUMNS:
        raise ColumnError(
            f"A table must have at most {MOST_COLUMNS:,} columns. Received: {n_columns:,} in {source}. "
            "Choose some, for instance those that vary most, or put them together (principal components)."
        )


def check_unique(names: Sequence[str]) -> None:
    """Refuses column names that occur twice."""
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        raise ColumnError(
            "Every column must have a name of its own. "
            f"Received more than once: {shortened(map(repr, twice))}. Rename them."
        )


def check_target(target: str | tuple[str, ...] | None, columns: list[str]) -> str | list[str]:
    """Returns the target's name (several: their names) if columns have it; else says which there are, what to call."""
    listed = f"the columns are {shortened(map(repr, columns), 30)}"
    if target is None:
        usual = [name for name in columns if name.lower() in USUAL_TARGETS]
        hint = f"{usual[0]!r}, if that is what you want to predict" if usual else repr(columns[-1]) + ", for instance"
        raise ColumnError(f"A table needs `target`, the column to predict; {listed}. Write Wizard(…, target={hint}).")
    for name in (target,) if isinstance(target, str) else target:
        if name not in columns:
            raise ColumnError(
                f"`target` must name a column of the table. Received: target={name!r:.80}; "
                f"{listed}.{nearest(str(name), columns)}"
            )
    return target if isinstance(target, str) else list(target)


def dataset_of(parts: Sequence[RawTable | None], request: Request) -> Dataset:
    """Types the columns over all rows, takes out what cannot be used, and says all of it.

    Args:
        parts: The main table, then the user's own validation and test tables or None.
        request: Target, roles and columns to ignore.
    """
    main, tables = parts[0], [table for table in parts if table is not None]
    assert main is not None
    columns = list(main.frame.columns)
    if not columns or not len(main.frame):
        raise DataError(f"A table needs rows and columns. Received: {main.source} with none{_broken(main)}.")
    check_width(len(columns), main.source)
    named = check_target(request.target, columns)
    target = request.target_name or ""
    check_names(request, columns)
    frame, notes = one_table(parts, columns, target)
    where = np.concatenate([table.where for table in tables])
    part = np.concatenate([np.full(len(t.frame), i, dtype=np.int8) for i, t in enumerate(parts) if t is not None])

    labels = read_labels(target, frame[named], main.is_text, main.decimal_comma)
    kept = np.flatnonzero(labels.missing == "")
    left_out = [gone for table in tables for gone in table.left_out]
    left_out += [LeftOut(str(where[i]), str(labels.missing[i])) for i in np.flatnonzero(labels.missing != "")]
    check_labels(labels.values[kept][part[kept] == 0], target, len(left_out))
    _check_own_sets(parts, part[kept])
    roles = read_roles(request, frame, kept, where)
    no_inputs = set(request.targets) | role_columns(request)
    inputs = [name for name in columns if name not in no_inputs]
    rows = frame.iloc[kept].reset_index(drop=True)
    if not inputs and isinstance(request.time, str):
        refuse_forecasting([request.time], [roles["time"]], labels.values[kept], target)
    read, remarks = _read_inputs(rows, inputs, part[kept] == 0, main.decimal_comma)
    refuse_forecasting([column.name for column, _ in read], [x for _, x in read], labels.values[kept], target)
    notes += [labels.note] if labels.note else []
    return Dataset(
        name=request.name or main.name,
        modality="table",
        examples=TableExamples(_frame(read)),
        labels=labels.values[kept],
        target=target,
        where=where[kept],
        part=part[kept],
        outputs=labels.outputs,
        columns=tuple(column for column, _ in read),
        left_out=tuple(left_out),
        notes=tuple(dict.fromkeys([*notes, *remarks])),
        source=main.source,
        **roles,
    )


def one_table(parts: Sequence[RawTable | None], columns: list[str], target: str) -> tuple[pd.DataFrame, list[str]]:
    """Puts the user's own sets under the main one; their columns are the main one's."""
    notes = [note for table in parts if table is not None for note in table.notes]
    frames, known = [], set(columns)
    for name, table in zip(PARTS, parts, strict=True):
        if table is None:
            continue
        lacking = [column for column in columns if column not in table.frame.columns]
        if lacking:
            raise ColumnError(
                f"The {name} set must have all columns of the main set. Received: {table.source} without "
                f"{shortened(map(repr, lacking))}. (The target {target!r} is needed there too.)"
            )
        extra = [column for column in table.frame.columns if column not in known]
        if extra:
            notes.append(f"The {name} set has columns that the main set lacks: {shortened(extra)}. Not used.")
        frames.append(table.frame[columns])
    return stacked(frames, columns), notes


def stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Puts tables with the same columns under each other."""
    import pandas as pd

    if len(frames) == 1:
        return frames[0]
    whole = {}
    for column in columns:  # category columns stay so only if their categories agree
        cells = [frame[column] for frame in frames]
        joined = pd.concat([c.astype(object) for c in cells] if len({str(c.dtype) for c in cells}) > 1 else cells)
        is_category = str(cells[0].dtype) == "category"
        whole[column] = joined.astype("category") if is_category else joined
    return pd.DataFrame({name: cells.reset_index(drop=True) for name, cells in whole.items()})


def _read_inputs(
    rows: pd.DataFrame, inputs: list[str], is_main: np.ndarray, decimal_comma: bool
) -> tuple[list[tuple[TableColumn, np.ndarray]], list[str]]:
    read, constant, remarks = [], [], []
    for name in inputs:
        column, values = read_column(name, rows[name], decimal_comma)
        if is_constant(values[is_main]):
            constant.append(name)
            continue
        read.append((column, values))
        remarks += [f"Column {name!r}: {column.note}."] if column.note else []
    if not read:
        raise DataError(
            "At least one input column with two different values is needed. Received: "
            + (
                f"only constant or empty ones: {shortened(map(repr, constant))}."
                if constant
                else "none beside the target."
            )
        )
    if constant:
        remarks.append(f"Kept out of the inputs, constant or empty in every row: {shortened(map(repr, constant), 30)}.")
    return read, remarks


def is_constant(values: np.ndarray) -> bool:
    """Whether a column has the same value, or none, in every row; a missing value counts as one."""
    values = values.astype(np.int64) if values.dtype.kind == "M" else values  # NaT equals nothing, its number does
    is_missing = values.dtype.kind == "f" and np.isnan(values).all()
    return bool(is_missing or (values == values[0]).all())


def _frame(read: Iterable[tuple[TableColumn, np.ndarray]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({column.name: values for column, values in read})


def _check_own_sets(parts: Sequence[Any], part: np.ndarray) -> None:
    for index, name in enumerate(PARTS):
        if parts[index] is not None and not (part == index).any():
            raise DataError(f"The {name} set must have rows with a label. Received: none in {parts[index].source}.")


def _broken(table: RawTable) -> str:
    return (
        f" ({len(table.left_out)} lines could not be read, the first: {table.left_out[0].why})"
        if table.left_out
        else ""
    )
