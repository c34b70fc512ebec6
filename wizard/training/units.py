"""Rows that are no witnesses of their own: those of one group, and copies, say little more than one of them does.

Persons, not their visits, are drawn again for an interval, and change places for a permutation; how many independent
rows a mean is worth follows from how alike rows of one unit are (Kish 1965). Where every unit is one row, all of it is
what it is without units, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Z = 1.96  # half a 95% interval, in standard errors


@dataclass(frozen=True)
class Resampling:
    """How rows are drawn again: one by one, or whole units.

    Attributes:
        n: Rows.
        unit: (n,) number of each row's unit, from 0 on; None where each row is one.
    """

    n: int
    unit: np.ndarray | None

    @classmethod
    def of(cls, n: int, units: np.ndarray | None) -> Resampling:
        """For n rows of any units (n,), or none."""
        return cls(n, numbered(units))

    @property
    def n_units(self) -> int:
        """How many are drawn."""
        return self.n if self.unit is None else int(self.unit.max()) + 1

    @property
    def widening(self) -> float:
        """What the spread over draws is multiplied by, as few units tell little of their own spread (Student's t).

        Of one unit nothing is known: its rows are drawn, and count as if all of them said the same.
        """
        if self.unit is None:
            return 1.0
        units = self.n_units
        return few(units) * float(np.sqrt(self.n if units == 1 else units / (units - 1)))

    def widened(self, drawn: np.ndarray, value: np.ndarray | float) -> np.ndarray:
        """Draws of a number about its value, as far from it as so few units ask for."""
        return drawn if self.unit is None else value + self.widening * (drawn - value)

    def times(self, random: np.random.Generator) -> np.ndarray:
        """(n,) how often each row is drawn in one draw of as many units."""
        if self.unit is None or self.n_units == 1:
            return np.bincount(random.integers(0, self.n, self.n), minlength=self.n).astype("float64")
        drawn = random.integers(0, self.n_units, self.n_units)
        return np.bincount(drawn, minlength=self.n_units).astype("float64")[self.unit]


def numbered(units: np.ndarray | None) -> np.ndarray | None:
    """(n,) units numbered from 0 on; None where each row is one."""
    if units is None:
        return None
    names, unit = np.unique(units, return_inverse=True)
    return None if len(names) == len(units) else unit


def few(n_units: int) -> float:
    """How much wider an interval of so few units is than one of many; of one unit as of two."""
    from scipy.stats import t

    return float(t.ppf(0.975, max(n_units - 1, 1))) / Z


def shuffled(random: np.random.Generator, unit: np.ndarray | None, n: int) -> np.ndarray:
    """(n,) which row's value each row takes: units change places whole, and rows change places within their unit.

    Nothing else may move where rows of a unit are alike. Units of other sizes overlap at their ends.
    """
    if unit is None:
        return random.permutation(n)
    place = random.permutation(int(unit.max()) + 1)[unit]
    taken = np.empty(n, "int64")
    taken[np.argsort(unit, kind="stable")] = np.argsort(place + random.random(n))
    return taken


def effective_rows(values: np.ndarray, units: np.ndarray | None, weight: np.ndarray | None = None) -> float:
    """How many independent rows of equal weight a mean of values (n,) is as good as; 0 for no rows.

    It is never more than the rows; where the values do not differ, nothing says how alike units are, and each counts
    as one row.
    """
    if not len(values):
        return 0.0
    unit = numbered(units)
    w = np.ones(len(values)) if weight is None else weight.astype("float64")
    rows = _kish(w)
    if unit is None:
        return rows
    of_units = np.bincount(unit, w)
    mean = np.average(values, weights=w)
    variance = float(np.average((values - mean) ** 2, weights=w))
    n_units = len(of_units)
    of_mean = float((np.bincount(unit, w * (values - mean)) ** 2).sum() / w.sum() ** 2)
    is_known = n_units > 1 and variance > 0 and of_mean > 0
    worth = variance / (of_mean * n_units / (n_units - 1)) if is_known else _kish(of_units)
    return min(worth, rows) / few(n_units) ** 2


def _kish(weight: np.ndarray) -> float:
    """Rows of equal weight that say as much as these: (Σw)² / Σw²."""
    return float(weight.sum() ** 2 / max(float((weight**2).sum()), 1e-300))
