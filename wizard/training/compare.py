"""Intervals and paired comparisons: a difference inside its noise band is no difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.seeds import generator
from wizard.training.metrics import Metric

DRAWS = 1000  # bootstrap draws: the ends of a 95% interval rest on 25 of them
Z = 1.96  # half a 95% interval, in standard errors


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


def bootstrap(
    metric: Metric, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None, seed: int, draws: int = DRAWS
) -> Interval:
    """A score with a percentile-bootstrap interval over rows (Efron 1979)."""
    scores = _resampled(metric, y, [predictions], weight, seed, draws)[:, 0]
    low, high = np.quantile(scores, [0.025, 0.975])
    return Interval(metric.score(y, predictions, weight), float(low), float(high))


def gain_between(
    metric: Metric,
    y: np.ndarray,
    new: list[np.ndarray],
    old: list[np.ndarray],
    weight: np.ndarray | None,
    seed: int,
    draws: int = DRAWS // 2,
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
    """
    sign = 1.0 if metric.is_higher_better else -1.0
    n_repeats = len(new)
    scores = sign * _resampled(metric, y, [*new, *old], weight, seed, draws)
    by_rows = (scores[:, :n_repeats] - scores[:, n_repeats:]).mean(1)
    differences = np.array([metric.gain(_score(metric, y, a, weight), _score(metric, y, b, weight))
                            for a, b in zip(new, old, strict=True)])  # fmt: skip
    by_seed = float(np.var(differences, ddof=1)) / n_repeats if n_repeats > 1 else 0.0
    error = float(np.sqrt(np.var(by_rows) + by_seed))
    gain = float(differences.mean())
    return Interval(gain, gain - Z * error, gain + Z * error)


def _score(metric: Metric, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None) -> float:
    return metric.score(y, predictions, weight)


def _resampled(
    metric: Metric, y: np.ndarray, columns: list[np.ndarray], weight: np.ndarray | None, seed: int, draws: int
) -> np.ndarray:
    """(draws, columns) scores on resampled rows, the same rows for every column."""
    random = generator(seed, "bootstrap", metric.name, len(y))
    scores = np.empty((draws, len(columns)))
    for draw in range(draws):
        rows = random.integers(0, len(y), len(y))
        w = None if weight is None else weight[rows]
        for number, predictions in enumerate(columns):
            scores[draw, number] = metric.score(y[rows], predictions[rows], w)
    return scores
