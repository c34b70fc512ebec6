"""Numbers as a histogram block."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Counts, Histogram

BINS = 24


def histogram(title: str, values: np.ndarray, label: str, caption: str = "", private: bool = False) -> Histogram:
    """Counts of (n,) numbers, those that are none left out; `private` where they are cells, as its ends are two."""
    counts, edges = np.histogram(values[np.isfinite(values)], BINS)
    groups = (Counts(name=label, values=tuple(map(float, counts))),)
    ends = tuple(map(float, edges))
    return Histogram(title=title, edges=ends, groups=groups, x_label=label, caption=caption, private=private)
