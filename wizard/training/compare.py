"""Intervals and paired comparisons: a difference inside its noise band is no difference."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from wizard.core.seeds import generator
from wizard.training.metrics import Metric
from wizard.training.units import Resampling, Z, few, numbered, shuffled

DRAWS = 1000  # bootstrap draws: the ends of a 95% interval rest on 25 of them
ALARM = 0.05  # chance to claim a gain where there is none, shared among all that were tried
ROUNDING = 1e-12  # sums in another order differ by this
PERMUTATIONS = 999  # of the labels: beating all of them is chance once in a thousand


@dataclass(frozen=True)
class Interval:
    """A number with its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def ends(self) -> tuple[float, float]:
        """(low, high)."""
        return (self.low, self.high)

    def of_best_among(self, n_tried: int) -> Interval:
        """The same gain, its interval as wide as the best of so many that do nothing needs it (Bonferroni)."""
        times = NormalDist().inv_cdf(1 - ALARM / n_tried) / Z
        if times <= 1.0 or not np.isfinite(self.value):
            return self
        low, high = (self.value + times * (end - self.value) for end in self.ends)
        return Interval(self.value, low, high)


@dataclass(frozen=True)
class Association:
    """How far predictions and labels go together.

    Attributes:
        deviations: Standard deviations of the permutations by which they go together more than by chance.
        is_beyond_chance: Whether they do so more than in any permutation.
    """

    deviations: float
    is_beyond_chance: bool


def bootstrap(
    metric: Metric,
    y: np.ndarray,
    predictions: np.ndarray,
    weight: np.ndarray | None,
    seed: int,
    draws: int = DRAWS,
    units: np.ndarray | None = None,
) -> Interval:
    """A score with a percentile-bootstrap interval over rows (Efron 1979), or over whole units of rows.

    All rows right, or none, is drawn again in every draw; the other end then follows from how many rows there are.
    """
    rows = Resampling.of(len(y), units)
    scores = _resampled(metric, y, [predictions], weight, seed, draws, rows)[:, 0]
    value = metric.score(y, predictions, weight)
    low, high = (float(end) for end in np.quantile(scores, [0.025, 0.975]))
    if metric.is_share and high - low <= ROUNDING and min(abs(value), abs(1 - value)) <= ROUNDING:
        found = wilson(round(value), _rows_behind(metric, y, weight, rows))
        return Interval(value, min(found.low, value), max(found.high, value))
    if rows.unit is None:
        return Interval(value, low, high)
    low, high = (value + rows.widening * (end - value) for end in (min(low, value), max(high, value)))
    least = 0.0 if metric.is_share or not metric.is_higher_better else -np.inf
    return Interval(value, max(low, min(value, least)), min(high, 1.0 if metric.is_higher_better else np.inf))


def wilson(share: float, n: float) -> Interval:
    """The 95% interval of a share of n rows (Wilson 1927); n may be what so many alike rows are worth, no whole number.

    SciPy has it for whole numbers only.
    """
    if n <= 0:
        return Interval(share, 0.0, 1.0)
    z = NormalDist().inv_cdf(0.975)
    whole = 2 * (n + z**2)
    middle, half = (2 * n * share + z**2) / whole, z / whole * float(np.sqrt(4 * n * share * (1 - share) + z**2))
    return Interval(share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share))


def gain_between(
    metric: Metric,
    y: np.ndarray,
    new: list[np.ndarray],
    old: list[np.ndarray],
    weight: np.ndarray | None,
    seed: int,
    draws: int = DRAWS // 2,
    units: np.ndarray | None = None,
) -> Interval:
    """How much better `new` is than `old`, paired over rows and over seeds, with a 95% interval.

    Two sources of noise are added: which rows were drawn (bootstrap over rows, same rows for both), and the seed
    (spread of the paired differences over the repeats; with one repeat only the first is known).

    Args:
        metric: What is compared.
        y: (n,) truth.
        new: Predictions for the same rows, one array a repeat.
        old: As many repeats of what it is compared with.
        weight: (n,) or None.
        seed: Of the bootstrap.
        draws: Of the bootstrap.
        units: (n,) number of the unit (group, or set of copies) of each row, drawn whole; None where rows are.
    """
    sign = 1.0 if metric.is_higher_better else -1.0
    n_repeats, rows = len(new), Resampling.of(len(y), units)
    scores = sign * _resampled(metric, y, [*new, *old], weight, seed, draws, rows)
    by_rows = (scores[:, :n_repeats] - scores[:, n_repeats:]).mean(1)
    differences = np.array([metric.gain(_score(metric, y, a, weight), _score(metric, y, b, weight))
                            for a, b in zip(new, old, strict=True)])  # fmt: skip
    by_seed = float(np.var(differences, ddof=1)) / n_repeats if n_repeats > 1 else 0.0
    error = float(np.sqrt(rows.widening**2 * np.var(by_rows) + by_seed))
    gain = float(differences.mean())
    most = 1.0 if metric.is_share and rows.unit is not None else np.inf  # two shares differ by no more
    return Interval(gain, max(gain - Z * error, -most), min(gain + Z * error, most))


