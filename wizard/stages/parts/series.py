"""Series as windows: an eighth as long as the series, and half as long."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.parts import Parts, code_book, responses
from wizard.stages.views.series import even

STEPS = 96  # that series are brought to
SMALL, WIDE = 48, 32  # patterns
SEEN = 20_000  # windows that a code book is made of


def parts(context: Context, rows: np.ndarray) -> Parts:
    """Responses of learnt windows, in time."""
    curves = even(context, rows, STEPS)  # (n, t, c)
    t = curves.shape[1]
    found, places = [], np.zeros((0, 1))
    for name, length, k in (("small", max(2, t // 8), SMALL), ("wide", max(3, t // 2), WIDE)):
        stride = max(1, length // 4)
        cut = windows(curves, min(length, t), stride)
        flat = cut.reshape(-1, cut.shape[-1])
        random = context.random("windows", name)
        book = code_book(flat[random.permutation(len(flat))[:SEEN]], k, context.derived_seed("code book", name))
        found.append(responses(cut, book))
        if name == "small":
            places = (np.arange(cut.shape[1]) / max(cut.shape[1] - 1, 1))[:, None]
    return Parts(found[0], places, found[1], np.zeros((len(rows), 0), "float32"))


def windows(curves: np.ndarray, length: int, stride: int) -> np.ndarray:
    """(n, p, length c) windows of (n, t, c)."""
    views = np.lib.stride_tricks.sliding_window_view(curves, length, axis=1)[:, ::stride]  # (n, p, c, length)
    return views.reshape(*views.shape[:2], -1)
