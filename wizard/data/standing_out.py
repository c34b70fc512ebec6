"""Points whose nearest neighbour is far nearer than the density around them allows."""

from __future__ import annotations

import numpy as np

REFERENCES = 10_000  # points that the density is told from: more cost more and tell it no better
EVERY = 6  # points for each of these, at least: the copies of a point should not be among them
PROBED = 1_000  # points whose two neighbours tell the intrinsic dimension
EXPECTED = 0.5  # pairs that chance may bring in all
NEAREST = 0.25  # times the usual distance to a neighbour, at most, however many dimensions there are
SMALLEST_RATIO = 1e-9
BLOCK = 2**24  # distances held at once: 128 MiB


def stand_out(points: np.ndarray, place: np.ndarray, distance: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(m,) whether neighbours are so near that among points of this dimension hardly one pair would be by chance.

    In a cloud of intrinsic dimension D, whatever its density, a point's nearest neighbour is nearer than t times the
    nearest of a random share q of the points with a probability of about t^D / q. D comes from the ratios of first
    to second neighbours (Facco et al. 2017), by their median, so that some copies do not matter. Points in a dense
    place, on a grid or on a curve are so compared with their like.

    Args:
        points: (n, d) of them.
        place: (m,) positions of points that may have a copy.
        distance: (m,) to the nearest other point.
        random: Draws the references.
    """
    n = len(points)
    if n < 2 * EVERY or not len(place):
        return np.zeros(len(place), bool)
    references = np.sort(random.permutation(n)[: min(REFERENCES, n // EVERY)])
    around = _nearest(points, place, references, 1, exclude=distance * 1.5)[:, 0]
    share = len(references) / n
    probed = np.sort(random.permutation(n)[:PROBED])
    dimension = _dimension(_nearest(points, probed, np.arange(n), 2))
    allowed = min(NEAREST, (EXPECTED * share / n) ** (1 / dimension))
    return distance < allowed * around


def _dimension(nearest: np.ndarray) -> float:
    """Intrinsic dimension, from (m, 2) distances to the first and second neighbour."""
    ratio = nearest[:, 0] / np.maximum(nearest[:, 1], 1e-300)
    middle = float(np.clip(np.median(ratio), SMALLEST_RATIO, 1 - SMALLEST_RATIO))
    return float(np.log(0.5) / np.log(middle))


def _nearest(
    points: np.ndarray, place: np.ndarray, others: np.ndarray, k: int, exclude: np.ndarray | None = None
) -> np.ndarray:
    """(m, k) distances to the nearest of other points, itself (or all within `exclude`) left out."""
    squares = (points**2).sum(1)
    out = np.empty((len(place), k))
    block = max(1, BLOCK // max(len(others), 1))
    for start in range(0, len(place), block):
        own = place[start : start + block]
        squared = squares[own, None] + squares[None, others] - 2 * points[own] @ points[others].T
        squared[own[:, None] == others[None, :]] = np.inf
        if exclude is not None:
            squared[squared < exclude[start : start + block, None] ** 2] = np.inf
        out[start : start + block] = np.sqrt(np.maximum(np.partition(squared, k - 1, axis=1)[:, :k], 0))
    return np.sort(out, axis=1)
