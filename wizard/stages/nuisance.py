"""One way in which inputs vary that may say nothing of the label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Nuisance:
    """A nuisance as it was measured on the probes' rows.

    Attributes:
        name: As decisions call it ("brightness", "units:height").
        words: As sentences call it ("brightness", "the unit of 'height'").
        values: (n, m) numbers that say how each example stands in it.
        varies: How much it varies, in `unit`.
        unit: What that number counts.
        a_lot: `varies` from which it is much; the reason stands beside the constant in the modality's file.
        features: Makes the (n, d) features with it taken out.
        remedy: How it is taken out, in words that follow "by".
        is_simple: Whether taking it out is a plain step of preprocessing; else it is rather varied by augmentation.
        is_kept: Whether taking it out keeps what it says (a rank keeps the order), so that it can be no shortcut.
    """

    name: str
    words: str
    values: np.ndarray
    varies: float
    unit: str
    a_lot: float
    features: Callable[[], np.ndarray]
    remedy: str
    is_simple: bool = True
    is_kept: bool = False
