"""Whether some columns are the target in other words: one to one, in another unit, or as a sum or product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

REPEATED = 5  # rows a value on average: a column whose values hardly repeat maps onto anything
FEWEST = 50  # rows, and ROWS_A_COLUMN more for each column: with fewer, least squares fits anything
ROWS_A_COLUMN = 5
FINE = 20  # steps of the target within its standard deviation: rounding alone does not explain such a fit
EXACT = 1e-9  # of the target's standard deviation: what floating point leaves of an equality
NEAR_WHOLE = 0.1  # a slope this close to a whole number is tried as that
MOST_TIMES = 12  # largest whole slope tried
MOST_ROWS = 0.9  # rows in which an identity holds that was broken in the others
FITTED, ROUNDS = 1_000, 20  # rows that slopes are found on, to be tried on all, and rounds of reweighting
REMAINDERS = 10  # values that a sum may leave over: fees and surcharges


@dataclass(frozen=True)
class Identity:
    """A target as made of columns.

    Attributes:
        columns: Their names.
        formula: In words, as "casual + registered".
        share: Rows in which it holds.
        remainder: What it leaves over besides a constant, in words, or "".
    """

    columns: tuple[str, ...]
    formula: str
    share: float
    remainder: str = ""


def is_one_to_one(codes: np.ndarray, y: np.ndarray) -> bool:
    """Whether two columns of codes or words name the same kinds of rows."""
    _, a = np.unique(codes, return_inverse=True)
    _, b = np.unique(y, return_inverse=True)
    k = int(a.max()) + 1
    if not 2 <= k == int(b.max()) + 1 or len(y) < max(REPEATED * k, FEWEST):
        return False
    return len(np.unique(a.astype("int64") * k + b)) == k


def is_monotone(values: np.ndarray, y: np.ndarray) -> bool:
    """Whether many different numbers stand in exactly the target's order, or in the reverse, ties included."""
    if len(y) < FEWEST or not np.isfinite(values).all() or len(np.unique(y)) < FEWEST:
        return False
    _, a = np.unique(values, return_inverse=True)
    _, b = np.unique(y, return_inverse=True)
    return bool((a == b).all() or (a == b.max() - b).all())


def linear_identity(x: np.ndarray, names: Sequence[str], y: np.ndarray) -> Identity | None:
    """The target as a weighted sum of numeric columns, in all rows or in most, or None.

    Args:
        x: (n, d) finite columns.
        names: Of the columns.
        y: (n,) target.
    """
    n, d = x.shape
    if not d or n < FEWEST + ROWS_A_COLUMN * d or len(np.unique(y)) < 3:
        return None
    slopes, offset = _robust(x, y)
    return _whole_sum(x, names, y, slopes) or _weighted_sum(x, names, y, slopes, offset)


def product_identity(x: np.ndarray, names: Sequence[str], y: np.ndarray) -> Identity | None:
    """The target as a product of powers of columns, in all rows, or None; all positive."""
    is_positive = np.asarray((x > 0).all(0))
    x, names = x[:, is_positive], [name for name, kept in zip(names, is_positive, strict=True) if kept]
    if (y <= 0).any() or not len(names) or len(y) < FEWEST + ROWS_A_COLUMN * len(names):
        return None
    powers, _ = _robust(np.log(x), np.log(y))
    kept = np.flatnonzero(np.abs(powers) * np.log(x).std(0) > 1e-3 * max(float(np.log(y).std()), 1e-300))
    if not 1 < len(kept) <= 6:
        return None
    powers, _ = _fitted(np.log(x[:, kept]), np.log(y))
    powers = np.where(np.abs(powers - np.round(powers, 1)) < 0.02, np.round(powers, 1), powers)
    factor = float(np.median(y / np.exp(np.log(x[:, kept]) @ powers)))
    missed = np.abs(factor * np.exp(np.log(x[:, kept]) @ powers) - y)
    if not _holds(missed, y).all():
        return None
    own = [names[i] for i in kept]
    written = " × ".join(name if p == 1 else f"{name}^{p:g}" for name, p in zip(own, powers, strict=True))
    return Identity(tuple(own), written if abs(factor - 1) < 1e-6 else f"{factor:.4g} × {written}", 1.0)


