"""Which numbers are wrong: residuals further out than the heavy tail that the other residuals have.

A wrong number is taken for one of another row. In normal scores of the target that is a standard normal draw, whatever
the prediction; right ones lie around the prediction with the spread of their level and a Student tail whose weight is
free. The rate's interval is what the likelihood of this mixture leaves open. How heavy the tail is and how many numbers
are wrong can hardly be told apart, so the upper end is that of light tails where that is larger.

Calibrated on California's houses, diamonds, diabetes and Tate's years with 0 to 20% of the numbers taken from other
rows: the interval held the share in 17 of 20 cases (it begins at 0.1% on diamonds as they are, ends at 17.3% for 20.4%
on houses and at 18.3% for 18.5% on diabetes), and nothing was claimed without such numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, ndtr, ndtri

from wizard.stages.noise_rate import GRID, RATES, Rate, rate_from

LEVELS = 20  # of the prediction, each with a spread of its own, with at least `FEW` rows
FEW = 30
LEAST_TOLD = 0.5  # of the target's variance (from medians): below it, rows of another kind look like wrong numbers
TAIL = (np.log(2.0), np.log(60.0))  # log degrees of freedom: from tails that have no variance to normal ones
LIGHT = (np.log(10.0), np.log(60.0))  # the same of tails so light that what lies far out is wrong
WIDTH = (np.log(0.3), np.log(4.0))  # log of the spread, in spreads of the level


@dataclass(frozen=True)
class Doubt:
    """What is thought of each row's number.

    Attributes:
        wrong: (n,) chance that it is wrong.
        rate: The share that is.
        spread: Of right numbers around the prediction, at its levels: (levels,) predictions and (levels,) deviations.
        point: Log of the tail's width in these deviations, and of its degrees of freedom.
    """

    wrong: np.ndarray
    rate: Rate
    spread: tuple[np.ndarray, np.ndarray]
    point: np.ndarray

    def of(self, scores: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """(m,) chance that the numbers of other rows are wrong."""
        return _chance(scores, predicted, self.rate.value, self.spread, self.point)


def normal_scores(y: np.ndarray, among: np.ndarray | None = None) -> np.ndarray:
    """(n,) ranks among some numbers (their own by default) as quantiles of a standard normal; equal ones share one."""
    known = np.sort(y if among is None else among)
    place = np.searchsorted(known, y, "left") + np.searchsorted(known, y, "right")
    return np.asarray(ndtri((place + 1) / (2 * len(known) + 2)))


def from_scores(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n,) normal scores back in the unit of the known numbers (m,)."""
    return np.asarray(np.quantile(y, ndtr(scores)))


def doubt_of(scores: np.ndarray, predicted: np.ndarray) -> Doubt:
    """How likely each number is wrong, and how many are.

    Args:
        scores: (n,) normal scores of the target.
        predicted: (n,) what the other rows say.
    """
    missed = scores - predicted
    levels = _levels(predicted, missed)
    spread = np.interp(predicted, *levels)
    fits = _profile(missed / spread, spread, _elsewhere(scores), TAIL)
    light = _profile(missed / spread, spread, _elsewhere(scores), LIGHT)
    rate = _rate(fits)
    rate = replace(rate, high=max(rate.high, _rate(light).high))
    if 1 - np.median(np.abs(missed)) ** 2 / max(np.median(np.abs(scores)) ** 2, 1e-12) < LEAST_TOLD:
        rate = replace(rate, low=0.0)
    point = fits[int(np.abs(RATES - rate.value).argmin())][1]
    return Doubt(_chance(scores, predicted, rate.value, levels, point), rate, levels, point)


def _chance(
    scores: np.ndarray, predicted: np.ndarray, rate: float, levels: tuple[np.ndarray, np.ndarray], point: np.ndarray
) -> np.ndarray:
    spread = np.interp(predicted, *levels)
    right = np.exp(_log_student((scores - predicted) / spread, *point)) / spread
    wrong = rate * _elsewhere(scores)
    return np.asarray(wrong / np.maximum(wrong + (1 - rate) * right, 1e-300))


def _elsewhere(scores: np.ndarray) -> np.ndarray:
    """(n,) density, were it the number of another row."""
    return np.asarray(np.exp(-0.5 * scores**2) / np.sqrt(2 * np.pi))


def _levels(predicted: np.ndarray, missed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Levels of the prediction, and the median absolute residual at each, as a standard deviation."""
    n_levels = int(np.clip(len(predicted) // FEW, 1, LEVELS))
    parts = np.array_split(np.argsort(predicted, kind="stable"), n_levels)
    centres = np.array([predicted[part].mean() for part in parts])
    medians = np.array([np.median(np.abs(missed[part])) for part in parts])
    floor = max(1e-3, 0.1 * float(np.median(np.abs(missed))))  # levels where the target is one number
    return centres, np.maximum(medians, floor) / 0.6745


def _profile(
    u: np.ndarray, spread: np.ndarray, elsewhere: np.ndarray, tail: tuple[float, float]
) -> list[tuple[float, np.ndarray]]:
    """(loss, point) at each of the rates, with degrees of freedom between two logarithms."""
    fits, point = [], np.array([0.0, np.clip(np.log(6.0), *tail)])
    for rate in RATES:
        loss, point = _fitted(u, spread, elsewhere, float(rate), point, tail)
        fits.append((loss, point))
    return fits


def _rate(fits: list[tuple[float, np.ndarray]]) -> Rate:
    losses = np.array([loss for loss, _ in fits])
    return rate_from(np.interp(GRID, RATES, losses - losses.min()))


def _fitted(
    u: np.ndarray,
    spread: np.ndarray,
    elsewhere: np.ndarray,
    rate: float,
    start: np.ndarray,
    tail: tuple[float, float],
) -> tuple[float, np.ndarray]:
    def loss(point: np.ndarray) -> float:
        right = np.exp(_log_student(u, *point)) / spread
        return -float(np.log((1 - rate) * right + rate * elsewhere + 1e-300).sum())

    fit = minimize(loss, start, method="L-BFGS-B", bounds=(WIDTH, tail))
    return float(fit.fun), fit.x


def _log_student(u: np.ndarray, width: float, freedom: float) -> np.ndarray:
    """(n,) log density of Student's t, from the logarithms of its scale and its degrees of freedom."""
    nu = np.exp(freedom)
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) - width
    return np.asarray(constant - (nu + 1) / 2 * np.log1p((u / np.exp(width)) ** 2 / nu))
