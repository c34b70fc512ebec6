"""The door for tables: DataFrames, dicts of columns, CSV, TSV, JSON-lines and Parquet files, one or several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.data import series_tables, text_columns
from wizard.data.cells import plain_array
from wizard.data.dataset import Dataset, LeftOut
from wizard.data.delimited import read_delimited
from wizard.data.json_lines import flat, frame_of_records, read_json
from wizard.data.refusals import SAME_SUFFIX, kind_of, refuse_raw
from wizard.data.request import Request
from wizard.data.shards import check_files, one_table
from wizard.data.tables import RawTable, check_unique, in_one_notation, with_text_names

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = (
    "a table with target=: a pandas DataFrame, a dict of columns, a list of records, or a .csv, .tsv, .jsonl, .json or "
    '.parquet file, or a list of such files (texts with their labels, too; modality="series" where its rows or columns '
    "are the steps of series)"
)

DELIMITED = (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz")
PARQUET = (".parquet", ".pq")
JSON = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
SETS = ("", "validation ", "test ")  # before the place of a row
FRAMES = ("pandas.DataFrame", "pandas.core.frame.DataFrame")  # its name in pandas 3, and before


def accepts(raw: Any) -> bool:
    """Whether `raw` is a table or the path of one."""
    if isinstance(raw, Mapping) or is_frame(raw) or is_file_list(raw) or is_records(raw):
        return True
    return isinstance(raw, str | Path) and is_table_path(Path(raw)) and Path(raw).is_file()


def open(raw: Any, request: Request) -> Dataset:
    """Opens a table and the user's own validation and test tables beside it."""
    given = request.parts(raw)
    tables = [_placed(read_table(part), name) for part, name in zip(given, SETS, strict=True) if part is not None]
    alike = iter(in_one_notation(tables))
    parts = [None if part is None else next(alike) for part in given]
    door = series_tables if request.modality == "series" else text_columns
    return door.dataset_of(parts, request)


def is_frame(raw: Any) -> bool:
    """Whether `raw` is a pandas DataFrame, asked without importing pandas."""
    return any(f"{c.__module__}.{c.__name__}" in FRAMES for c in type(raw).__mro__)


def is_table_path(path: Path) -> bool:
    """Whether a file's name says that it holds a table."""
    return path.name.lower().endswith(DELIMITED + PARQUET + JSON)


def is_file_list(raw: Any) -> bool:
    """Whether `raw` is a list of paths of tables."""
    return (
        isinstance(raw, list) and bool(raw) and all(isinstance(p, str | Path) and is_table_path(Path(p)) for p in raw)
    )


def is_records(raw: Any) -> bool:
    """Whether `raw` is a list of dicts, one a row."""
    return isinstance(raw, list) and bool(raw) and all(isinstance(row, Mapping) for row in raw)


def read_table(raw: Any) -> RawTable:
    """Reads a table as it lies there.

    A row of a DataFrame or Parquet file is named by its position from 0: "row 17" is frame.iloc[17].
    A row of a text file is named by its line, where the header is line 1.
    """
    if is_frame(raw):
        return _from_frame(raw, "DataFrame", "table", "row")
    if isinstance(raw, Mapping):
        return _from_frame(frame_of_columns(raw), "dict of columns", "table", "row")
    if is_records(raw):
        return _from_records(raw)
    if is_file_list(raw):
        for path in raw:
            refuse_raw(path)
        paths = [Path(path) for path in raw]
        check_files(paths, (DELIMITED, PARQUET, JSON))
        return one_table([_from_file(path) for path in paths])
    if isinstance(raw, str | Path) and not accepts(raw):
        what = "a folder: name the file in it" if Path(raw).is_dir() else "of another kind: save it as CSV"
        raise DataError(f"A table must be one file. {SAME_SUFFIX} Received: {raw}, which is {what}.")
    if not isinstance(raw, str | Path):
        raise DataError(
            f"A set beside a table must be a table too: {DESCRIPTION}. Received: {type(raw).__name__} {raw!r:.80}."
        )
    return _from_file(Path(raw))


def frame_of_columns(raw: Mapping[Any, Any]) -> pd.DataFrame:
    """Returns a dict of columns as a table.

    Raises:
        DataError: If a column is none, or their lengths differ.
    """
    import pandas as pd

    columns = {str(name): _column(name, cells) for name, cells in raw.items()}
    if len(columns) < len(raw):
        check_unique([str(name) for name in raw])
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = shortened(f"{n:,} in {name!r}" for name, n in lengths.items())
        raise DataError(f"A dict must hold columns of one length. Received: {listed}.")
    return pd.DataFrame(columns)


def _column(name: Any, cells: Any) -> Any:
    """Returns a column of a dict as what pandas takes as one, with no index of its own."""
    if isinstance(cells, str | bytes | Mapping) or is_frame(cells) or not hasattr(cells, "__len__"):
        raise DataError(
            f"A dict must hold columns, each a list or a 1-D array. Received: {kind_of(cells)} under {name!r}."
        )
    if hasattr(cells, "array"):  # of pandas: keeps categories, and drops an index that may not fit the others
        return cells.array
    cells = plain_array(cells) if isinstance(cells, np.ndarray) else cells
    if getattr(cells, "ndim", 1) != 1:
        raise DataError(f"A column must have one dimension. Received: an array of shape {cells.shape} under {name!r}.")
    return cells if isinstance(cells, np.ndarray) else list(cells)


def _from_records(records: list[Mapping[str, Any]]) -> RawTable:
    rows, where, left_out = [], [], []
    for i, record in enumerate(records):
        try:
            rows.append(flat(record))
            where.append(f"row {i}")
        except (ValueError, RecursionError) as error:
            left_out.append(LeftOut(f"row {i}", str(error)))
    frame = frame_of_records(rows, "the list")
    return RawTable(frame, np.array(where, dtype=object), "list of records", "table", tuple(left_out))


def _from_file(path: Path) -> RawTable:
    import pandas as pd

    if path.name.lower().endswith(DELIMITED):
        return read_delimited(path)
    if path.name.lower().endswith(JSON):
        return read_json(path)
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
