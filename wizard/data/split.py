"""Which examples train, which decide, and which stay sealed: drawn once, before any stage."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy as np

from wizard.core.errors import DataError
from wizard.core.seeds import derive, generator
from wizard.data.dataset import Dataset
from wizard.data.task import Task

TEST_SHARE = 0.15  # of the user's own set, where no test set was given
VALIDATION_SHARE = 0.15
FEW_VALIDATION_ROWS = 1000  # below it one accuracy point is under ten rows: decide on folds instead
N_FOLDS = 3  # two thirds to train on; more folds cost more runs than their smaller spread is worth here
RARE = -1  # stands for all classes too small to give a row each: they give their share together, never their last one
BINS = 10  # strata of a regression target: tenths


@dataclass(frozen=True)
class Split:
    """Row numbers of the data set, no row twice.

    Attributes:
        train: Rows to train on.
        validation: Rows to decide on.
        test: Sealed rows.
        folds: (train, held out) pairs over training and validation rows where there are few, else empty.
        how: How it was drawn, in words.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    folds: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    how: str = ""

    @property
    def key(self) -> str:
        """A content hash."""
        digest = hashlib.sha256()
        for rows in (self.train, self.validation, self.test, *(part for fold in self.folds for part in fold)):
            digest.update(np.asarray(rows, "int64").tobytes() + b"|")
        return digest.hexdigest()[:20]

    @property
    def known(self) -> np.ndarray:
        """Training and validation rows, sorted: what may be looked at before the end."""
        return np.sort(np.concatenate([self.train, self.validation]))

    def rows(self, fold: int | None, refit: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """(training rows, held-out rows) of a fold, of the split itself (None), or of a refit (nothing held out)."""
        if refit:
            return self.known, np.empty(0, "int64")
        return (self.train, self.validation) if fold is None else self.folds[fold]


def draw_split(dataset: Dataset, task: Task, copies: np.ndarray, seed: int) -> Split:
    """Draws the split.

    Sets given by the user are taken as they are. Where there is a time, the latest rows are held out; where there
    are groups or copies, each stays on one side; classes (or tenths of a regression target) keep their shares.

    Args:
        dataset: All examples, the user's own sets among them.
        task: For stratification.
        copies: (n,) number of the set of copies that each example belongs to, from `copies.find_copies`.
        seed: The journey's.

    Raises:
        DataError: Where there are too few rows or groups to hold anything out.
    """
    rows, given_validation, given_test = (dataset.rows_of(part) for part in ("main", "validation", "test"))
    needed = 2 + (not len(given_validation)) + (not len(given_test))
    if len(rows) < needed:
        raise DataError(
            f"At least {needed} usable examples are needed to train on some and hold others out. "
            f"Received: {len(rows)} ({len(dataset.left_out)} were left out)."
        )
    strata = _strata(dataset, task)
    units = units_of(dataset, copies)
    if dataset.time is None:
        hold_out: _Chronological | _Stratified = _Stratified(strata, units, seed, dataset.group is not None)
    else:
        hold_out = _Chronological(_moments(dataset, units))
    how = [hold_out.words]
    test, validation = given_test, given_validation
    if len(given_test):
        how.append("test set given by the user")
    else:
        rows, test = hold_out.draw(rows, TEST_SHARE, "test")
    if len(given_validation):
        how.append("validation set given by the user")
    else:
        rows, validation = hold_out.draw(rows, VALIDATION_SHARE / (1 - TEST_SHARE), "validation")
    folds: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    if len(validation) < FEW_VALIDATION_ROWS and not len(given_validation) and dataset.time is None:
        folds = _folds(np.sort(np.concatenate([rows, validation])), strata, units, seed)
    if folds:
        how.append(f"decisions on {len(folds)} folds, as validation has under {FEW_VALIDATION_ROWS:,} rows")
    split = Split(np.sort(rows), np.sort(validation), np.sort(test), folds, "; ".join(how))
    if not (len(split.train) and len(split.validation) and len(split.test)):
        raise DataError(
            f"{len(dataset)} examples in {len(np.unique(units))} groups leave one of the sets empty. "
            f"Bring more groups, or give validation= and test= yourself."
        )
    return split


def _strata(dataset: Dataset, task: Task) -> np.ndarray:
    y = task.encode(dataset.labels)
    if task.is_exclusive:
        return y
    if task.is_multilabel:
        return rarest_label(y)
    if task.targets:
        y = ((y - y.mean(0)) / y.std(0)).mean(1)
    edges = np.unique(np.quantile(y, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.searchsorted(edges, y, side="right").astype("int32")


def rarest_label(y: np.ndarray) -> np.ndarray:
    """(n,) number of the rarest label of each row of y (n, k); k where it has none: keeps rare labels in every set."""
    frequency = y.sum(0)
    own = np.where(y > 0, frequency, np.inf)
    return np.where(y.any(1), own.argmin(1), y.shape[1]).astype("int32")


def units_of(dataset: Dataset, copies: np.ndarray) -> np.ndarray:
    """(n,) number of the unit each row belongs to: rows that share a group, or are copies, are one unit."""
    if dataset.group is None:
        return copies
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    _, group = np.unique(dataset.group.astype(str), return_inverse=True)
    n_copies, n_groups = int(copies.max()) + 1, int(group.max()) + 1
    links = coo_matrix((np.ones(len(copies)), (copies, n_copies + group)), shape=(n_copies + n_groups,) * 2)
    _, component = connected_components(links, directed=False)
    return component[copies]


def _moments(dataset: Dataset, units: np.ndarray) -> np.ndarray:
    """(n,) order of the rows in time; rows of one group count as of the moment of its last, so that it stays whole."""
    assert dataset.time is not None
    _, moment = np.unique(dataset.time, return_inverse=True)
    if dataset.group is None:
        return moment
    last = np.zeros(int(units.max()) + 1, moment.dtype)
    np.maximum.at(last, units, moment)
    return last[units]


class _Chronological:
    """Holds out the latest rows; rows of one moment stay together."""

    words = "by time: training before validation before test"

    def __init__(self, time: np.ndarray) -> None:
        self.time = time

    def draw(self, rows: np.ndarray, share: float, use: str) -> tuple[np.ndarray, np.ndarray]:
        if len(np.unique(self.time[rows])) < 2:
            raise DataError(
                f"`time` must take enough values to hold out the latest rows as the {use} set. Received: "
                f"{len(np.unique(self.time)):,} different in all. Leave `time` out, or give the sets yourself."
            )
        moments, counts = np.unique(self.time[rows], return_counts=True)
        later = np.cumsum(counts[::-1])[::-1]  # rows at this moment or after it
        start = int(np.argmin(np.abs(later - share * len(rows))))
        start = min(max(start, 1), len(moments) - 1)
        is_held = self.time[rows] >= moments[start]
        return rows[~is_held], rows[is_held]


class _Stratified:
    """Holds out a share of every stratum, whole units at a time."""

    def __init__(self, strata: np.ndarray, units: np.ndarray, seed: int, has_groups: bool) -> None:
        self.strata, self.units, self.seed = strata, units, seed
        kept = "classes, groups and copies" if has_groups else "classes and copies"
        self.words = f"at random, {kept} kept together"

    def draw(self, rows: np.ndarray, share: float, use: str) -> tuple[np.ndarray, np.ndarray]:
        is_held = np.zeros(len(rows), bool)
        order = _units_at_random(rows, self.units, self.strata, generator(self.seed, "split", use))
        size = Counter[int]()  # rows whose unit belongs to a stratum: a group's rows may differ in their own
        for stratum, members in order:
            size[stratum] += len(members)
        left = Counter(stratum for stratum, _ in order)  # units that are not held out
        pool = {stratum: RARE if share * n < 0.5 else stratum for stratum, n in size.items()}
        sizes, taken = Counter[int](), Counter[int]()
        for stratum, n in size.items():
            sizes[pool[stratum]] += n
        for stratum, members in order:
            wanted, have, into = share * sizes[pool[stratum]], taken[pool[stratum]], pool[stratum]
            if into == RARE and left[stratum] == 1:
                continue
            if abs(have + len(members) - wanted) < abs(have - wanted):  # closer to the wanted share with than without
                is_held[members] = True
                taken[into] += len(members)
                left[stratum] -= 1
        if not is_held.any() and len(order) > 1:
            is_held[min((members for _, members in order), key=len)] = True
        return rows[~is_held], rows[is_held]


def _units_at_random(
    rows: np.ndarray, units: np.ndarray, strata: np.ndarray, random: np.random.Generator
) -> list[tuple[int, np.ndarray]]:
    """(stratum, positions in `rows`) of every unit, in random order; a unit's stratum is that of most of its rows."""
    _, unit = np.unique(units[rows], return_inverse=True)
    by_unit = np.argsort(unit, kind="stable")
    members = np.split(by_unit, np.flatnonzero(np.diff(unit[by_unit])) + 1)
    return [(int(np.bincount(strata[rows[members[i]]]).argmax()), members[i]) for i in random.permutation(len(members))]


def _folds(
    rows: np.ndarray, strata: np.ndarray, units: np.ndarray, seed: int
) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    from sklearn.model_selection import StratifiedGroupKFold

    if len(np.unique(units[rows])) < 2 * N_FOLDS or np.bincount(strata[rows]).max() < N_FOLDS:
        return ()
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=derive(seed, "split", "folds"))
    import warnings

    with warnings.catch_warnings():  # a class rarer than the folds is explore's finding, not a warning here
        warnings.simplefilter("ignore", UserWarning)
        return tuple((rows[train], rows[held]) for train, held in folds.split(rows, strata[rows], units[rows]))