def _robust(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """(d,) slopes and the offset of least absolute deviations, then of least squares on the better half of the rows.

    Where a sum holds in most rows, this finds it whatever stands in the others (Rousseeuw and Van Driessen 2006).
    """
    few = np.linspace(0, len(y) - 1, min(len(y), FITTED)).astype(int)
    x, y = x[few], y[few]
    slopes, offset = _fitted(x, y)
    for _ in range(ROUNDS):
        missed = np.abs(y - x @ slopes - offset)
        slopes, offset = _fitted(x, y, 1 / np.maximum(missed, 1e-6 * y.std()))
    for _ in range(5):
        missed = np.abs(y - x @ slopes - offset)
        best = np.argsort(missed, kind="stable")[: max(len(y) // 2, x.shape[1] + 2)]
        slopes, offset = _fitted(x[best], y[best])
    return slopes, offset


def _fitted(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, float]:
    w = np.ones(len(y)) if weight is None else weight / weight.mean()
    mean, centre = np.average(x, axis=0, weights=w), float(np.average(y, weights=w))
    z = x - mean
    spread = np.sqrt(np.average(z**2, axis=0, weights=w))
    spread = np.where(spread > 1e-12 * np.maximum(np.abs(mean), 1.0), spread, np.inf)
    root = np.sqrt(w)[:, None]
    slopes = np.linalg.lstsq(z / spread * root, (y - centre) * root[:, 0], rcond=1e-10)[0] / spread
    return slopes, centre - float(mean @ slopes)


def _whole_sum(x: np.ndarray, names: Sequence[str], y: np.ndarray, slopes: np.ndarray) -> Identity | None:
    """The target as a plain sum of columns, up to a constant, or up to a few values that are small beside it."""
    times = np.round(slopes)
    is_kept = (np.abs(slopes - times) <= NEAR_WHOLE) & (times != 0) & (np.abs(times) <= MOST_TIMES) & (x.std(0) > 0)
    if not is_kept.any():
        return None
    left = y - x[:, is_kept] @ times[is_kept]
    left = np.round(left / step_of(y)) if step_of(y) else np.round(left / (EXACT * max(float(y.std()), 1e-300)))
    values, counts = np.unique(left, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    own = [(names[int(i)], int(times[i])) for i in np.flatnonzero(is_kept)]
    columns, formula = tuple(name for name, _ in own), _sum_in_words(own)
    most = float(counts[order[0]] / len(y))
    if most > MOST_ROWS:
        left_over = values[order[0]] * (step_of(y) or 0.0)
        return Identity(columns, formula + (f" + {left_over:.4g}" if abs(left_over) > 1e-9 else ""), most)
    few = float(counts[order[:REMAINDERS]].sum() / len(y))
    usual = np.sort(np.unique(y, return_counts=True)[1])[::-1][:REMAINDERS].sum() / len(y)
    spread = np.std(left) * (step_of(y) or 0.0) / max(float(y.std()), 1e-300)
    if few > MOST_ROWS and usual < few / 2 and spread < 0.5 and len(values) < len(y) / REPEATED:
        return Identity(columns, formula, few, f"one of {min(REMAINDERS, len(values))} amounts")
    return None


def _weighted_sum(
    x: np.ndarray, names: Sequence[str], y: np.ndarray, slopes: np.ndarray, offset: float
) -> Identity | None:
    """The target as a sum of columns in other units."""
    step = step_of(y)
    if step and float(y.std()) < FINE * step:
        return None
    kept = np.flatnonzero(np.abs(slopes) * x.std(0) > 1e-3 * float(y.std()))
    if not len(kept):
        return None
    best = np.argsort(np.abs(y - x @ slopes - offset), kind="stable")[: len(y) // 2]
    slopes, offset = _fitted(x[best][:, kept], y[best])
    holds = _holds(np.abs(y - x[:, kept] @ slopes - offset), y)
    if holds.mean() < MOST_ROWS:
        return None
    own = " + ".join(f"{slope:.4g} × {names[int(i)]}" for i, slope in zip(kept, slopes, strict=True)).replace(
        "+ -", "− "
    )
    small = abs(offset) < 1e-6 * float(y.std())
    return Identity(
        tuple(names[int(i)] for i in kept), own + ("" if small else f" + {offset:.4g}"), float(holds.mean())
    )


def _holds(missed: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n,) whether rounding explains what is missed."""
    return missed <= max(0.51 * step_of(y), 1e-6 * float(y.std()))


def step_of(y: np.ndarray) -> float:
    """The decimal step that all values are rounded to (1, 0.1, 0.01 …), or 0.0 where there is none."""
    for digits in range(5):
        if np.allclose(y, np.round(y, digits), rtol=0, atol=1e-9 * max(1.0, float(np.abs(y).max()))):
            return float(10.0**-digits)
    return 0.0


def _sum_in_words(own: Sequence[tuple[str, int]]) -> str:
    words = ""
    for name, times in own:
        term = name if abs(times) == 1 else f"{abs(times)} × {name}"
        words += ("−" if times < 0 else "") + term if not words else f" {'−' if times < 0 else '+'} {term}"
    return words
