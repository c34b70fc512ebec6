"""Series that are the same but for rounding, a little noise or an offset."""

from __future__ import annotations

import numpy as np

from wizard.data.dataset import Dataset
from wizard.data.neighbours import nearest, pairs_of
from wizard.data.series import SeriesExamples, resampled

NOISE = 0.05  # of a curve's own spread: what rounding and a second recording of the same signal may differ by
NEAR = 0.13  # times the median nearest-neighbour distance: smooth or periodic curves resemble each other anyway
LIMIT = 60_000  # series compared pairwise; beyond it only exact copies are looked for
POINTS = 64  # steps that are compared of each channel: keeps the shape, forgets noise from step to step


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies; None where there are too many series to compare.

    Args:
        dataset: Series.
        exact: (n,) number of the content of each.
        seed: Not used: nothing is drawn.
    """
    if len(dataset) > LIMIT:
        return None
    examples = dataset.examples
    assert isinstance(examples, SeriesExamples)
    lengths = examples.lengths

    def is_out(rows: slice) -> np.ndarray:
        return (exact[rows, None] == exact[None, :]) | (lengths[rows, None] != lengths[None, :])

    distance, neighbour = nearest(shapes(examples), is_out)
    is_finite = np.isfinite(distance)
    if not is_finite.any():
        return np.empty((0, 2), "int64")
    return pairs_of(distance < min(NEAR * float(np.median(distance[is_finite])), NOISE), neighbour)


def shapes(examples: SeriesExamples) -> np.ndarray:
    """(n, d) curves of at most 64 points a channel, each channel around its own mean, together of unit length.

    Constant series are zero; a gap is where the channel's mean is.
    """
    n_channels = len(examples.channels)
    found = np.zeros((len(examples), POINTS, n_channels), "float32")
    for i in range(len(examples)):
        small = resampled(examples[i], POINTS)
        found[i, : len(small)] = np.nan_to_num(small - _mean(small))
    flat = found.reshape(len(found), POINTS * n_channels)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.divide(flat, length, out=np.zeros_like(flat), where=length > 0)


def _mean(series: np.ndarray) -> np.ndarray:
    known = np.isfinite(series)
    return np.where(known, series, 0).sum(0) / np.maximum(known.sum(0), 1)
