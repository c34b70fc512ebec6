"""Copies among examples: exact by content, near by what a person would call the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.seeds import generator
from wizard.data.dataset import Dataset, Examples

NEAR = 0.13  # times the median nearest-neighbour distance: cleanlab's threshold for near duplicates
NEAR_LIMIT = 60_000  # pictures compared pairwise; beyond it only exact copies are looked for
THUMBNAIL = 12  # pixels a side: keeps shapes, forgets re-encoding, small crops and noise
ROUNDING = 0.01  # of a column's interquartile range: rows this close in every column are near copies
NULL_FACTOR = 3.0  # near copies count only where there are this many times more than in a shuffled table
LARGEST_CODE = 2**52  # beyond it coarsened numbers are all the same; a missing one is just below
BLOCK = 2048  # rows of the distance matrix at a time: 2048 × 60,000 floats are half a gigabyte
LARGEST_SHARE = 0.05  # a chain of near copies over more of the data than this is a dense region, not copies


@dataclass(frozen=True)
class Copies:
    """Which examples are copies of which.

    Attributes:
        exact: (n,) number of the content of each example: equal content, equal number.
        sets: (n,) number of the set of copies, near ones included; what must stay on one side of a split.
        near: (p, 2) pairs of near, not exact, copies.
        is_near_searched: Whether near copies were looked for.
    """

    exact: np.ndarray
    sets: np.ndarray
    near: np.ndarray
    is_near_searched: bool = True


def find_copies(dataset: Dataset, seed: int) -> Copies:
    """Finds exact and near copies over all sets, without looking at labels.

    Args:
        dataset: All examples.
        seed: For the shuffled table that tells copies from coincidence.
    """
    _, exact = np.unique(np.array(dataset.examples.hashes()), return_inverse=True)
    is_searched = True
    if dataset.modality == "image":
        is_searched = len(dataset) <= NEAR_LIMIT
        near = _near_pictures(dataset, exact) if is_searched else np.empty((0, 2), "int64")
    else:
        near = _near_rows(dataset, exact, seed)
    sets = _joined(exact, near)
    return Copies(exact, sets, near[sets[near[:, 0]] == sets[near[:, 1]]], is_searched)


def copies_by_chance(examples: Examples, seed: int) -> int:
    """Rows of a table that have an exact copy once every column is shuffled on its own: what coarse values give."""
    import pandas as pd

    frame = examples.frame  # type: ignore[attr-defined]
    random = generator(seed, "copies by chance")
    codes = [pd.factorize(frame[name])[0] for name in frame.columns]
    shuffled = np.column_stack([random.permutation(code) for code in codes])
    _, row_set, counts = np.unique(shuffled, axis=0, return_inverse=True, return_counts=True)
    return int((counts[row_set.ravel()] > 1).sum())


def _joined(exact: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Numbers of the connected sets; a chain that is too large falls apart into its exact copies."""
    if not len(near):
        return exact
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = int(exact.max()) + 1
    links = coo_matrix((np.ones(len(near)), (exact[near[:, 0]], exact[near[:, 1]])), shape=(size, size))
    _, component = connected_components(links, directed=False)
    sets = component[exact]
    is_chain = (np.bincount(sets) > max(LARGEST_SHARE * len(exact), 2))[sets]
    return np.unique(np.where(is_chain, exact + size, sets), return_inverse=True)[1]


def thumbnails(dataset: Dataset) -> np.ndarray:
    """(n, d) grey thumbnails of pictures, each with zero mean and unit length; blank ones are zero."""
    from PIL import Image

    small = np.empty((len(dataset), THUMBNAIL * THUMBNAIL), "float32")
    for i in range(len(dataset)):
        grey = np.asarray(dataset.examples[i], "float32").mean(-1)
        picture = Image.fromarray(grey).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
        small[i] = np.asarray(picture).ravel()
    small -= small.mean(1, keepdims=True)
    length = np.linalg.norm(small, axis=1, keepdims=True)
    return np.divide(small, length, out=np.zeros_like(small), where=length > 0)


def _near_pictures(dataset: Dataset, exact: np.ndarray) -> np.ndarray:
    points = thumbnails(dataset)
    n = len(points)
    distance, neighbour = np.full(n, np.inf, "float32"), np.zeros(n, "int64")
    for start in range(0, n, BLOCK):
        rows = slice(start, min(start + BLOCK, n))
        squared = 2 - 2 * points[rows] @ points.T  # (block, n), as all have unit length
        squared[exact[rows, None] == exact[None, :]] = np.inf
        neighbour[rows] = squared.argmin(1)
        distance[rows] = np.sqrt(np.maximum(squared.min(1), 0))
    distance[~points.any(1)] = np.inf  # blank pictures resemble nothing
    is_finite = np.isfinite(distance)
    if not is_finite.any():
        return np.empty((0, 2), "int64")
    is_near = distance < NEAR * np.median(distance[is_finite])
    pairs = np.column_stack([np.flatnonzero(is_near), neighbour[is_near]])
    return np.unique(np.sort(pairs, 1), axis=0)


def _near_rows(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray:
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
