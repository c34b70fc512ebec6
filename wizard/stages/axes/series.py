"""Series along their axes."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.axis import Axis
from wizard.stages.context import Context

MOST = 4_000  # series
CHANNELS = 40  # channels looked at one by one


def axes(context: Context, rows: np.ndarray) -> list[Axis]:
    """Length and gaps; level, spread, size and roughness of every channel."""
    examples = context.examples(rows)
    assert isinstance(examples, SeriesExamples)
    values = [np.asarray(one, "float64") for one in examples.values]
    missing = np.array([np.isnan(one).mean() if one.size else 1.0 for one in values])
    found = [Axis("number of steps", examples.lengths.astype("float64"))]
    if missing.any():
        found.append(Axis("share of missing values", missing))
    for number, name in enumerate(examples.channels[:CHANNELS]):
        of = f" of {name}" if len(examples.channels) > 1 else ""
        own = np.array([_measured(one[:, number]) for one in values]).reshape(len(values), 4)
        found += [
            Axis(f"level{of}", own[:, 0]),
            Axis(f"spread{of}", own[:, 1]),
            Axis(f"size{of}", own[:, 2], is_amount=True),
            Axis(f"roughness{of}", own[:, 3]),
        ]
    return found


def _measured(values: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, standard deviation, median size and mean step of the values that are there."""
    known = values[np.isfinite(values)]
    if not len(known):
        return (np.nan,) * 4
    rough = float(np.abs(np.diff(known)).mean()) if len(known) > 1 else 0.0
    return float(known.mean()), float(known.std()), float(np.median(np.abs(known))), rough
