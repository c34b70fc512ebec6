"""Pictures along their axes, measured on the small ones that probes see: decoding them again would take longest."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.registry import load
from wizard.stages.axis import Axis
from wizard.stages.context import Context
from wizard.stages.probing import VIEWS, probe_sample, whole

MOST = 4_000  # pictures: those that probes see
END = 0.02  # of the range of shades: what is as good as black or white


def axes(context: Context, rows: np.ndarray) -> list[Axis]:
    """Brightness, contrast, colour, evenness and size."""
    examples: Any = context.dataset.examples
    view = load(VIEWS, "image")
    if np.array_equal(rows, probe_sample(context).rows):
        small = whole(context).reshape(len(rows), *view.small_size(context, view.SIDE), -1)
    else:
        small = view.small(context, rows)
    grey = small.mean(-1)  # (n, h, w)
    flat = grey.reshape(len(rows), -1)
    sizes = np.asarray(examples.sizes, "float64")[rows]
    found = [
        Axis("brightness", flat.mean(1), is_amount=True),
        Axis("contrast", flat.std(1)),
        Axis("roughness", _steps(grey)),
        Axis("share of black", (flat <= flat.min() + END * np.ptp(flat)).mean(1)),
        Axis("share of white", (flat >= flat.max() - END * np.ptp(flat)).mean(1)),
    ]
    if small.shape[-1] == 3:  # red, green, blue
        found.append(Axis("colourfulness", small.std(-1).mean((1, 2))))
        tint = small.mean((1, 2)) - flat.mean(1, keepdims=True)  # (n, 3)
        found += [Axis(f"tint towards {name}", tint[:, i]) for i, name in enumerate(("red", "green", "blue"))]
    if len(np.unique(sizes, axis=0)) > 1:
        found += [
            Axis("height", sizes[:, 0]),
            Axis("width", sizes[:, 1]),
            Axis("height / width", sizes[:, 0] / sizes[:, 1]),
        ]
    return found


def _steps(grey: np.ndarray) -> np.ndarray:
    """(n,) mean difference of neighbouring pixels."""
    steps = [np.abs(np.diff(grey, axis=axis)).mean((1, 2)) for axis in (1, 2) if grey.shape[axis] > 1]
    return np.mean(steps, axis=0) if steps else np.zeros(len(grey))
