"""Series sampled more slowly: means over blocks of steps, seen through these means, summaries and spectra."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.context import Context
from wizard.stages.probing import Sample, out_of_fold
from wizard.stages.rung import Rung
from wizard.stages.views.series import even, spectra, summaries
from wizard.stages.words import count

WHAT = "sampling rate"
FULL_STEPS = 256  # steps of the full size: longer series are brought to it
POINTS = 32  # block means of a channel that are features themselves
BANDS = 24  # of the spectrum
SMALLEST = 4  # steps: fewer are no series
MOST = 768  # features
FILTERS, WINDOW = (8, 16), 7  # of the smallest net's two convolutions


def rungs(context: Context, sample: Sample) -> list[Rung]:
    """Up to 256 steps, and 1/2, 1/4 and 1/8 of that."""
    full = even(context, sample.rows, FULL_STEPS)  # (n, t, c)
    found: list[Rung] = []
    for share in (1.0, 0.5, 0.25, 0.125):
        steps = max(1, round(full.shape[1] * share))
        if found and steps < SMALLEST:
            break
        predictions = out_of_fold(context, _features(slower(full, steps)), sample=sample)
        found.append(Rung(count(steps, "step"), share, predictions, {"length": steps}))
    return found


def slower(curves: np.ndarray, steps: int) -> np.ndarray:
    """(n, t, c) to (n, steps, c): means over blocks of about one length."""
    t = curves.shape[1]
    if steps >= t:
        return curves
    starts = np.arange(steps) * t // steps
    sizes = np.diff(np.append(starts, t))
    return np.asarray(np.add.reduceat(curves, starts, axis=1) / sizes[None, :, None])


def _features(curves: np.ndarray) -> np.ndarray:
    """(n, t, c) of any length to (n, d), the same for every sampling rate."""
    parts = (summaries(curves), spectra(curves, BANDS), slower(curves, POINTS).reshape(len(curves), -1))
    return np.concatenate(parts, axis=1)[:, :MOST].astype("float32")


def smallest_net(context: Context) -> tuple[int, str]:
    """Two convolutions over time, pooled."""
    c = len(SeriesExamples.of(context.dataset.examples).channels)
    first, second = FILTERS
    n = (WINDOW * c + 1) * first + (WINDOW * first + 1) * second + (second + 1) * context.task.n_outputs
    return n, f"two convolutions over {WINDOW} steps of {first} and {second} filters, averaged over time"
