"""Pictures at lower resolution: area means, seen through pixels, edges by direction and detail by size."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.probing import Sample, out_of_fold
from wizard.stages.rung import Rung
from wizard.stages.views.image import area_resized, resized, small_size

WHAT = "resolution"
FULL_SIDE = 64  # pixels of the longer side: what larger pictures show beyond that, cheap probes hardly use
PIXEL_SIDE = 12  # pixels that are features themselves: more would only slow the probe down
CELLS = 4  # a side: texture is summed up over cells, as where exactly it lies says little
DIRECTIONS = 8  # of edges, over half a turn
AT_ONCE = 256  # pictures: their edges by direction are twenty times as many numbers, 80 MB of 64 × 64 pixels
SMALLEST = 2  # pixels of a side: below that there is no picture
FILTERS = (8, 16)  # of the smallest net's two convolutions


def rungs(context: Context, sample: Sample) -> list[Rung]:
    """Up to 64 pixels, and 1/2, 1/4 and 1/8 of that."""
    height, width = small_size(context, FULL_SIDE)
    full = resized(context.dataset.examples, sample.rows, height, width)  # (n, h, w, c)
    found: list[Rung] = []
    for share in (1.0, 0.5, 0.25, 0.125):
        h, w = max(1, round(height * share)), max(1, round(width * share))
        if found and (max(h, w) < SMALLEST or (h, w) == tuple(found[-1].setting.values())):
            break
        pictures = full if share == 1 else area_resized(full, h, w)
        predictions = out_of_fold(context, texture_and_pixels(pictures), sample=sample)
        found.append(Rung(f"{h} × {w} pixels", share, predictions, {"height": h, "width": w}))
    return found


def texture_and_pixels(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w, c) pictures of any size to (n, d): small pixels, edges by direction, and energy of details by size.

    The same for every resolution. A line on pixels cannot see texture, whose pixels mean the same at any sign and
    place; its energy can be added up (Dalal and Triggs 2005).
    """
    starts = range(0, max(len(pictures), 1), AT_ONCE)
    return np.concatenate([_described(pictures[start : start + AT_ONCE]) for start in starts])


def _described(pictures: np.ndarray) -> np.ndarray:
    n, h, w, _ = pictures.shape
    scale = min(1.0, PIXEL_SIDE / max(h, w))
    size = max(1, round(h * scale)), max(1, round(w * scale))
    pixels = area_resized(pictures, *size).reshape(n, -1)
    grey = pictures.mean(-1)
    return np.concatenate([pixels, _directions(grey), _details(grey)], axis=1).astype("float32")


def _directions(grey: np.ndarray) -> np.ndarray:
    """(n, h, w) to (n, cells x directions): square roots of the edges' strength in each cell and direction."""
    across = np.diff(grey, axis=2, append=grey[:, :, -1:])
    down = np.diff(grey, axis=1, append=grey[:, -1:])
    strength = np.hypot(across, down)
    direction = (np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS
    low = np.floor(direction).astype(int) % DIRECTIONS
    part = direction - np.floor(direction)
    layers = [strength * ((low == d) * (1 - part) + ((low + 1) % DIRECTIONS == d) * part) for d in range(DIRECTIONS)]
    return np.concatenate([np.sqrt(_cell_means(layer)) for layer in layers], axis=1)


def _details(grey: np.ndarray) -> np.ndarray:
    """(n, h, w) to (n, sizes x cells): spread of what is left when the picture is blurred, for three blurs."""
    from scipy.ndimage import uniform_filter

    parts, finer = [], grey
    for size in (2, 4, 8):  # pixels
        blurred = uniform_filter(grey, (0, size, size), mode="nearest")
        parts.append(np.sqrt(_cell_means((finer - blurred) ** 2)))
        finer = blurred
    return np.concatenate(parts, axis=1)


def _cell_means(layer: np.ndarray) -> np.ndarray:
    """(n, h, w) to (n, cells): means over cells of about equal size."""
    for axis in (1, 2):
        length = layer.shape[axis]
        cells = min(CELLS, length)
        starts = np.arange(cells) * length // cells
        sizes = np.diff(np.append(starts, length))
        shape = [1, 1, 1]
        shape[axis] = cells
        layer = np.add.reduceat(layer, starts, axis=axis) / sizes.reshape(shape)
    return layer.reshape(len(layer), -1)


def smallest_net(context: Context) -> tuple[int, str]:
    """Two convolutions, pooled."""
    c = np.asarray(context.dataset.examples[0]).shape[-1]
    first, second = FILTERS
    n = (9 * c + 1) * first + (9 * first + 1) * second + (second + 1) * context.task.n_outputs
    return n, f"two 3 × 3 convolutions of {first} and {second} filters, averaged over the picture"
