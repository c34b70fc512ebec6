"""Pictures that a person would call the same."""

from __future__ import annotations

import numpy as np

from wizard.data.dataset import Dataset
from wizard.data.neighbours import nearest, pairs_of

NEAR = 0.13  # times the median nearest-neighbour distance: cleanlab's threshold for near duplicates
LIMIT = 60_000  # pictures compared pairwise; beyond it only exact copies are looked for
THUMBNAIL = 12  # pixels a side: keeps shapes, forgets re-encoding, small crops and noise


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies; None where there are too many pictures to compare.

    Args:
        dataset: Pictures.
        exact: (n,) number of the content of each.
        seed: Not used: nothing is drawn.
    """
    if len(dataset) > LIMIT:
        return None
    distance, neighbour = nearest(thumbnails(dataset), lambda rows: exact[rows, None] == exact[None, :])
    is_finite = np.isfinite(distance)
    if not is_finite.any():
        return np.empty((0, 2), "int64")
    return pairs_of(distance < NEAR * np.median(distance[is_finite]), neighbour)


def thumbnails(dataset: Dataset) -> np.ndarray:
    """(n, d) grey thumbnails of pictures, each with zero mean and unit length; blank ones are zero."""
    from PIL import Image

    small = np.empty((len(dataset), THUMBNAIL * THUMBNAIL), "float32")
    for i in range(len(dataset)):
        grey = np.asarray(dataset.examples[i], "float32").mean(-1)
        picture = Image.fromarray(grey).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
        small[i] = np.asarray(picture).ravel()
    small -= small.mean(1, keepdims=True)
    length = np.linalg.norm(small, axis=1, keepdims=True)
    return np.divide(small, length, out=np.zeros_like(small), where=length > 0)
