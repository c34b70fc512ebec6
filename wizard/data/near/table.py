"""Rows of a table that are the same but for rounding or a little noise."""

from __future__ import annotations

import numpy as np

from wizard.core.seeds import generator
from wizard.data.dataset import Dataset, Examples
from wizard.data.rows import TableExamples
from wizard.data.standing_out import stand_out

ROUNDING = 0.01  # of a column's interquartile range: rows this close in every column are near copies
NOISE = 0.08  # standard deviations in any column: noise of 0.01 on both rows stays within half of it
NOISY_SHARE = 0.5  # of the columns of measurements differ: rows on a grid have most of their values in common
FINE, FINE_SHARE = 50, 0.2  # different values of a column, or of its rows: one with fewer is a scale or a code
TAILED = 5.0  # times its robust one a column's standard deviation may be: beyond it a few giants make it up
LEAST_MEASURED = 3  # columns of measurements: along two, neighbours are near by chance
LEAST_ROWS = 50  # contents: among fewer the density is not known
DIRECTIONS = 6  # that rows are compared along first: trees are slow in more
NULL_FACTOR = 3.0  # near copies count only where there are this many times more than in a shuffled table
ON_GRID = 0.8  # of a column's numbers have no more decimals than its grid: copies with noise are a few of the rest
MOST_DECIMALS = 3  # of a grid: finer ones are hardly different from none
EXACT = 1e-9  # of a number: decimals that only come from how computers write them
LARGEST_CODE = 2**52  # beyond it coarsened numbers are all the same; a missing one is just below


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies.

    Args:
        dataset: Rows of a table.
        exact: (n,) number of the content of each.
        seed: For the shuffled table that tells copies from coincidence.
    """
    random = generator(seed, "copies", "null")
    coded = _coded(dataset)
    found = [off_grid_pairs(dataset, exact)]
    if coded is not None:
        shuffled = np.column_stack([random.permutation(column) for column in coded.T])
        pairs = _equal_pairs(coded, exact)
        by_chance = _equal_pairs(shuffled, np.arange(len(shuffled)))
        found += [pairs] if len(pairs) > NULL_FACTOR * len(by_chance) else []
        found.append(noisy_pairs(dataset, exact, random))
    return np.unique(np.concatenate(found), axis=0)


def off_grid_pairs(dataset: Dataset, exact: np.ndarray) -> np.ndarray:
    """(p, 2) pairs of rows that are equal once numbers finer than their column is written in are rounded to its grid.

    A column of lengths in tenths that holds 5.0983 holds a number that was not measured; a row of such numbers that
    rounds to another row is that row with a little noise.

    Args:
        dataset: Rows of a table.
        exact: (n,) number of the content of each.
    """
    frame = TableExamples.of(dataset.examples).frame
    columns, off = [], np.zeros(len(frame), "int64")
    for column in dataset.columns:
        values = frame[column.name]
        if column.kind != "number":
            columns.append(np.unique(values.astype(str).to_numpy("str"), return_inverse=True)[1].astype("float64"))
            continue
        x = values.to_numpy("float64")
        on_grid = _on_grid(x)
        off += np.isfinite(x) & (np.abs(x - on_grid) > EXACT * np.maximum(np.abs(x), 1.0))
        columns.append(np.where(np.isfinite(on_grid), on_grid, np.nan))
    if not off.any():
        return np.empty((0, 2), "int64")
    codes = np.column_stack([np.unique(column, return_inverse=True)[1] for column in columns]).astype("int64")
    pairs = _equal_pairs(codes, exact)
    return pairs[(off[pairs] >= LEAST_MEASURED).any(1)]


def _on_grid(x: np.ndarray) -> np.ndarray:
    """(n,) numbers rounded to as many decimals as nearly all of them need; as they are where that is no coarse grid."""
    known = x[np.isfinite(x)]
    for decimals in range(MOST_DECIMALS + 1):
        is_on = np.abs(known - np.round(known, decimals)) <= EXACT * np.maximum(np.abs(known), 1.0)
        if len(known) and is_on.mean() >= ON_GRID:
            return np.round(x, decimals)
    return x


def noisy_pairs(dataset: Dataset, exact: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(p, 2) pairs of rows that differ by a little in nearly all columns of measurements, and in nothing else.

    Args:
        dataset: Rows of a table.
        exact: (n,) number of the content of each.
        random: Draws the directions that rows are compared along, and the rows that tell the density.
    """
    from scipy.spatial import cKDTree

    rows = np.unique(exact, return_index=True)[1]  # one row a content
    measured, scales, kept = _standardised(dataset, rows)
    if measured.shape[1] < LEAST_MEASURED or len(rows) < LEAST_ROWS:
        return np.empty((0, 2), "int64")
    directions = np.linalg.qr(random.normal(size=(measured.shape[1], min(DIRECTIONS, measured.shape[1]))))[0]
    along = measured @ directions  # near in all columns is near along every direction
    neighbours = cKDTree(along).query(along, k=2, workers=-1)[1]
    other = np.where(neighbours[:, 0] == np.arange(len(rows)), neighbours[:, 1], neighbours[:, 0])
    away = np.abs(measured - measured[other])
    is_near = (away.max(1) <= NOISE) & ((away > 0).mean(1) >= NOISY_SHARE) & (kept == kept[other]).all(1)
    is_near &= (np.abs(scales - scales[other]) <= NOISE).all(1)
    place = np.flatnonzero(is_near)
    distance = np.linalg.norm(away[place], axis=1)
    place = place[stand_out(measured, place, distance, random)]
    pairs = np.sort(np.column_stack([rows[place], rows[other[place]]]), axis=1)
    return np.unique(pairs, axis=0).astype("int64").reshape(-1, 2)


