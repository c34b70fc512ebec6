"""What sensors do when they fail: nothing, the same all the time, or their end of scale."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.words import count, share

MISSING_SHARE = 0.5  # a channel emptier than this says more by being empty than by its values
FINE = 20  # distinct values of a channel: one with fewer is coarse, and stays on its values by nature
MOVES = 0.9  # of the steps of the middle series change the value: where fewer do, standing still is nothing odd
STUCK = 0.3  # of a series on one value, in a channel that moves at nearly every step
STUCK_STEPS = 8  # at least: three equal values in a series of ten are nothing
CLIPPED = 0.01  # of a channel's values exactly at its end: an amplifier at its limit
PILED = 10.0  # times as many there as on the values next to it: a scale with few marks has many on each
TOUCHES = 3  # steps at the end, in the middle one of the series that reach it: scaled to 0–1 each reaches it once
CONSTANT_SHARE = 0.5  # of the series constant: then it is how such data are, and no fault of single ones


def odd_channels(series: SeriesExamples) -> list[tuple[int, str]]:
    """(number of a channel, what is odd about it)."""
    found = []
    together = np.concatenate(list(series.values))
    for number in range(len(series.channels)):
        values = together[:, number]
        known = values[~np.isnan(values)]
        missing = 1 - len(known) / max(len(values), 1)
        if not len(known) or known.min() == known.max():
            found.append((number, "the same value in every step of every series" if len(known) else "never measured"))
            continue
        if missing > MISSING_SHARE:
            found.append((number, f"missing in {share(missing)} of the steps"))
        end = _clipped(series, number, known)
        if end is not None:
            found.append((number, f"{share(float((known == end).mean()))} of its values stand at its end, {end:g}"))
    return found


def _clipped(series: SeriesExamples, number: int, known: np.ndarray) -> float | None:
    """The end of a channel's scale where its curves are cut off flat, or None; 0 is a natural end."""
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) <= FINE:
        return None
    for end, at_end, beside in ((distinct[0], counts[0], counts[1:6]), (distinct[-1], counts[-1], counts[-6:-1])):
        if end == 0 or at_end < CLIPPED * len(known) or at_end < PILED * beside.mean():
            continue
        touches = np.array([int((one[:, number] == end).sum()) for one in series.values])
        if np.median(touches[touches > 0]) >= TOUCHES:
            return float(end)
    return None


def odd_series(series: SeriesExamples) -> list[tuple[int, str]]:
    """(position of a series, what is odd about it)."""
    is_constant = np.array([_is_constant(one) for one in series.values], bool)
    found = []
    if is_constant.mean() <= CONSTANT_SHARE:
        found += [(int(i), "the same value in every step") for i in np.flatnonzero(is_constant)]
    for number, name in enumerate(series.channels):
        still = [_still(one[:, number]) for one in series.values]
        if np.median([share_moving for _, _, share_moving in still]) < MOVES:
            continue
        of = f"{name} " if len(series.channels) > 1 else ""
        for i, (run, n, _) in enumerate(still):
            if run >= STUCK_STEPS and run > STUCK * n and not is_constant[i]:
                found.append((i, f"{of}stands still for {count(run, 'step')} of {n:,}"))
    return found


def _is_constant(series: np.ndarray) -> bool:
    """Whether every channel has one value only, gaps aside; a single step is no curve at all and is not judged."""
    if len(series) < 2:
        return False
    known = [column[~np.isnan(column)] for column in series.T]
    return all(not len(column) or column.min() == column.max() for column in known)


def _still(values: np.ndarray) -> tuple[int, int, float]:
    """Longest run of equal measured values, number of measured values, share of steps that change the value."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return 0, len(known), 1.0
    is_same = np.diff(known) == 0
    return longest_run(is_same) + 1, len(known), float(1 - is_same.mean())


def longest_run(flags: np.ndarray) -> int:
    """The most neighbouring flags that are set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype("int8")))
    return int((edges[1::2] - edges[::2]).max(initial=0))
