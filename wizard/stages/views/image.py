"""Pictures for classical probes: brought to one small size by area means."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from wizard.data.dataset import Examples
from wizard.data.pictures import ImageExamples
from wizard.stages.context import Context

AT_ONCE = 2**22  # numbers of the pictures that are made smaller together: 16 MB
SIDE = 16  # pixels of the longer side: classical probes hardly get better on more, and get slower
FULL = 255.0


def features(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) pixels of small pictures, 8-bit ones in 0–1."""
    return small(context, rows).reshape(len(rows), -1)


def names(context: Context) -> list[str]:
    """(d,) what each feature is."""
    height, width, channels = small(context, context.train_rows[:1]).shape[1:]
    return ["pixels"] * (height * width * channels)


def small(context: Context, rows: np.ndarray, side: int = SIDE) -> np.ndarray:
    """(n, h, w, c) float32 pictures of one size, the longer side at most `side` pixels; 8-bit ones in 0–1.

    Pictures that are smaller than that and all of one size are left as they are.
    """
    height, width = small_size(context, side)
    return resized(context.dataset.examples, rows, height, width)


def small_size(context: Context, side: int) -> tuple[int, int]:
    """Height and width of the training pictures at the median, brought to `side` pixels where they are larger."""
    sizes = np.asarray(ImageExamples.of(context.dataset.examples).sizes)[context.train_rows]
    height, width = (float(value) for value in np.median(sizes, axis=0))
    scale = min(1.0, side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(examples: Examples, rows: np.ndarray, height: int, width: int) -> np.ndarray:
    """(n, height, width, c) float32 pictures by area means, or repeated pixels where they grow; 8-bit ones in 0–1."""
    taken: Any = [np.asarray(examples[int(row)]) for row in rows[:1]]
    channels = taken[0].shape[-1] if len(rows) else 1
    scale = FULL if len(rows) and taken[0].dtype == np.uint8 else 1.0
    out = np.empty((len(rows), height, width, channels), "float32")
    step = max(1, AT_ONCE // max(taken[0].size, 1)) if len(rows) else 1
    for start in range(0, len(rows), step):
        pictures = [np.asarray(examples[int(row)]) for row in rows[start : start + step]]
        if len({picture.shape for picture in pictures}) == 1:
            out[start : start + step] = area_resized(np.stack(pictures), height, width) / scale
        else:
            for i, picture in enumerate(pictures, start):
                out[i] = area_resized(picture[None], height, width)[0] / scale
    return out


def area_resized(pictures: np.ndarray, height: int, width: int) -> np.ndarray:
    """(n, h, w, c) to (n, height, width, c) float32, each picture by itself: the same however many there are."""
    n, h, w, channels = pictures.shape
    if (h, w) == (height, width):
        return pictures.astype("float32")
    out = np.empty((n, height, width, channels), "float32")
    step = max(1, AT_ONCE // max(h * w * channels, 1))
    for start in range(0, n, step):
        planes = np.moveaxis(pictures[start : start + step], -1, 1).astype("float32", order="C")  # (n, c, h, w)
        smaller = np.matmul(np.matmul(_area_means(h, height), planes), _area_means(w, width).T)
        out[start : start + step] = np.moveaxis(smaller, 1, -1)
    return out


@lru_cache(maxsize=64)
def _area_means(n: int, m: int) -> np.ndarray:
    """(m, n) float32 what each of n pixels in a line counts in each of the m that come of them, as Pillow has it."""
    from PIL import Image

    return np.asarray(Image.fromarray(np.eye(n, dtype="float32")).resize((n, m), Image.Resampling.BOX))
