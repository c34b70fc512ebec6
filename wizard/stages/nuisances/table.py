"""Tables: cells of a column in another unit, and columns whose few large values outweigh all others."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.nuisance import Nuisance
from wizard.stages.probing import ProbeName, probe_sample, whole
from wizard.stages.views.table import names

PROBES: tuple[ProbeName, ...] = ("linear", "neighbours")
RATIOS = (10.0, 100.0, 1000.0, 1e6, 2.54, 2.2046, 1.609, 3.2808, 1.8, 60.0, 3600.0, 30.48)
LEAST_SHARE, MOST_SHARE = 0.003, 0.5  # of the rows: fewer are single slips, more are the usual unit
FEWEST = 8  # rows of a second mode: fewer do not show where its middle lies
GAP = 3.0  # times the largest step between neighbours inside the usual mode (in logarithms) that parts two modes
OPEN = 0.5  # of the distance between the middles is empty: the ends of one skewed column are parted by less
NEAR = 0.4  # in logarithms: how far from a unit's ratio the middles of two modes may lie, as their rows may differ
INSIDE = 0.9  # of the second mode lies inside the usual one's range when brought to its unit
NARROW = 2.0  # the second mode is at most so many times as wide as the usual one
TAIL, HEAVY = 0.01, 0.5  # the largest percent of values holds half of the spread: a normal column's holds 8%
SHOWN = 8  # columns: the heaviest tails of wide tables


def as_they_came(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) numbers as they came, categories one-hot."""
    x, column = _base(context, rows)
    for name, values in _numbers(context, rows).items():
        x = _replaced(x, column, name, values)
    return x


def found(context: Context, rows: np.ndarray) -> list[Nuisance]:
    """Second units and heavy tails, column by column."""
    columns = _numbers(context, rows)
    units = [one for name, values in columns.items() if (one := _unit(context, rows, name, values)) is not None]
    heavy = {name: share for name, values in columns.items() if (share := tail_share(values)) > HEAVY}
    taken = {one.name.partition(":")[2] for one in units}
    worst = [name for name in sorted(heavy, key=lambda name: -heavy[name]) if name not in taken][:SHOWN]
    return [*units, *(_tail(context, rows, name, columns[name], heavy[name]) for name in worst)]


def second_unit(values: np.ndarray) -> tuple[float, np.ndarray] | None:
    """The ratio of a second mode of a column to its usual one, and (n,) which cells are in it; None where none is.

    There must be a gap between the modes, their middles must lie at a ratio of units, and both must be about as wide:
    distance alone would find every heavy tail.
    """
    is_known = np.isfinite(values) & (values != 0)
    if is_known.sum() < 10 * FEWEST or (values[is_known] > 0).mean() not in (0.0, 1.0):
        return None
    logs = np.full(len(values), np.nan)
    logs[is_known] = np.log(np.abs(values[is_known]))
    distinct = np.sort(logs[is_known])
    steps = np.diff(distinct)
    at = int(steps.argmax())
    low, high = distinct[: at + 1], distinct[at + 1 :]
    few, many = sorted((low, high), key=len)
    if not max(FEWEST, LEAST_SHARE * len(distinct)) <= len(few) <= MOST_SHARE * len(distinct):
        return None
    inner = np.diff(many[int(0.01 * len(many)) : int(np.ceil(0.99 * len(many)))])
    distance = float(np.median(few) - np.median(many))
    ratio = min(RATIOS, key=lambda one: abs(np.log(one) - abs(distance)))
    is_unit = abs(np.log(ratio) - abs(distance)) < NEAR and steps[at] > GAP * float(inner.max(initial=0.0))
    is_unit = is_unit and steps[at] >= OPEN * abs(distance)
    brought = few - np.sign(distance) * np.log(ratio)
    is_unit = is_unit and bool(((brought >= many[0]) & (brought <= many[-1])).mean() >= INSIDE)
    if not is_unit or few.std() > NARROW * max(float(many.std()), 1e-12) or not _is_wide(many):
        return None
    is_other = is_known & ((logs > distinct[at]) == (few is high))
    return (ratio if distance > 0 else 1 / ratio), is_other


def tail_share(values: np.ndarray) -> float:
    """The part of a column's spread about its median that its largest percent of values holds."""
    known = values[np.isfinite(values)]
    squares = np.sort((known - np.median(known)) ** 2) if len(known) else np.zeros(1)
    top = squares[-max(1, round(TAIL * len(squares))) :]
    return float(top.sum() / squares.sum()) if squares.sum() > 0 and len(known) >= 100 else 0.0


def _is_wide(values: np.ndarray) -> bool:
    """Whether a mode is a spread of values rather than a code or two, of which any ratio is chance."""
    return len(np.unique(values)) > FEWEST


def _unit(context: Context, rows: np.ndarray, name: str, values: np.ndarray) -> Nuisance | None:
    second = second_unit(values)
    if second is None:
        return None
    ratio, is_other = second
    one = np.where(is_other, values / ratio, values)
    times = f"{ratio:g}" if ratio >= 1 else f"1/{1 / ratio:g}"
    return Nuisance(
        f"units:{name}", f"the unit of {name!r}", is_other[:, None].astype("float64"), float(is_other.mean()),
        f"of the rows at {times} times the usual", LEAST_SHARE, _without(context, rows, name, one),
        f"dividing the second mode of {name!r} by {ratio:g}" if ratio >= 1 else
        f"multiplying the second mode of {name!r} by {1 / ratio:g}",
    )  # fmt: skip


def _tail(context: Context, rows: np.ndarray, name: str, values: np.ndarray, part: float) -> Nuisance:
    from scipy.stats import norm, rankdata

    known = np.isfinite(values)
    ranks = np.where(known, norm.ppf(rankdata(np.where(known, values, 0.0)) / (len(values) + 1)), np.nan)
    far = np.abs(values - np.nanmedian(values))
    is_far = far >= np.nanquantile(far, 1 - TAIL)
    return Nuisance(
        f"outliers:{name}", f"the outliers of {name!r}", is_far[:, None].astype("float64"), part,
        "of the column's spread in its largest 1% of values", HEAVY, _without(context, rows, name, ranks),
        f"taking ranks of {name!r}", is_kept=True,
    )  # fmt: skip


def _without(context: Context, rows: np.ndarray, name: str, values: np.ndarray) -> Any:
    def features() -> np.ndarray:
        _, column = _base(context, rows)
        return _replaced(as_they_came(context, rows), column, name, values)

    return features


def _base(context: Context, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = np.searchsorted(probe_sample(context).rows, rows)
    return whole(context)[place].copy(), np.array(names(context))


def _replaced(x: np.ndarray, column: np.ndarray, name: str, values: np.ndarray) -> np.ndarray:
    """Features with a column's numbers in place of their normal scores, standardised; gaps at the median."""
    places = np.flatnonzero(column == name)
    if not len(places):
        return x
    filled = np.where(np.isfinite(values), values, np.nanmedian(values) if np.isfinite(values).any() else 0.0)
    spread = float(filled.std())
    x = x.copy()
    x[:, places[0]] = (filled - filled.mean()) / spread if spread > 0 else 0.0
    return x


def _numbers(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    frame = TableExamples.of(context.examples(rows)).frame
    return {
        column.name: frame[column.name].to_numpy("float64")
        for column in context.dataset.columns
        if column.kind == "number"
    }
