"""Labels that have slipped against their inputs from some row on, found by looking at neighbouring rows' labels.

A probe's prediction for row i is held against the label of row i + k. Where labels sit at their rows, agreement peaks
at k = 0 everywhere. Where a line was lost or doubled in one of two files, it peaks at another k from that row on.

Silent on sorted rows and where neighbours are alike (agreement hardly changes with k), on drift (it has no peak of its
own away from 0) and on seasons (the peak at 0 stays): the profile after the row must be that before it, moved by k.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wizard.core.seeds import generator
from wizard.data.task import Task
from wizard.training.compare import PERMUTATIONS

FARTHEST = 5  # rows that labels are looked for away from their own: slips are of a line or two
FEWEST = 40  # rows on either side of the change: fewer do not show a peak
DISTINCT = 0.3  # of what agreement has over chance: where neighbours' labels are alike, no slip can be told from them
PROMINENT = 0.4  # of the peak at 0 before the change that the one at k after it must have at least
NEVER = 3.0  # standard deviations: the largest of so many sums comes as far in every draw
SUSPECTED = 2.5  # standard deviations: less far out no slip is looked for with a probe of its own


@dataclass(frozen=True)
class Slip:
    """Where labels slip.

    Attributes:
        row: First row of the data whose label is another row's.
        lag: Its label is that of the row so many further down.
        before: {k: agreement at k} before that row.
        after: {k: agreement at k} from it on.
        n_before: Rows before it.
        n_after: Rows from it on.
    """

    row: int
    lag: int
    before: dict[int, float]
    after: dict[int, float]
    n_before: int
    n_after: int


def slip(
    task: Task,
    rows: np.ndarray,
    predictions: np.ndarray,
    known_rows: np.ndarray,
    y: np.ndarray,
    seed: int,
    learned_before: Callable[[int], np.ndarray],
) -> Slip | None:
    """Looks for a row from which labels belong to other rows.

    A probe that learned from slipped labels as well is a bad witness. So where a slip is suspected and cannot be told
    from chance, a second one that learned from the rows before it only is asked about the rows after it.

    Args:
        task: What is predicted.
        rows: (n,) rows with predictions, sorted.
        predictions: For these rows, by probes that did not see them.
        known_rows: (m,) rows whose labels may be looked at, sorted.
        y: Their labels.
        seed: Of the null.
        learned_before: (n - m,) predictions for all rows from the m-th on by a probe that learned from the first m.
    """
    lags = np.arange(-FARTHEST, FARTHEST + 1)
    agreement = agreements(task, rows, predictions, known_rows, y, lags)  # (n, lags), NaN where unknown
    if len(rows) <= 2 * FEWEST:
        return None
    own = agreement[:, FARTHEST]
    others = [j for j in range(len(lags)) if lags[j] != 0]
    differences = np.nan_to_num(agreement[:, others] - own[:, None])  # (n, 2 K) > 0 where row i + k has its label
    best, change = _largest_suffix(differences)
    if not np.isfinite(best).any() or best.max() < SUSPECTED:
        return None
    j = int(best.argmax())
    start = int(change[j])
    if not _is_beyond_chance(differences, float(best.max()), seed):
        agreement[start:] = agreements(task, rows[start:], learned_before(start), known_rows, y, lags)
        if not _is_surely_larger(agreement[start:, others[j]] - own[start:], seed):
            return None
    by_chance = _by_chance(task, predictions, y, seed)
    before, after = _profile(agreement[:start], lags), _profile(agreement[start:], lags)
    lag = int(lags[others[j]])
    peak, rest = before.pop(0), max(before.values())
    height = peak - rest
    found, others_after = after.pop(lag), max(after.values())
    before, after = {**before, 0: peak}, {**after, lag: found}
    if height <= DISTINCT * (peak - by_chance) or found - others_after < PROMINENT * height:
        return None
    return Slip(int(rows[start]), lag, before, after, start, len(rows) - start)


def agreements(
    task: Task, rows: np.ndarray, predictions: np.ndarray, known_rows: np.ndarray, y: np.ndarray, lags: np.ndarray
) -> np.ndarray:
    """(n, lags) how near each prediction is to the label so many rows further down; NaN where that is not known."""
    truth, said = _comparable(task, y, predictions)
    out = np.full((len(rows), len(lags)), np.nan)
    for j, lag in enumerate(lags):
        place = np.minimum(np.searchsorted(known_rows, rows + lag), len(known_rows) - 1)
        is_known = known_rows[place] == rows + lag
        out[is_known, j] = -((truth[place[is_known]] - said[is_known]) ** 2).sum(1)
    return out


def _by_chance(task: Task, predictions: np.ndarray, y: np.ndarray, seed: int) -> float:
    """Agreement of predictions with labels that are drawn at random."""
    truth, said = _comparable(task, y, predictions)
    drawn = generator(seed, "labels by chance").integers(0, len(truth), len(said))
    return float(-((truth[drawn] - said) ** 2).sum(1).mean())


def _comparable(task: Task, y: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels (m, k) and predictions (n, k) on one scale; of amounts their ranks, as a few large ones outweigh all."""
    if task.is_exclusive:
        return np.eye(task.n_outputs)[y], predictions
    if task.is_classification:
        return y.astype("float64"), predictions
    y, predictions = y.reshape(len(y), -1), predictions.reshape(len(predictions), -1)
    ranks = [np.sort(column) for column in y.T]

    def ranked(values: np.ndarray) -> np.ndarray:
        return np.column_stack([np.searchsorted(a, b) / len(a) for a, b in zip(ranks, values.T, strict=True)])

    return ranked(y), ranked(predictions)


def _largest_suffix(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each lag the largest sum of differences over the rows from some row on, in its own noise; and that row."""
    totals = differences[::-1].cumsum(0)[::-1]  # (n, 2 K)
    noise = np.sqrt((differences**2)[::-1].cumsum(0)[::-1])
    z = np.where(noise > 0, totals / np.where(noise > 0, noise, 1.0), -np.inf)
    z[:FEWEST], z[len(z) - FEWEST :] = -np.inf, -np.inf
    return z.max(0), totals[FEWEST : len(z) - FEWEST].argmax(0) + FEWEST


def _is_beyond_chance(differences: np.ndarray, found: float, seed: int) -> bool:
    """Whether no draw comes as far in which every row's label could as well be another's: signs of differences drawn.

    Rows with a neighbour's label are as often nearer as farther then, whatever the order of the rows.
    """
    if found < NEVER:
        return False
    random = generator(seed, "slips", len(differences))
    for _ in range(PERMUTATIONS):
        signs = random.choice((-1.0, 1.0), size=(len(differences), 1))
        if _largest_suffix(differences * signs)[0].max() >= found:
            return False
    return True


def _is_surely_larger(differences: np.ndarray, seed: int) -> bool:
    """Whether no draw of signs makes the sum of differences as large."""
    known = differences[np.isfinite(differences)]
    signs = generator(seed, "surely").choice((-1.0, 1.0), size=(PERMUTATIONS, len(known)))
    return len(known) >= FEWEST and bool((signs @ known).max() < known.sum())


def _profile(agreement: np.ndarray, lags: np.ndarray) -> dict[int, float]:
    count = np.maximum(np.isfinite(agreement).sum(0), 1)
    means = np.nansum(agreement, axis=0) / count
    return {int(lag): float(mean) for lag, mean in zip(lags, means, strict=True)}
