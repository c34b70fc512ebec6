"""The door for tables: DataFrames, dicts of columns, CSV, TSV and Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data import series_tables, text_columns
from wizard.data.dataset import Dataset
from wizard.data.delimited import read_delimited
from wizard.data.request import Request
from wizard.data.tables import RawTable, with_text_names

DESCRIPTION = (
    "a table with target=: a pandas DataFrame, a dict of columns, or a .csv, .tsv or .parquet file (texts with their "
    'labels, too; modality="series" where its rows or columns are the steps of series)'
)

DELIMITED = (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz")
PARQUET = (".parquet", ".pq")
FRAMES = ("pandas.DataFrame", "pandas.core.frame.DataFrame")  # its name in pandas 3, and before


def accepts(raw: Any) -> bool:
    """Whether `raw` is a table or the path of one."""
    if isinstance(raw, Mapping) or is_frame(raw):
        return True
    return isinstance(raw, str | Path) and is_table_path(Path(raw)) and Path(raw).is_file()


def open(raw: Any, request: Request) -> Dataset:
    """Opens a table and the user's own validation and test tables beside it."""
    parts = [None if part is None else read_table(part) for part in request.parts(raw)]
    named = zip(parts, ("", "validation ", "test "), strict=True)
    tables = [part and _placed(part, prefix) for part, prefix in named]
    door = series_tables if request.modality == "series" else text_columns
    return door.dataset_of(tables, request)


def is_frame(raw: Any) -> bool:
    """Whether `raw` is a pandas DataFrame, asked without importing pandas."""
    return any(f"{c.__module__}.{c.__name__}" in FRAMES for c in type(raw).__mro__)


def is_table_path(path: Path) -> bool:
    """Whether a file's name says that it holds a table."""
    return path.name.lower().endswith(DELIMITED + PARQUET)


def read_table(raw: Any) -> RawTable:
    """Reads a table as it lies there.

    A row of a DataFrame or Parquet file is named by its position from 0: "row 17" is frame.iloc[17].
    A row of a text file is named by its line, where the header is line 1.
    """
    import pandas as pd

    if is_frame(raw):
        return _from_frame(raw, "DataFrame", "table", "row")
    if isinstance(raw, Mapping):
        try:
            frame = pd.DataFrame({str(name): list(cells) for name, cells in raw.items()})
        except (TypeError, ValueError) as error:
            raise DataError(f"A dict must hold columns of one length. Received: {error}.") from error
        return _from_frame(frame, "dict of columns", "table", "row")
    if not isinstance(raw, str | Path) or not accepts(raw):
        raise DataError(
            f"A set beside a table must be a table too: {DESCRIPTION}. Received: {type(raw).__name__} {raw!r:.80}."
        )
    path = Path(raw)
    if path.name.lower().endswith(DELIMITED):
        return read_delimited(path)
    try:
        frame = pd.read_parquet(path)
    except Exception as error:  # pyarrow raises many kinds, all meaning this
        raise DataError(f"{path} must be a Parquet file. Reading it failed: {error}.") from error
    return _from_frame(frame, str(path), path.stem, f"{path.name} row")


def _from_frame(frame: Any, source: str, name: str, word: str) -> RawTable:
    where = np.array([f"{word} {i}" for i in range(len(frame))], dtype=object)
    return RawTable(with_text_names(frame), where, source, name)


def _placed(table: RawTable, prefix: str) -> RawTable:
    """Says in which set a row of an object stands; files tell by their own names."""
    if Path(table.source).suffix:
        return table
    return replace(table, where=np.array([prefix + place for place in table.where], dtype=object))
