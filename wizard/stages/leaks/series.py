"""Series in which the target stands: copied into a step or channel."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.context import Context
from wizard.stages.identities import is_one_to_one, step_of
from wizard.stages.leak import Leak
from wizard.stages.probing import probe_sample

LOOKED_AT = "no step or channel of the series is the target"
STEPS = 64  # first and last steps looked at
ALIKE = 0.999  # correlation of a step with the target,
CLOSER = 0.1  # and so many times closer to it than to the steps beside: a series that hardly moves is no copy
FEWEST = 50  # series


def hidden(context: Context) -> list[Leak]:
    """Steps, counted from either end, and means of channels, that are the target."""
    sample = probe_sample(context)
    y = sample.y.reshape(len(sample), -1)
    if len(sample) < FEWEST:
        return []
    for name, values, beside in _candidates(context, sample.rows):
        if not np.isfinite(values).all() or values.std() == 0:
            continue
        for j in range(1 if context.task.is_exclusive else y.shape[1]):
            leak = _compared(context, name, values.astype("float64"), beside, y[:, j])
            if leak is not None:
                return [leak]
    return []


def _candidates(context: Context, rows: np.ndarray) -> list[tuple[str, np.ndarray, np.ndarray | None]]:
    """(where, (n,) values, (n,) those of the step beside) of steps that all series have, and of channels' means."""
    examples = context.dataset.examples
    assert isinstance(examples, SeriesExamples)
    known = examples.take(rows)
    shortest = int(known.lengths.min())
    found: list[tuple[str, np.ndarray, np.ndarray | None]] = []
    for number, channel in enumerate(known.channels):
        counted = np.array([np.isfinite(one[:, number]).sum() for one in known.values])
        if counted.min() > 0:
            means = np.array([np.nanmean(one[:, number].astype("float64")) for one in known.values])
            found.append((f"the mean of {channel!r}", means, None))
        for end, sign in (("last", -1), ("first", 1)):
            steps = [_step(known, number, sign, i) for i in range(min(STEPS, shortest))]
            for i, values in enumerate(steps):
                beside = steps[i + 1] if i + 1 < len(steps) else steps[i - 1] if i else None
                place = f"the {end} step" if i == 0 else f"step {i + 1} from the {'end' if sign < 0 else 'start'}"
                found.append((f"{place} of {channel!r}", values, beside))
    return found


def _step(known: SeriesExamples, channel: int, sign: int, i: int) -> np.ndarray:
    place = i if sign > 0 else -1 - i
    return np.array([one[place, channel] for one in known.values])


def _compared(context: Context, name: str, values: np.ndarray, beside: np.ndarray | None, y: np.ndarray) -> Leak | None:
    target, n = repr(context.task.target), f"{len(y):,} training series"
    if context.task.is_classification:
        if not is_one_to_one(values, y):
            return None
        return Leak(f"In all {n} {name} stands for one value of {target} and no other", "failed", "P10")
    if y.std() == 0 or (alike := abs(float(np.corrcoef(values, y)[0, 1]))) <= ALIKE:
        return None
    slope, offset = np.polyfit(values, y, 1)
    rounding = max(0.51 * step_of(y) if y.std() > 20 * step_of(y) else 0.0, 1e-5 * float(y.std()))
    if (np.abs(y - slope * values - offset) <= rounding).all():
        return Leak(f"In all {n} {name} is the target {target}", "failed", "P10")
    if beside is None:
        return None
    own = 0.0 if beside.std() == 0 else abs(float(np.corrcoef(values, beside)[0, 1]))
    if 1 - alike > CLOSER * (1 - own):
        return None
    sentence = (
        f"{name[0].upper()}{name[1:]} is almost the target {target} (correlation {alike:.4f}; {own:.4f} with the step "
        "beside)"
    )
    return Leak(sentence, "warned", "P10", measured=alike, unit="correlation")
