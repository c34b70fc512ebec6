"""JSON files with a record an example: JSON lines, or one list of records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.cells import encodable
from wizard.data.dataset import LeftOut
from wizard.data.delimited import decoded
from wizard.data.tables import RawTable

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 50_000_000  # of which most would be empty: keys that differ from record to record are data, no columns


@dataclass(frozen=True)
class Repeated:
    """An object in which `name` stands twice."""

    name: str


def read_json(path: Path) -> RawTable:
    """Reads a JSON file of records, and lists the lines that cannot be read.

    Objects inside a record become columns of their own, named with a dot ("address.city"); lists stay lists; a key
    that a record lacks is a missing value.

    Raises:
        DataError: If the file is empty, binary, or holds no records.
    """
    text, notes = decoded(path)
    lists = path.name.lower().removesuffix(".gz").endswith(".json")
    records = _of_list(text, path) if lists else None
    if records is None:
        records = [(f"{path.name} line {i + 1}", line) for i, line in enumerate(text.split("\n")) if line.strip()]
    if not records:
        raise DataError(f"A table needs records. Received: {path} without any.")
    rows, where, left_out = [], [], []
    for place, record in records:
        try:
            rows.append(flat(_parsed(record) if isinstance(record, str) else record))
            where.append(place)
        except (ValueError, RecursionError) as error:
            left_out.append(LeftOut(place, _why(error)))
    if not rows:
        raise DataError(
            f'{path} must hold records such as {{"a": 1, "b": "x"}}, one a line or in one list. '
            f"Received: {len(left_out):,} that are not, the first: {left_out[0].where} {left_out[0].why}."
        )
    return RawTable(
        frame=frame_of_records(rows, str(path)),
        where=np.array(where, dtype=object),
        source=str(path),
        name=path.name.split(".")[0],
        left_out=tuple(left_out),
        notes=tuple(notes),
    )


def frame_of_records(rows: list[dict[str, Any]], source: str) -> pd.DataFrame:
    """Returns flat records as a table; what a record lacks is None."""
    import pandas as pd

    names = list(dict.fromkeys(name for row in rows for name in row))
    n_filled = sum(map(len, rows))
    if len(names) * len(rows) > max(MOST_CELLS, 100 * n_filled):
        raise DataError(
            f"Records must share their keys. Received: {len(names):,} different keys in {len(rows):,} records of "
            f"{source}, {n_filled / len(rows):.0f} in each. Turn keys that are data into values first."
        )
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=object).infer_objects() for name in names}
    return pd.DataFrame(columns, index=range(len(rows)))


def flat(record: Any, prefix: str = "") -> dict[str, Any]:
    """Returns a record whose values are no objects: {"a": {"b": 1}} becomes {"a.b": 1}.

    Raises:
        ValueError: If it is no record, or two values would have one name.
    """
    if not isinstance(record, Mapping):
        raise ValueError(f"is no record but {_kind(record)}")
    cells: dict[str, Any] = {}
    for key, value in record.items():
        name = encodable(f"{prefix}{key}")
        value = encodable(value) if isinstance(value, str) else value
        if isinstance(value, Repeated):
            raise ValueError(f"has two values called {f'{name}.{value.name}'!r}")
        inner = flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
        if twice := cells.keys() & inner.keys():
            raise ValueError(f"has two values called {min(twice)!r}")
        cells |= inner
    return cells


def _parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_repeats)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Repeated:
    """Marks an object with a name that occurs twice, of which JSON's own reader would keep the last."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        return Repeated(next(name for name in names if names.count(name) > 1))
    return dict(pairs)


def _of_list(text: str, path: Path) -> list[tuple[str, Any]] | None:
    """Returns the records of a list in a .json file, each with its place; None where it holds JSON lines."""
    try:
        found = _parsed(text)
    except RecursionError as error:
        raise DataError(f"{path} must hold a list of records. Received: lists nested without end.") from error
    except ValueError as error:
        first = next((line for line in text.split("\n") if line.strip()), "")
        if first.lstrip().startswith("{") and first.rstrip().endswith("}"):
            return None
        raise DataError(f"{path} must hold a list of records. Received: no valid JSON ({error}).") from error
    if isinstance(found, list):
        return [(f"{path.name} record {i}", record) for i, record in enumerate(found)]
    raise DataError(
        f"{path} must hold a list of records. Received: {_kind(found)}. "
        'Write it with frame.to_json(path, orient="records").'
    )


def _kind(found: Any) -> str:
    if isinstance(found, Repeated):
        return f"an object with two values called {found.name!r}"
    if isinstance(found, dict):
        return f"one object with {len(found):,} keys"
    return "null" if found is None else f"a {type(found).__name__}"


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is no valid JSON: {error.msg} at character {error.pos + 1}"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return str(error)
