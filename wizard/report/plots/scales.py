"""Ranges and marks of axes, worked out before anything is drawn, so that margins can be made to fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.ticker import LogLocator, MaxNLocator

from wizard.report.plots.labels import FONT, width_of
from wizard.report.words import number, power

HUGE = 1e300  # beyond it the arithmetic of an axis overflows
SHORT = ((1e12, 1e9, "bn"), (1e9, 1e6, "M"))  # below the first, in units of the second: seven digits are unreadable
ROOM = 480  # pixels of the shortest horizontal axis: its marks must not touch
FEWEST = 2  # marks: fewer show no distance


@dataclass(frozen=True)
class Scale:
    """The range of an axis and what is written at its marks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    is_log: bool = False

    def place(self, value: float) -> float | None:
        """Returns where a value lies between the ends of the axis (0–1), or None where it lies off it."""
        if not math.isfinite(value) or not self.low <= value <= self.high:
            return None
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def scale_of(values: Iterable[float], is_log: bool = False, margin: float = 0.04) -> Scale:
    """Returns an axis around the values that it can show, with as many marks as can be told apart.

    Args:
        values: What must lie on it; infinities are passed over, on a log axis also what is not positive.
        is_log: Whether equal distances are equal factors.
        margin: Share of the range that is left free at either end.
    """
    shown = [v for v in values if is_drawable(v, is_log)] or [1.0 if is_log else 0.0]
    low, high = _range(min(shown), max(shown), is_log, margin)
    is_whole = not is_log and all(float(v).is_integer() for v in shown)
    for n_ticks in (6, 5, 4, 3, FEWEST):
        ticks = _ticks(low, high, is_log, is_whole, n_ticks)
        labels = _labels(ticks, is_log)
        if sum(width_of(label) + FONT for label in labels) <= ROOM:
            break
    return Scale(low, high, ticks, labels, is_log)


def is_drawable(value: float, is_log: bool = False) -> bool:
    """Whether an axis can show a value."""
    return math.isfinite(value) and abs(value) < HUGE and (value > 0 or not is_log)


def with_gaps(values: Sequence[float], is_log: bool = False) -> list[float]:
    """Replaces what an axis cannot show by gaps."""
    return [v if is_drawable(v, is_log) else math.nan for v in values]


def _range(low: float, high: float, is_log: bool, margin: float) -> tuple[float, float]:
    if is_log:
        factor = (high / low) ** margin if high > low else 2.0
        return low / factor, high * factor
    pad = (high - low) * margin if high > low else abs(high) * 0.11 or 0.5  # equal values: a tenth around them
    return low - pad, high + pad


def _ticks(low: float, high: float, is_log: bool, is_whole: bool, n_ticks: int) -> tuple[float, ...]:
    if is_log:
        subs = (1.0, 2.0, 5.0) if high / low < 100 else (1.0,)  # under two decades powers of ten are too few marks
        found = LogLocator(subs=subs, numticks=n_ticks + 2).tick_values(low, high)
    else:
        found = MaxNLocator(nbins=n_ticks, steps=[1, 2, 2.5, 5, 10], integer=is_whole).tick_values(low, high)
    return tuple(float(tick) for tick in found if low <= tick <= high)


def _labels(ticks: tuple[float, ...], is_log: bool) -> tuple[str, ...]:
    if is_log:
        return tuple(number(float(f"{tick:.4g}")) for tick in ticks)
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    largest = max((abs(tick) for tick in ticks), default=0.0)
    unit, word = 1.0, ""
    for bound, size, name in SHORT:
        if size <= largest < bound and step >= size / 1000:
            unit, word = size, f" {name}"
    if largest >= SHORT[0][0]:
        return tuple(number(float(f"{tick:.4g}")) if abs(tick) < SHORT[0][0] else power(tick) for tick in ticks)
    decimals = _decimals(step / unit)
    nearly = (0.0 if abs(tick) < step * 1e-6 else float(f"{tick / unit:.12g}") for tick in ticks)
    return tuple(number(value, decimals) + (word if value else "") for value in nearly)


def _decimals(step: float) -> int | None:
    return next((d for d in range(7) if math.isclose(round(step, d), step, rel_tol=1e-6)), None)
