"""Nearest neighbours among points of unit length, in blocks that memory can hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 2048  # rows of the distance matrix at a time …
BLOCK_NUMBERS = 2**26  # … and fewer where that would be more than 256 MiB


def nearest(points: np.ndarray, is_out: Callable[[slice], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Euclidean distance to the nearest other point, and its number.

    Args:
        points: (n, d) points of unit length; one of zeros resembles nothing.
        is_out: For a block of rows, (b, n) which points are no neighbours of them.

    Returns:
        (n,) distances, infinite where there is no neighbour, and (n,) numbers.
    """
    n = len(points)
    distance, neighbour = np.full(n, np.inf, "float32"), np.zeros(n, "int64")
    block = max(1, min(BLOCK, BLOCK_NUMBERS // max(n, 1)))
    for start in range(0, n, block):
        rows = slice(start, min(start + block, n))
        likeness = points[rows] @ points.T  # (b, n): each pass over it costs as much as the product
        likeness[is_out(rows)] = -np.inf
        neighbour[rows] = likeness.argmax(1)
        closest = np.take_along_axis(likeness, neighbour[rows, None], axis=1)[:, 0]
        distance[rows] = np.sqrt(np.maximum(2 - 2 * closest, 0))  # as all have unit length
    distance[~points.any(1)] = np.inf
    return distance, neighbour


def pairs_of(is_near: np.ndarray, neighbour: np.ndarray) -> np.ndarray:
    """(p, 2) distinct pairs of those that are near their neighbour."""
    pairs = np.column_stack([np.flatnonzero(is_near), neighbour[is_near]])
    return np.unique(np.sort(pairs, 1), axis=0)
