"""New raw examples, read as those of a data set that is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.core.registry import load
from wizard.data.dataset import Dataset, Examples
from wizard.data.labels import read_labels
from wizard.data.refusals import data_at_hand

READERS = "wizard.data.readers"  # a file a modality


@data_at_hand()
def read_examples(raw: Any, like: Dataset) -> Examples:
    """Reads inputs without labels, one example for every row or picture, in the given order.

    Args:
        raw: For a table: a DataFrame, a dict of columns or of one row, a list of rows, an (n, d) array or the path of a
            file; other columns than the known ones are passed over. For pictures: an array of one or
            many, a list of arrays or paths, a path, or a folder (its pictures sorted by name).
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
        y: (n,) labels, or None.
        like: The data set that they must be like.

    Returns:
        n examples and (n,) labels, text or float64 as in `like`.

    Raises:
        DataError: If labels are missing.
    """
    cells, raw = load(READERS, like.modality).labels_beside(raw, like) if y is None else (y, raw)
    examples = read_examples(raw, like)
    labels = conform_labels(cells, like)
    if len(labels) != len(examples):
        raise DataError(
            f"There must be a label for each example. Received: {len(examples):,} examples, {len(labels):,} labels."
        )
    return examples, labels


def conform_labels(y: Any, like: Dataset) -> np.ndarray:
    """Reads (n,) labels as text or numbers, whichever the known ones are."""
    import pandas as pd

    series = (
        y
        if isinstance(y, pd.Series)
        else pd.Series(list(y) if isinstance(y, list | tuple) else np.asarray(y).reshape(-1))
    )
    if like.labels.dtype.kind == "f":
        read = read_labels(like.target, series, from_text=True)
        if read.values.dtype.kind != "f":
            raise DataError(
                f"Labels must be numbers, as those of {like.name!r} are. Received: {read.values[0].item()!r}."
            )
    else:
        read = read_labels(like.target, series.astype("category"))
    bad = np.flatnonzero(read.missing != "")
    if len(bad):
        raise DataError(
            f"Every example must have a label here. Received: none in rows {shortened(bad)}. Remove these rows."
        )
    return read.values
