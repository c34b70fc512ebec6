"""A few of a column's numbers in another unit than the rest: a second mode, as far away as units are apart.

Far away is not enough: incomes, Cauchy's numbers and typing errors are far away as well. Four things must hold
together: the few lie beyond a gap that the column's own tail would not leave (a power law fitted to it is the null);
their ratio to the rest is one that units have; divided by it they look like the rest; and they are as different from
each other as the rest are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_SHARE, MOST_SHARE = 0.001, 0.05  # of the numbers: fewer are slips of the hand, more are a mixture of two kinds
LEAST = 3  # numbers in the second unit: of fewer the ratio is not known …
LONE_GAP = float(np.log(20))  # … but for one or two so far beyond all others that only a power of ten explains it
LEAST_NEAR, NEAR = 5, 100.0  # and at least as many, where it is below that: three that are close may be anything
LEAST_DISTINCT = 10  # values among the rest: counts of few steps are no measurements
TAIL, TAIL_LEAST = 0.05, 20  # of the rest: what the power law of the tail is fitted to
LEAST_GAP = 0.1  # of the ratio's logarithm that nothing lies in
CHANCE = 1e-6  # of such a gap under that power law, over all places where it could be
LIKE = 0.01  # of a Kolmogorov-Smirnov test: divided by the ratio, the few could be drawn from the rest
STANDARD_ERRORS = 3.0  # of the ratio of the medians, within which a unit's ratio must lie
SURE = 0.05  # of the logarithm of a ratio below 10: there units lie so close that a vaguer one meets some by chance
LEAST_ALLOWED = 0.01  # of a ratio's logarithm: numbers are rounded
NORMAL_MEDIAN = 1.2533  # standard error of a median, in those of a mean
RATIOS = {
    1.609344: "miles and kilometres", 1.8: "degrees Celsius and Fahrenheit", 2.20462: "kilograms and pounds",
    2.54: "inches and centimetres", 3.28084: "metres and feet", 12.0: "years and months, or feet and inches",
    24.0: "days and hours", 28.3495: "ounces and grams", 60.0: "minutes and seconds", 255.0: "0–1 and 0–255",
    3600.0: "hours and seconds", 86400.0: "days and seconds",
}  # fmt: skip
POWERS = range(1, 10)


@dataclass(frozen=True)
class SecondUnit:
    """What was found in a column.

    Attributes:
        places: (m,) positions of the numbers in the second unit.
        ratio: That they are larger by, or smaller by where `is_smaller`.
        meaning: Units that are so far apart, or "" for powers of ten.
        is_smaller: Whether the few are the smaller ones.
    """

    places: np.ndarray
    ratio: float
    meaning: str
    is_smaller: bool


def second_unit(values: np.ndarray) -> SecondUnit | None:
    """The few numbers of a column that are in another unit, or None.

    Args:
        values: (n,) numbers, NaN where missing.
    """
    places = np.flatnonzero(np.isfinite(values) & (values != 0))
    size = np.log(np.abs(values[places]))
    for is_smaller in (False, True) if len(set(np.sign(values[places]))) == 1 else (False,):  # any number is near 0
        found = _beyond_gap(-size if is_smaller else size, LEAST if is_smaller else 1)
        if found is not None:
            few, ratio, meaning = found
            return SecondUnit(places[few], ratio, meaning, is_smaller)
    return None


def _beyond_gap(size: np.ndarray, fewest: int) -> tuple[np.ndarray, float, str] | None:
    """(numbers beyond a gap at the upper end, their ratio to the rest, its meaning); of (n,) logarithms.

    Args:
        size: The logarithms.
        fewest: Numbers that may lie there.
    """
    n = len(size)
    least, most = max(fewest, int(np.ceil(LEAST_SHARE * n))), int(MOST_SHARE * n)
    if most < least:
        return None
    order = np.argsort(size, kind="stable")
    ordered = size[order]
    counts = np.arange(least, most + 1)  # (g,) of the few
    gaps = ordered[n - counts] - ordered[n - counts - 1]
    m = int(counts[gaps.argmax()])
    few, rest = ordered[n - m :], ordered[: n - m]
    if len(rest) <= TAIL_LEAST or len(np.unique(rest)) < LEAST_DISTINCT:
        return None
    if not _is_beyond_tail(float(gaps.max()), rest, m, len(counts)):
        return None
    ratio = _ratio(few, rest)
    if ratio is None or (m < LEAST_NEAR and ratio[0] < NEAR):
        return None
    if m < LEAST and (gaps.max() < LONE_GAP or ratio[1]):
        return None
    if gaps.max() < LEAST_GAP * np.log(ratio[0]) or not _is_alike(few - np.log(ratio[0]), rest):
        return None
    return np.sort(order[n - m :]), *ratio


def _is_beyond_tail(gap: float, rest: np.ndarray, m: int, n_places: int) -> bool:
    """Whether a power law as heavy as the rest's own tail would hardly leave such a gap below m numbers.

    Under it the spacings of the logarithms are exponential, that below the m-th with a mean of 1 / (m alpha) (Renyi
    1953); alpha is Hill's estimate (1975), for censored numbers.
    """
    k = max(TAIL_LEAST, int(TAIL * len(rest)))
    excess = rest[-k:] - rest[-k - 1]
    mean_excess = float(excess.sum() + m * excess[-1]) / k  # of the few it is only known that they lie beyond the rest
    return n_places * (1 + m * gap / max(k * mean_excess, 1e-12)) ** -k < CHANCE  # as the mean of k is not exact


def _ratio(few: np.ndarray, rest: np.ndarray) -> tuple[float, str] | None:
    """The ratio of units that the medians' own is as good as, and its meaning; None for a ratio of no units."""
    own = float(np.median(few) - np.median(rest))
    spread = float(np.subtract(*np.quantile(rest, [0.75, 0.25]))) / 1.349  # of a normal distribution
    error = NORMAL_MEDIAN * max(spread, 1e-9) / np.sqrt(len(few))
    for known in ({10.0**power: "" for power in POWERS}, RATIOS):  # a slip of the decimal point is likelier
        nearest = min(known, key=lambda ratio: abs(np.log(ratio) - own))
        allowed = max(STANDARD_ERRORS * error, LEAST_ALLOWED)
        if abs(np.log(nearest) - own) <= (allowed if nearest >= 10 else min(allowed, SURE)):
            return nearest, known[nearest]
    return None


def _is_alike(few: np.ndarray, rest: np.ndarray) -> bool:
    """Whether the few could be drawn from the rest, and differ as much from each other."""
    from scipy.stats import ks_2samp

    shares = np.unique(rest, return_counts=True)[1] / len(rest)
    expected = float((1 - (1 - shares) ** len(few)).sum())  # distinct values among as many of the rest
    n_distinct = len(np.unique(few))
    return 2 * n_distinct > expected and bool(ks_2samp(few, rest).pvalue > LIKE)
