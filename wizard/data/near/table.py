"""Rows of a table that are the same but for rounding."""

from __future__ import annotations

import numpy as np

from wizard.core.seeds import generator
from wizard.data.dataset import Dataset, Examples

ROUNDING = 0.01  # of a column's interquartile range: rows this close in every column are near copies
NULL_FACTOR = 3.0  # near copies count only where there are this many times more than in a shuffled table
LARGEST_CODE = 2**52  # beyond it coarsened numbers are all the same; a missing one is just below


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies.

    Args:
        dataset: Rows of a table.
        exact: (n,) number of the content of each.
        seed: For the shuffled table that tells copies from coincidence.
    """
    coded = _coded(dataset)
    if coded is None:
        return np.empty((0, 2), "int64")
    random = generator(seed, "copies", "null")
    shuffled = np.column_stack([random.permutation(column) for column in coded.T])
    pairs = _equal_pairs(coded, exact)
    by_chance = _equal_pairs(shuffled, np.arange(len(shuffled)))
    return pairs if len(pairs) > NULL_FACTOR * len(by_chance) else np.empty((0, 2), "int64")


def _coded(dataset: Dataset) -> np.ndarray | None:
    """(n, d) whole numbers: columns coarsened to ROUNDING of their spread; None without a fine-grained column."""
    frame = dataset.examples.frame  # type: ignore[attr-defined]
    columns, is_fine = [], False
    for column in dataset.columns:
        values = frame[column.name]
        if column.kind == "number":
            x = values.to_numpy("float64")
            known = x[np.isfinite(x)]
            spread = float(np.subtract(*np.percentile(known, [75, 25])) or known.std()) if len(known) else 0.0
            is_fine |= len(np.unique(known)) > 1 / ROUNDING
            coarse = np.clip(np.round(x / (ROUNDING * (spread or 1.0))), -LARGEST_CODE, LARGEST_CODE)
            columns.append(np.where(np.isfinite(x), coarse, -LARGEST_CODE - 1).astype("int64"))
        else:
            columns.append(np.unique(values.astype(str).to_numpy("str"), return_inverse=True)[1].astype("int64"))
    return np.column_stack(columns) if is_fine else None


def _equal_pairs(coded: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """(p, 2) neighbouring pairs of rows that are equal when coarsened, but not exact copies."""
    _, row_set = np.unique(coded, axis=0, return_inverse=True)
    order = np.argsort(row_set.ravel(), kind="stable")
    pairs = np.column_stack([order[:-1], order[1:]])
    row_set = row_set.ravel()
    is_pair = (row_set[pairs[:, 0]] == row_set[pairs[:, 1]]) & (exact[pairs[:, 0]] != exact[pairs[:, 1]])
    return pairs[is_pair]


def copies_by_chance(examples: Examples, seed: int) -> int:
    """Rows of a table that have an exact copy once every column is shuffled on its own: what coarse values give."""
    import pandas as pd

    frame = examples.frame  # type: ignore[attr-defined]
    random = generator(seed, "copies by chance")
    codes = [pd.factorize(frame[name])[0] for name in frame.columns]
    shuffled = np.column_stack([random.permutation(code) for code in codes])
    _, row_set, counts = np.unique(shuffled, axis=0, return_inverse=True, return_counts=True)
    return int((counts[row_set.ravel()] > 1).sum())
