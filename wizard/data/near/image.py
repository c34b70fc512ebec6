"""Pictures that a person would call the same: saved again, a little cropped, or moved by a pixel.

Calibrated on Fashion-MNIST, MNIST, Omniglot, sign digits, coloured digits, TrashNet and handwritten digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wizard.data.dataset import Dataset
from wizard.data.neighbours import nearest, pairs_of
from wizard.data.pictures import ImageExamples

NEAR = 0.13  # times the median nearest-neighbour distance: cleanlab's threshold for near duplicates
LIMIT = 60_000  # pictures compared pairwise; beyond it only exact copies are looked for
THUMBNAIL = 12  # pixels a side: keeps shapes, forgets re-encoding, small crops and noise
SMALL = 96  # pixels of the longer side: in larger pictures a pixel's shift is lost in the thumbnail
LEAST = 12  # pixels of the shorter side: smaller pictures have nothing left to tell once they may move
MOVED = 1  # pixels in either direction that two small pictures are moved against each other
WAVES = 6  # across a picture, and fewer: strengths of these tell candidates, wherever they are and however sharp
MOVED_NEAR = 0.13  # times the median distance of candidates, moved against each other: as above
USUAL = 3_000  # pictures that the usual distance of candidates is told from
LIKELY = 1.0  # times the median distance of waves: copies are nearer, also those cropped
BLOCK = 2**23  # pixels moved at once: 32 MiB


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies; None where there are too many pictures to compare.

    Args:
        dataset: Pictures.
        exact: (n,) number of the content of each.
        seed: Not used: nothing is drawn.
    """
    if len(dataset) > LIMIT:
        return None
    small = thumbnails(dataset)
    distance, neighbour = nearest(small, lambda rows: exact[rows, None] == exact[None, :])
    is_finite = np.isfinite(distance)
    if not is_finite.any():
        return np.empty((0, 2), "int64")
    pairs = pairs_of(distance < NEAR * np.median(distance[is_finite]), neighbour)
    return np.unique(np.concatenate([pairs, moved_pairs(dataset, exact)]), axis=0)


def moved_pairs(dataset: Dataset, exact: np.ndarray) -> np.ndarray:
    """(p, 2) pairs of small pictures of one size that are the same once one is moved or cropped by a pixel."""
    none = np.empty((0, 2), "int64")
    sizes = np.asarray(ImageExamples.of(dataset.examples).sizes)
    height, width = (int(side) for side in sizes[0])
    if (sizes != sizes[0]).any() or max(height, width) > SMALL or min(height, width) < LEAST:
        return none
    pictures = np.stack([np.asarray(dataset.examples[i], "float32").mean(-1) for i in range(len(dataset))])  # (n, h, w)
    distance, candidate = nearest(_waves(pictures), lambda rows: exact[rows, None] == exact[None, :])
    place = np.flatnonzero(np.isfinite(distance))
    if not len(place):
        return none
    usual = place[:: -(-len(place) // USUAL)]
    apart = _moved_apart(pictures, usual, candidate[usual])
    if not np.isfinite(apart).any():
        return none
    allowed = MOVED_NEAR * np.median(apart[np.isfinite(apart)])
    place = place[distance[place] < LIKELY * np.median(distance[place])]
    is_near = _moved_apart(pictures, place, candidate[place]) < allowed
    pairs = np.column_stack([place, candidate[place]])[is_near]
    return np.unique(np.sort(pairs, axis=1), axis=0).astype("int64")


def _waves(pictures: np.ndarray) -> np.ndarray:
    """(n, d) strengths of the slowest waves of (n, h, w) pictures, which stay when a picture moves, of unit length."""
    out = []
    block = max(1, BLOCK // pictures[0].size)
    for start in range(0, len(pictures), block):
        waves = np.abs(np.fft.rfft2(pictures[start : start + block]))
        waves = np.concatenate([waves[:, : WAVES + 1, :WAVES], waves[:, -WAVES:, :WAVES]], axis=1)
        waves[:, 0, 0] = 0  # the brightness
        out.append(np.sqrt(waves).reshape(len(waves), -1).astype("float32"))
    every = np.concatenate(out)
    length = np.linalg.norm(every, axis=1, keepdims=True)
    return np.divide(every, length, out=np.zeros_like(every), where=length > 1e-3)


def _moved_apart(pictures: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(m,) distance of pairs of (n, h, w) pictures where they overlap best, moved or cropped by at most a pixel.

    Each is brought to zero mean and unit length there; infinite where one is blank.
    """
    out = np.full(len(one), np.inf)
    block = max(1, BLOCK // pictures[0].size)
    for start in range(0, len(one), block):
        a, b = pictures[one[start : start + block]], pictures[other[start : start + block]]
        flat = [part.reshape(len(a), -1) for part in (a, b, _cropped(a), _cropped(b))]
        for left, right in (*_overlaps(a, b), (flat[0], flat[3]), (flat[2], flat[1])):
            apart = np.linalg.norm(_unit(left) - _unit(right), axis=1)
            apart[~(np.ptp(left, axis=1) > 0) | ~(np.ptp(right, axis=1) > 0)] = np.inf
            out[start : start + block] = np.minimum(out[start : start + block], apart)
    return out


def _cropped(pictures: np.ndarray) -> np.ndarray:
    """(m, h, w) pictures without their outermost pixels, brought back to their size by straight lines."""
    h, w = pictures.shape[1:]
    down, across = (_lines(side) for side in (h, w))
    return np.einsum("ij,mjk,lk->mil", down, pictures[:, 1:-1, 1:-1], across, optimize=True).astype("float32")


def _lines(side: int) -> np.ndarray:
    """(side, side - 2) weights that stretch a line by two pixels."""
    centres = (np.arange(side) + 0.5) * (side - 2) / side - 0.5
    return np.stack([np.interp(centres, np.arange(side - 2), unit) for unit in np.eye(side - 2)], axis=1)


def _overlaps(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(m, d) overlapping parts of (m, h, w) pictures for every move of one against the other."""
    height, width = a.shape[1:]
    for down in range(-MOVED, MOVED + 1):
        for right in range(-MOVED, MOVED + 1):
            ys, xs = (slice(max(0, step), side + min(0, step)) for step, side in ((down, height), (right, width)))
            yo, xo = (slice(max(0, -step), side + min(0, -step)) for step, side in ((down, height), (right, width)))
            yield a[:, ys, xs].reshape(len(a), -1), b[:, yo, xo].reshape(len(b), -1)


def thumbnails(dataset: Dataset) -> np.ndarray:
    """(n, d) grey thumbnails of pictures, each with zero mean and unit length; blank ones are zero."""
    from PIL import Image

    small = np.empty((len(dataset), THUMBNAIL * THUMBNAIL), "float32")
    for i in range(len(dataset)):
        grey = np.asarray(dataset.examples[i], "float32").mean(-1)
        picture = Image.fromarray(grey).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
        small[i] = np.asarray(picture).ravel()
    return _unit(small)


def _unit(points: np.ndarray) -> np.ndarray:
    """(n, d) points with zero mean and unit length each; blank ones are zero."""
    around = points - points.mean(1, keepdims=True)
    length = np.linalg.norm(around, axis=1, keepdims=True)
    return np.divide(around, length, out=np.zeros_like(around), where=length > 1e-6)
