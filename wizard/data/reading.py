"""New raw examples, read as those of a data set that is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.core.registry import load
from wizard.data.dataset import Dataset, Examples
from wizard.data.labels import Labels, read_label_sets, read_labels
from wizard.data.refusals import data_at_hand

READERS = "wizard.data.readers"  # a file a modality


@data_at_hand()
def read_examples(raw: Any, like: Dataset) -> Examples:
    """Reads inputs without labels, one example for every row or picture, in the given order.

    Args:
        raw: For a table: a DataFrame, a dict of columns or of one row, a list of rows, an (n, d) array or the path of a
            file; other columns than the known ones are passed over. For pictures: an array of one or
            many, a list of arrays or paths, a path, or a folder (its pictures sorted by name). For texts: one text or
            many, paths, a folder, or a table with their columns. For series: an array of one or many, a list of
            arrays, or a table laid out as the known one.
        like: The data set whose columns or kind of pictures they must have.

    Raises:
        ColumnError: If columns are missing; names them.
        DataError: If a picture or line cannot be read; names it.
    """
    return load(READERS, like.modality).read(raw, like)


def read_labelled(raw: Any, y: Any, like: Dataset) -> tuple[Examples, np.ndarray]:
    """Reads inputs with their labels, for an evaluation.

    Args:
        raw: As for `read_examples`; a table with the target's column, or a folder of class folders, needs no `y`.
        y: (n,) labels, (n, m) where examples have several, or None.
        like: The data set that they must be like.

    Returns:
        n examples and (n,) labels, text or float64 as in `like`; (n, m) where examples have several.

    Raises:
        DataError: If labels are missing.
    """
    cells, raw = load(READERS, like.modality).labels_beside(raw, like) if y is None else (y, raw)
    examples = read_examples(raw, like)
    labels = conform_labels(cells, like, getattr(raw, "decimal_comma", False))
    if len(labels) != len(examples):
        raise DataError(
            f"There must be a label for each example. Received: {len(examples):,} examples, {len(labels):,} labels."
        )
    return examples, labels


def conform_labels(y: Any, like: Dataset, decimal_comma: bool = False) -> np.ndarray:
    """Reads labels as the known ones are: (n,) text or numbers, or (n, m) of several labels or targets.

    Args:
        y: The labels, one an example.
        like: The data set that they must be like.
        decimal_comma: Whether their file may write 1,5 for one and a half.
    """
    import pandas as pd

    if like.outputs:
        read = _several(y, like, decimal_comma)
    else:
        series = (
            y
            if isinstance(y, pd.Series)
            else pd.Series(list(y) if isinstance(y, list | tuple) else np.asarray(y).reshape(-1))
        )
        is_number = like.labels.dtype.kind == "f"
        cells = series if is_number else series.astype("category")
        read = read_labels(like.target, cells, is_number, decimal_comma)
        if is_number and read.values.dtype.kind != "f":
            raise DataError(
                f"Labels must be numbers, as those of {like.name!r} are. Received: {read.values[0].item()!r}."
            )
    bad = np.flatnonzero(read.missing != "")
    if len(bad):
        raise DataError(
            f"Every example must have a label here. Received: none in rows {shortened(bad)}. Remove these rows."
        )
    return read.values


def _several(y: Any, like: Dataset, decimal_comma: bool) -> Labels:
    """Labels as lists of names, or as the (n, m) columns that are known, in their order."""
    import pandas as pd

    if isinstance(y, pd.DataFrame) and set(like.outputs) <= set(map(str, y.columns)):
        return read_labels(like.target, y.rename(columns=str)[list(like.outputs)], True, decimal_comma)
    cells = list(y.iloc[:, 0] if isinstance(y, pd.DataFrame) and y.shape[1] == 1 else y)
    if all(np.ndim(cell) == 1 and len(cell) == len(like.outputs) for cell in cells):
        array = np.asarray(cells)
        if array.dtype.kind in "biuf":
            return read_labels(like.target, pd.DataFrame(array, columns=list(like.outputs)))
    return read_label_sets(like.target, pd.Series(cells, dtype=object), like.outputs)
