"""Gains of a metric as findings and sentences have them: points of a share, else the metric's own unit."""

from __future__ import annotations

from typing import Any

from wizard.training.compare import Interval
from wizard.training.metrics import Metric, amount


def measured_gain(metric: Metric, gain: Interval) -> dict[str, Any]:
    """A finding's fields: the gain towards better, its interval, nothing as what chance gives, and the unit."""
    scale = 100.0 if metric.is_share else 1.0
    return {
        "measured": scale * gain.value, "expected": 0.0, "interval": (scale * gain.low, scale * gain.high),
        "unit": unit_of_gain(metric),
    }  # fmt: skip


def unit_of_gain(metric: Metric) -> str:
    """In words: "points of accuracy", "lower RMSE", "higher R²"."""
    if metric.is_share:
        return f"points of {metric.label}"
    return f"{'higher' if metric.is_higher_better else 'lower'} {metric.label}"


def signed(metric: Metric, gain: float) -> str:
    """What a gain does to the number: "+0.46 points of accuracy", or an RMSE that falls as "−1,230 RMSE"."""
    return f"{_change(metric, gain)} {unit_of_gain(metric) if metric.is_share else metric.label}"


def with_interval(metric: Metric, gain: Interval) -> str:
    """The same with its interval: "−0.012 RMSE (95% interval −0.03 to +0.006)"."""
    low, high = gain.ends if metric.is_higher_better else reversed(gain.ends)
    return f"{signed(metric, gain.value)} (95% interval {_change(metric, low)} to {_change(metric, high)})"


def _change(metric: Metric, gain: float) -> str:
    if metric.is_share:
        return f"{round(100 * gain, 2) + 0.0:+.2f}".replace("-", "−")  # adding 0 turns −0 into 0
    words = amount(float(f"{gain if metric.is_higher_better else -gain:.3g}"))
    return words.replace("-", "−") if words.startswith("-") else f"+{words}"
