"""One size of the inputs, and what a cheap probe tells of the labels from it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Rung:
    """Inputs of one size.

    Attributes:
        label: The size in words ("16 × 16 pixels").
        share: Of the full size, 0–1, along one axis.
        predictions: Of a probe on inputs of that size, for rows that it did not see.
        setting: The size as the modality's setting, {} where it has none.
        left_out: Columns that this size goes without.
    """

    label: str
    share: float
    predictions: np.ndarray
    setting: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
