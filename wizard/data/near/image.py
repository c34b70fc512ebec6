"""Pictures that a person would call the same."""

from __future__ import annotations

import numpy as np

from wizard.data.dataset import Dataset

NEAR = 0.13  # times the median nearest-neighbour distance: cleanlab's threshold for near duplicates
LIMIT = 60_000  # pictures compared pairwise; beyond it only exact copies are looked for
THUMBNAIL = 12  # pixels a side: keeps shapes, forgets re-encoding, small crops and noise
BLOCK = 2048  # rows of the distance matrix at a time …
BLOCK_NUMBERS = 2**26  # … and fewer where that would be more than 256 MiB


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies; None where there are too many pictures to compare.

    Args:
        dataset: Pictures.
        exact: (n,) number of the content of each.
        seed: Not used: nothing is drawn.
    """
    if len(dataset) > LIMIT:
        return None
    points = thumbnails(dataset)
    n = len(points)
    distance, neighbour = np.full(n, np.inf, "float32"), np.zeros(n, "int64")
    block = max(1, min(BLOCK, BLOCK_NUMBERS // n))
    for start in range(0, n, block):
        rows = slice(start, min(start + block, n))
        squared = points[rows] @ points.T  # (block, n)
        squared *= -2
        squared += 2  # as all have unit length
        squared[exact[rows, None] == exact[None, :]] = np.inf
        neighbour[rows] = squared.argmin(1)
        distance[rows] = np.sqrt(np.maximum(squared.min(1), 0))
    distance[~points.any(1)] = np.inf  # blank pictures resemble nothing
    is_finite = np.isfinite(distance)
    if not is_finite.any():
        return np.empty((0, 2), "int64")
    is_near = distance < NEAR * np.median(distance[is_finite])
    pairs = np.column_stack([np.flatnonzero(is_near), neighbour[is_near]])
    return np.unique(np.sort(pairs, 1), axis=0)


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
