"""Ranges and marks of axes, worked out before anything is drawn, so that margins can be made to fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.ticker import LogLocator, MaxNLocator

from wizard.report.words import number

HUGE = 1e300  # beyond it the arithmetic of an axis overflows
SHORT = {1e9: "bn", 1e6: "M"}  # on an axis seven digits a mark are unreadable


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


def scale_of(values: Iterable[float], is_log: bool = False, margin: float = 0.04, n_ticks: int = 6) -> Scale:
    """Returns an axis around the values that it can show.

    Args:
        values: What must lie on it; infinities are passed over, on a log axis also what is not positive.
        is_log: Whether equal distances are equal factors.
        margin: Share of the range that is left free at either end.
        n_ticks: How many marks at most.
    """
    shown = [v for v in values if is_drawable(v, is_log)] or [1.0 if is_log else 0.0]
    low, high = min(shown), max(shown)
    if is_log:
        factor = (high / low) ** margin if high > low else 2.0
        low, high = low / factor, high * factor
        subs = (1.0, 2.0, 5.0) if high / low < 100 else (1.0,)  # under two decades powers of ten are too few marks
        found = LogLocator(subs=subs, numticks=n_ticks + 2).tick_values(low, high)
        ticks = tuple(float(t) for t in found if low <= t <= high)
        return Scale(low, high, ticks, tuple(_label(t, None) for t in ticks), is_log=True)
    pad = (high - low) * margin if high > low else abs(high) * 0.1 or 0.5
    low, high = low - pad, high + pad
    found = MaxNLocator(nbins=n_ticks, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = tuple(float(t) for t in found if low <= t <= high)
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    return Scale(low, high, ticks, tuple(_label(t, step) for t in ticks))


def is_drawable(value: float, is_log: bool = False) -> bool:
    """Whether an axis can show a value."""
    return math.isfinite(value) and abs(value) < HUGE and (value > 0 or not is_log)


def with_gaps(values: Sequence[float], is_log: bool = False) -> list[float]:
    """Replaces what an axis cannot show by gaps."""
    return [v if is_drawable(v, is_log) else math.nan for v in values]


def _label(value: float, step: float | None) -> str:
    value = 0.0 if step and abs(value) < step * 1e-6 else value
    for size, word in SHORT.items():
        if size <= abs(value) < 1e12 and (step is None or step >= size / 1000):
            return f"{number(float(f'{value / size:.4g}'), None if value % size == 0 else 1)} {word}"
    if step is None:
        return number(float(f"{value:.4g}"), _decimals(value))
    return number(float(f"{value:.10g}"), _decimals(step))


def _decimals(step: float) -> int | None:
    return next((d for d in range(7) if math.isclose(round(step, d), step, rel_tol=1e-6)), None)
