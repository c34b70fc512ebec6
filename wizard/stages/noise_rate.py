"""How many labels are wrong, told apart from classes that overlap.

Where classes overlap, rows that the others speak clearly for are hardly ever labelled otherwise: the share of other
labels falls with the margin, as a logistic curve does. Wrong labels do not care about the margin: the share levels off
at their rate. So a curve `e + (1 - e) / (1 + exp(a + b margin^c))` is fitted to the rows of each predicted class, and
the rate's interval is what the likelihood of all the curves together leaves open (after Copas 1988, with an exponent).

Calibrated on scikit-learn's digits and breast tumours, docstrings of Python libraries, MNIST's test pictures,
Fashion-MNIST, coloured digits, sms_spam, banking77, Adult census, German credit, mammography, wine quality and
trashnet: the interval held the injected rate (uniform and class-pair noise of 0 to 20%) in 101 of 104 cases, and its
lower end was at most 0.2% without noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

RATES = np.array(
    [0, 0.001, 0.002, 0.003, 0.005, 0.0075, *np.arange(0.01, 0.07, 0.005), *np.arange(0.07, 0.26, 0.01),
     0.27, 0.3, 0.33, 0.36, 0.4, 0.45]
)  # fmt: skip
LEAST, MOST_GROUPS = 60, 15  # rows of a predicted class with a curve of its own; so many curves take two seconds
BINS = 60  # of margins: a curve of three parameters needs no more
BOUNDS = ((-3.0, 6.0), (-3.0, 5.0), (np.log(0.5), np.log(2.0)))  # of a, log b, log c
Point = tuple[float, float, float]  # a, log b, log c
STARTS: tuple[Point, Point] = ((0.0, 1.0, 0.0), (0.0, 3.0, 0.0))
WELL_TOLD = 0.7  # of what guessing misses: then classes overlap at their borders only
FADES = float(np.log(2.5))  # nats that the odds of overlap fall by over the margins then
DROP = 1.92  # of the log-likelihood at the ends of a 95% interval: half of the 95% point of chi-squared
GRID = np.linspace(0, 0.45, 901)  # rates that the interval is read from
SHAPE = 0.8  # of the lower end on one curve: its shape is never quite right
MORE = 4.0  # times the rate of all rows: what a class may have of which another one takes
SLOPES = np.r_[-np.logspace(5, 0, 300), 0, np.logspace(0, 5, 300)]


@dataclass(frozen=True)
class Rate:
    """Share of wrong labels: the likelihood's mean, and its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Margins:
    """What rows say of the rate.

    Attributes:
        margin: (n,) how far the predicted class is ahead.
        is_other: (n,) whether the label is another than the predicted one.
        group: (n,) rows that share a curve.
        least: Log of the least steepness of the curves: where classes are told well, overlap must fade.
    """

    margin: np.ndarray
    is_other: np.ndarray
    group: np.ndarray
    least: float = -3.0


def margins(scores: np.ndarray, y: np.ndarray, like: Margins | None = None) -> Margins:
    """Margins of (n, k) scores against class codes (n,); groups are those of other rows, where they are given."""
    top, n = scores.argmax(1), len(y)
    ranked = np.partition(scores, -2, axis=1)
    ahead, is_other = ranked[:, -1] - ranked[:, -2], top != y
    if like is not None:
        return Margins(ahead, is_other, _group_as(like, top), like.least)
    is_told = is_other.mean() <= (1 - WELL_TOLD) * (1 - np.bincount(y).max() / n)
    return Margins(ahead, is_other, grouped(top, n), FADES if is_told else -3.0)


def margins_of_labels(scores: np.ndarray, y: np.ndarray, like: Margins | None = None) -> Margins:
    """Margins of (n, m) scores against labels (n, m) of 0 and 1: every entry counts as a row."""
    m = scores.shape[1]
    is_there = scores > 0.5
    predicted = (2 * np.arange(m) + is_there).ravel()
    group = grouped(predicted, scores.size) if like is None else _group_as(like, predicted)
    group = np.where(group < 0, -1 - is_there.ravel(), group)
    return Margins(np.abs(2 * scores - 1).ravel(), (is_there != y).ravel(), group)


def _group_as(like: Margins, predicted: np.ndarray) -> np.ndarray:
    return np.where(np.isin(predicted, like.group), predicted, -1)


def grouped(predicted: np.ndarray, n: int) -> np.ndarray:
    """(n,) predicted classes, -1 for those with too few rows for a curve of their own."""
    counts = np.bincount(predicted)
    return np.where(counts[predicted] >= max(LEAST, n / MOST_GROUPS), predicted, -1)


def rate_of(rows: Margins) -> Rate:
    """The rate of wrong labels among rows: what one curve for all says, and what curves of their own say together.

    One curve is sharp where wrong labels may be any class; curves of their own see what befalls single classes.
    """
    one, each = _profiled(_pooled(rows)), _profiled(rows)
    low, high = max(each.low, SHAPE * one.low), max(each.high, one.high)
    return Rate(min(max(each.value, one.value, low), high), low, high)


