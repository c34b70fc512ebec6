"""One number of every example: how bright, how long, what stands in a column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.stages.words import amount

MAD_TO_STD = 1.4826  # median absolute deviation of a normal distribution, inverted
REACH = 1e6  # robust standard deviations: what lies further is as strange


@dataclass(frozen=True)
class Axis:
    """What examples are measured by.

    Attributes:
        name: As a sentence's subject: "brightness", "column 'age'".
        values: (n,) numbers, NaN where an example has none.
        is_amount: Whether it is measured in a unit, and so could be in a second one.
        words: (n,) what to show for each value, or () for the number itself.
    """

    name: str
    values: np.ndarray
    is_amount: bool = False
    words: tuple[str, ...] = ()

    @property
    def middle(self) -> float:
        """The median, 0 where nothing is known."""
        known = self.values[np.isfinite(self.values)]
        return float(np.median(known)) if len(known) else 0.0

    def distances(self) -> np.ndarray:
        """(n,) signed distance of each value from the middle in robust standard deviations, 0 where it is missing."""
        return robust(self.values)

    def shown(self, place: int) -> str:
        """The value at a place, in words."""
        return self.words[place] if self.words else amount(float(self.values[place]))


def robust(values: np.ndarray) -> np.ndarray:
    """(n,) signed distance of numbers from their median in robust standard deviations, 0 for NaN.

    Either side of the median has a standard deviation of its own, as lengths and prices are skewed; where more than
    half of a side stands on one value it is the plain one.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values))
    away = known - np.median(known)
    plain = float(away.std())
    out = np.where(np.isfinite(values), values, np.median(known)) - np.median(known)
    for side in (-1, 1):
        own = away[away * side > 0]
        mad = MAD_TO_STD * float(np.median(np.abs(own))) if 2 * len(own) >= len(known) / 2 else 0.0
        on_side = out * side > 0
        out[on_side] /= (mad if mad > 1e-9 * plain else plain) or 1.0
    return np.clip(out, -REACH, REACH)
