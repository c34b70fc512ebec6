"""Series: their lengths and gaps."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.context import Context


def incidental(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Number of steps, and which channels have how many gaps."""
    examples = _examples(context).take(rows)
    lengths = examples.lengths.astype("float64")
    gaps = np.stack([np.isnan(one).mean(0) if len(one) else np.ones(len(examples.channels)) for one in examples.values])
    found = {}
    if np.ptp(lengths):
        found["length"] = lengths[:, None]
    if gaps.any():
        found["pattern of gaps"] = gaps
    return found


def described(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Length, and of every channel level, spread and gaps."""
    examples = _examples(context).take(rows)
    found = {"length": examples.lengths.astype("float64")}
    for number, name in enumerate(examples.channels):
        own = [one[:, number][~np.isnan(one[:, number])].astype("float64") for one in examples.values]
        found[f"level of {name}"] = np.array([values.mean() if len(values) else np.nan for values in own])
        found[f"spread of {name}"] = np.array([values.std() if len(values) else np.nan for values in own])
        found[f"gaps of {name}"] = np.array([
            1 - len(values) / max(len(one), 1) for values, one in zip(own, examples.values, strict=True)
        ])  # fmt: skip
    return found


def _examples(context: Context) -> SeriesExamples:
    examples = context.dataset.examples
    assert isinstance(examples, SeriesExamples)
    return examples