def surprise(rows: Margins, rate: float) -> tuple[float, float]:
    """How much likelier wrong labels make what rows say than none, in nats: on one curve, and on several."""
    return _gained(_pooled(rows), rate), _gained(rows, rate)


def _pooled(rows: Margins) -> Margins:
    return Margins(rows.margin, rows.is_other, np.full(len(rows.margin), -1), rows.least)


def _gained(rows: Margins, rate: float) -> float:
    groups = [_binned(rows, group) for group in np.unique(rows.group)]
    rates = (0.0, rate, min(MORE * rate, float(RATES[-1])))
    return float(sum(_fit(bins, 0.0)[0] - min(_fit(bins, e)[0] for e in rates) for bins in groups))


def _profiled(rows: Margins) -> Rate:
    groups = np.unique(rows.group)
    losses = np.array([_losses(rows, group) for group in groups])  # (groups, rates)
    weight = np.array([(rows.group == group).mean() for group in groups])
    return rate_from(_joint(losses - losses.min(1, keepdims=True), weight))


def rate_from(losses: np.ndarray) -> Rate:
    """The likelihood's mean and interval, from (len(GRID),) negative log-likelihoods less their least."""
    likelihood, is_inside = np.exp(-losses), losses <= DROP
    low, high = float(GRID[is_inside][0]), float(GRID[is_inside][-1])
    return Rate(min(max(float(GRID @ likelihood / likelihood.sum()), low), high), low, high)


def chance_of_other(rows: Margins, rate: float = 0.0, at: Margins | None = None) -> np.ndarray:
    """(m,) chance that a row's right label is another than the predicted one, at a rate of wrong labels.

    Args:
        rows: What the curves are fitted to.
        rate: Share of wrong labels among them.
        at: Rows to tell it of (the same ones by default); those of a group without a curve take the curve of all.
    """
    at = rows if at is None else at
    out = np.empty(len(at.margin))
    for group in np.unique(at.group):
        is_in = at.group == group
        bins = _binned(rows, group) if (rows.group == group).any() else _binned(_pooled(rows), -1)
        _, (a, b, c) = _fit(bins, rate)
        out[is_in] = expit(-(a + np.exp(b) * np.maximum(at.margin[is_in] / bins.scale, 1e-6) ** np.exp(c)))
    return out


@dataclass(frozen=True)
class _Bins:
    margin: np.ndarray
    others: np.ndarray
    rows: np.ndarray
    scale: float
    least: float


def _binned(rows: Margins, group: int) -> _Bins:
    is_in = rows.group == group
    margin, is_other = rows.margin[is_in], rows.is_other[is_in]
    parts = np.array_split(np.argsort(margin, kind="stable"), min(BINS, len(margin)))
    scale = max(float(np.quantile(margin, 0.9)), 1e-6)
    means = np.array([margin[part].mean() for part in parts]) / scale
    others = np.array([is_other[part].sum() for part in parts], "float64")
    return _Bins(np.maximum(means, 1e-6), others, np.array([len(part) for part in parts], "float64"), scale, rows.least)


def _losses(rows: Margins, group: int) -> np.ndarray:
    """(rates,) negative log-likelihood of a group's labels, its curve fitted at each rate."""
    bins = _binned(rows, group)
    out, before = [], STARTS[0]
    for rate in RATES:
        loss, before = _fit(bins, float(rate), before)
        out.append(loss)
    return np.array(out)


def _fit(bins: _Bins, rate: float, before: Point = STARTS[1]) -> tuple[float, Point]:
    log = np.log(bins.margin)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        a, b, c = point
        steep = np.exp(b) * np.exp(np.exp(c) * log)
        overlap = expit(-(a + steep))
        q = np.clip(rate + (1 - rate) * overlap, 1e-9, 1 - 1e-9)
        value = -(bins.others * np.log(q) + (bins.rows - bins.others) * np.log1p(-q)).sum()
        slope = (bins.others / q - (bins.rows - bins.others) / (1 - q)) * (1 - rate) * overlap * (1 - overlap)
        return value, np.array([slope.sum(), (slope * steep).sum(), (slope * steep * np.exp(c) * log).sum()])

    bounds = (BOUNDS[0], (bins.least, BOUNDS[1][1]), BOUNDS[2])
    fits = [
        minimize(loss, np.array(start), jac=True, method="L-BFGS-B", bounds=bounds) for start in (before, STARTS[0])
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    a, b, c = map(float, best.x)
    return float(best.fun), (a, b, c)


def _joint(losses: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(len(GRID),) least total loss for each rate of all rows, the groups' own rates being free.

    By Lagrange: for each slope every group takes its own best rate; between these points straight lines, which lie
    below the true curve and make the interval wider, never narrower.
    """
    points = []
    for slope in SLOPES:
        chosen = (losses - slope * weight[:, None] * RATES).argmin(1)
        points.append(((weight * RATES[chosen]).sum(), losses[np.arange(len(weight)), chosen].sum()))
    rates, totals = np.array(points).T
    order = np.lexsort((totals, rates))
    joined = np.interp(GRID, rates[order], totals[order])
    return np.asarray(joined - joined.min())