def _standardised(dataset: Dataset, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, d) fine-grained columns and (n, s) coarse ones in standard deviations, (n, k) codes that must be equal."""
    import pandas as pd

    frame = TableExamples.of(dataset.examples).frame.iloc[rows]
    measured: list[np.ndarray] = []
    scales: list[np.ndarray] = []
    kept: list[np.ndarray] = []
    for column in dataset.columns:
        values = frame[column.name]
        if column.kind != "number":
            kept.append(pd.factorize(values)[0])
            continue
        x = values.to_numpy("float64")
        is_known = np.isfinite(x)
        known = x[is_known]
        n_distinct = len(np.unique(known))
        if n_distinct < 2 or np.abs(known).max() > LARGEST_CODE:
            kept.append(pd.factorize(values)[0])
            continue
        robust, plain = float(np.subtract(*np.quantile(known, [0.75, 0.25]))) / 1.349, float(known.std())
        spread = min(plain, TAILED * robust) if robust else plain
        is_fine = n_distinct >= min(FINE, FINE_SHARE * len(known))
        (measured if is_fine else scales).append(np.where(is_known, (x - np.median(known)) / spread, 0.0))
        if not is_known.all():
            kept.append(is_known.astype("int64"))
    empty = np.empty((len(rows), 0))
    found = [np.column_stack(columns) if columns else empty for columns in (measured, scales, kept)]
    return found[0], found[1], found[2]


def _coded(dataset: Dataset) -> np.ndarray | None:
    """(n, d) whole numbers: columns coarsened to ROUNDING of their spread; None without a fine-grained column."""
    frame = TableExamples.of(dataset.examples).frame
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

    frame = TableExamples.of(examples).frame
    random = generator(seed, "copies by chance")
    codes = [pd.factorize(frame[name])[0] for name in frame.columns]
    shuffled = np.column_stack([random.permutation(code) for code in codes])
    _, row_set, counts = np.unique(shuffled, axis=0, return_inverse=True, return_counts=True)
    return int((counts[row_set.ravel()] > 1).sum())
