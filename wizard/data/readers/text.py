"""New texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.core.progress import say
from wizard.data.dataset import Dataset
from wizard.data.tables import RawTable
from wizard.data.texts import TextExamples, clean_text

USUAL_NAME = "text"  # of the column of texts: the one name that leaves no doubt


def read(raw: Any, like: Dataset) -> TextExamples:
    """Reads texts, one or many; an empty one stays, so that there is an answer for each."""
    return TextExamples(map(clean_text, _cells(raw, like)))


def _cells(raw: Any, like: Dataset) -> Sequence[Any]:
    from wizard.data.picture_files import others_note
    from wizard.data.text_arrays import flat_cells
    from wizard.data.text_files import are_paths, is_text_path, texts_below

    if isinstance(raw, str | Path) and are_paths([raw]):
        path = Path(raw)
        if not path.is_dir():
            return _of_files([path]) if is_text_path(path) or not _is_table(path) else _of_table(path, like)
        found, others = texts_below(path)
        for note in others_note(others, "text") if found else ():
            say(note)
        return _of_files(found or others)
    if isinstance(raw, str | bytes):
        return [raw] if not _is_table(raw) else _of_table(raw, like)
    if isinstance(raw, RawTable) or _is_table(raw):
        return _of_table(raw, like)
    if isinstance(raw, list | tuple) and not len(raw):
        return []
    if isinstance(raw, list) and all(isinstance(row, Mapping) for row in raw):
        return _of_table(raw, like)
    cells = flat_cells(raw) if np.ndim(raw) or isinstance(raw, list | tuple) else [raw]
    if cells is None:
        raise DataError(
            "New texts must be a text, a list, array or Series of texts, paths of text files, or a table with their "
            f"columns. Received: {type(raw).__name__}."
        )
    return _of_files([Path(path) for path in cells]) if are_paths(cells) else cells


def _is_table(raw: Any) -> bool:
    from wizard.data.sources import table

    try:
        return table.accepts(raw)
    except (OSError, ValueError):  # a long text is no path
        return False


def _of_files(paths: list[Path]) -> list[str]:
    from wizard.data.text_files import read_files

    files = read_files(paths)
    if files.bad:
        first = min(files.bad)
        raise DataError(
            f"Every text must be readable here. Received: {paths[first]}, which is not ({files.bad[first]}); "
            f"{len(files.bad)} in all. Texts are .txt, .md or .html files, or cells of a .csv."
        )
    if not files.texts:
        raise DataError("A folder of new texts must have some. Received: one without any.")
    return files.texts


def _of_table(raw: Any, like: Dataset) -> list[str]:
    from wizard.data.readers.table import raw_table
    from wizard.data.text_columns import joined_texts

    frame = raw_table(raw, like).frame
    names = [column.name for column in like.columns] or [_only_text(list(frame.columns), like.target)]
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        raise ColumnError(
            "The table must have the columns that the texts were made of. "
            f"Received: one without {shortened(map(repr, lacking))}; it has {shortened(map(repr, frame.columns))}."
        )
    return joined_texts(frame, names)


def _only_text(columns: list[str], target: str) -> str:
    """The column of texts, where those that were learned from came from no table."""
    inputs = [name for name in columns if name != target]
    named = [name for name in inputs if name.lower() == USUAL_NAME]
    if len(inputs) == 1 or len(named) == 1:
        return (named or inputs)[0]
    raise ColumnError(
        f"A table of new texts must have one column, or call that of the texts {USUAL_NAME!r}: those that were learned "
        f"from came from no table. Received: {shortened(map(repr, inputs)) or 'none'}. Leave the column of the texts "
        "alone, or rename it."
    )


def labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    """Returns the labels that the folders' names are, or the table's column, and the texts."""
    from wizard.data.readers import table
    from wizard.data.sources import text_folder

    if _is_table(raw):
        return table.labels_beside(raw, like)
    if not text_folder.accepts(raw):
        raise DataError(
            "Texts without y must lie in class folders, or in a table with the target. "
            f"Received: {type(raw).__name__}. Pass y, one label for each."
        )
    found = text_folder.read_folder(Path(raw))
    return found.labels, list(found.texts)