def association(
    y: np.ndarray, predictions: np.ndarray, blocks: np.ndarray, seed: int, units: np.ndarray | None = None
) -> Association:
    """What predictions for rows that their model did not see know of the labels, by permuting the labels in blocks.

    The statistic is the mean probability of the true class, or the covariance with the target; it neither asks that
    predictions are calibrated nor that they beat a guess in some metric.

    Args:
        y: (n,) codes or targets; (n, m) labels or targets.
        predictions: (n, k) probabilities, or targets of the shape of `y`.
        blocks: (n,) number of the fold that each row was held out in: rows of one fold share a model.
        seed: Of the permutations.
        units: (n,) number of the unit (group, or set of copies) of each row, whose labels stay together.
    """
    if not (len(y) and np.isfinite(predictions).all()):
        return Association(0.0, False)
    random = generator(seed, "association", len(y))
    order = np.argsort(blocks, kind="stable")
    y, predictions = y[order], predictions[order].astype("float64")
    folds = np.split(np.arange(len(y)), np.flatnonzero(np.diff(blocks[order])) + 1)
    kin = [None if units is None else numbered(units[order[fold]]) for fold in folds]
    is_class = predictions.ndim == 2 and y.ndim == 1
    if not is_class:
        y, predictions = _standardised(y), _standardised(predictions)

    def statistic(labels: np.ndarray) -> float:
        if is_class:
            return float(predictions[np.arange(len(labels)), labels].mean())
        return float((predictions * labels).mean())

    def permuted() -> np.ndarray:
        pairs = zip(folds, kin, strict=True)
        return np.concatenate([fold[shuffled(random, own, len(fold))] for fold, own in pairs])

    null = np.array([statistic(y[permuted()]) for _ in range(PERMUTATIONS)])
    above = statistic(y) - null
    return Association(float(above.mean() / max(null.std(), ROUNDING)), bool((above > ROUNDING).all()))


def _standardised(values: np.ndarray) -> np.ndarray:
    """Mean 0 and spread 1 over rows; a constant column becomes zero."""
    spread = values.std(0)
    return (values - values.mean(0)) / np.where(spread > 0, spread, 1.0)


def _score(metric: Metric, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None) -> float:
    return metric.score(y, predictions, weight)


def _rows_behind(metric: Metric, y: np.ndarray, weight: np.ndarray | None, rows: Resampling) -> float:
    """How many independent rows a perfect score rests on; those of one unit count as one."""
    n = metric.rests_on(y, weight)
    return n if rows.unit is None else n * rows.n_units / rows.n / few(rows.n_units) ** 2


def _resampled(
    metric: Metric,
    y: np.ndarray,
    columns: list[np.ndarray],
    weight: np.ndarray | None,
    seed: int,
    draws: int,
    rows: Resampling,
) -> np.ndarray:
    """(draws, columns) scores on resampled rows, the same rows for every column; a row drawn twice weighs twice.

    Draws that lack a class without which the metric says nothing are left out.
    """
    random = generator(seed, "bootstrap", metric.name, len(y))
    scores = []
    if metric.needs_only_answers:  # looking for the most probable of many classes a thousand times takes minutes
        columns = [one.argmax(1) if one.ndim == 2 else one for one in columns]
    needs_both = metric.needs_both_classes and len(np.unique(y)) == 2
    for _ in range(draws):
        times = rows.times(random)
        w = times if weight is None else weight * times
        if needs_both and (np.bincount(y, w, 2) == 0).any():
            continue
        scores.append([metric.score(y, predictions, w) for predictions in columns])
    if not scores:  # one unit holds all rows of a class
        scores = [[metric.score(y, predictions, weight) for predictions in columns]]
    return np.array(scores)
