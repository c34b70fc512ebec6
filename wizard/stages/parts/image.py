"""Pictures as patches: a quarter as wide as the picture, and half as wide."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.parts import Parts, code_book, responses
from wizard.stages.views.image import small

SIDE = 24  # pixels of the longer side: patches of a quarter are 6 pixels wide, and strokes are seen in them
SMALL, WIDE = 48, 48  # patterns
FLAT = 0.02  # of the values' range: patches with less contrast are not sharpened further
SEEN = 20_000  # patches that a code book is made of


def parts(context: Context, rows: np.ndarray) -> Parts:
    """Responses of learnt patches, on a grid."""
    pictures = small(context, rows, SIDE)  # (n, h, w, c)
    height, width = pictures.shape[1:3]
    side = max(2, -(-min(height, width) // 4))
    quarter, places = patches(pictures, side, max(1, side // 2))
    half, _ = patches(pictures, max(3, min(height, width) // 2), max(1, min(height, width) // 6))
    found = []
    for name, cut, k in (("small", quarter, SMALL), ("wide", half, WIDE)):
        even = evened(cut)
        flat = even.reshape(-1, even.shape[-1])
        random = context.random("patches", name)
        book = code_book(flat[random.permutation(len(flat))[:SEEN]], k, context.derived_seed("code book", name))
        found.append(responses(even, book))
    return Parts(found[0], places, found[1], np.zeros((len(rows), 0), "float32"))


def patches(pictures: np.ndarray, side: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """((n, p, side² c) patches, (p, 2) their places in 0–1)."""
    height, width = pictures.shape[1:3]
    windows = np.lib.stride_tricks.sliding_window_view(pictures, (side, side), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (n, rows, columns, c, side, side)
    n, down, across = windows.shape[:3]
    rows, columns = np.meshgrid(np.arange(down) * stride, np.arange(across) * stride, indexing="ij")
    ends = (max(height - side, 1), max(width - side, 1))
    places = np.column_stack([rows.ravel() / ends[0], columns.ravel() / ends[1]])
    return windows.reshape(n, down * across, -1), np.minimum(places, 1.0)


def evened(cut: np.ndarray) -> np.ndarray:
    """Patches (n, p, d) with their brightness and contrast beside the evened pixels."""
    level = cut.mean(-1, keepdims=True)
    spread = cut.std(-1, keepdims=True)
    usual = float(cut.std()) + 1e-6
    even = (cut - level) / (spread + FLAT + 0.1 * usual)
    weight = 0.5 * cut.shape[-1] ** 0.5 / usual  # brightness counts as much as half of the pixels
    return np.concatenate([even, weight * level, weight * spread], axis=-1)
