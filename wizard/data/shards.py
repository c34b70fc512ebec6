"""Several files that are one table: CSV shards, Parquet parts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data.tables import RawTable, in_one_notation, stacked


def check_files(paths: Sequence[Path], suffixes: Sequence[tuple[str, ...]]) -> None:
    """Refuses a file that is listed twice, and files of different kinds.

    Args:
        paths: The files.
        suffixes: Endings of each kind of file.
    """
    whole = [os.path.realpath(path) for path in paths]
    twice = sorted({str(path) for path, real in zip(paths, whole, strict=True) if whole.count(real) > 1})
    if twice:
        raise DataError(f"Every file must be listed once. Received more than once: {shortened(twice)}.")
    kinds = {next(i for i, ends in enumerate(suffixes) if path.name.lower().endswith(ends)) for path in paths}
    if len(kinds) > 1:
        raise DataError(
            f"The files of one table must be of one kind. Received: {shortened(path.name for path in paths)}. "
            "Pass those of one kind, or read them yourself and pass one DataFrame."
        )


def one_table(tables: Sequence[RawTable]) -> RawTable:
    """Puts tables under each other; each row keeps the name of its file and its line.

    Raises:
        ColumnError: If a file lacks a column of the first one, or has another.
    """
    if len(tables) == 1:
        return tables[0]
    tables = in_one_notation(tables)
    first, columns = tables[0], list(tables[0].frame.columns)
    known = set(columns)
    for table in tables[1:]:
        lacking = [name for name in columns if name not in table.frame.columns]
        extra = [name for name in table.frame.columns if name not in known]
        if lacking or extra:
            said = [f"without {shortened(map(repr, lacking))}"] * bool(lacking)
            said += [f"with {shortened(map(repr, extra))} besides"] * bool(extra)
            raise ColumnError(
                f"The files of one table must have the same columns. Received: {table.source} {' and '.join(said)}, "
                f"unlike {first.source}. Correct the file, or leave it out of the list."
            )
    names = _names([Path(table.source) for table in tables])
    where = [
        np.array([name + str(place).removeprefix(Path(table.source).name) for place in table.where], dtype=object)
        for name, table in zip(names, tables, strict=True)
    ]
    return RawTable(
        frame=stacked([table.frame for table in tables], columns),
        where=np.concatenate(where),
        source=f"{first.source} and {len(tables) - 1} more",
        name=first.name,
        left_out=tuple(gone for table in tables for gone in table.left_out),
        notes=tuple(dict.fromkeys(note for table in tables for note in table.notes)),
        is_text=first.is_text,
        decimal_comma=first.decimal_comma,
    )


def _names(paths: list[Path]) -> list[str]:
    """Returns the files' names, with the folders that tell them apart where names agree."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    base = os.path.commonpath([path.parent for path in map(Path.absolute, paths)])
    return [path.absolute().relative_to(base).as_posix() for path in paths]
