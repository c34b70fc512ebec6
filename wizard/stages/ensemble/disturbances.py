"""How much of the metric small disturbances of the inputs take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.stages.context import Context
from wizard.stages.ensemble.final import candidates_of
from wizard.training.calibration import as_scored
from wizard.training.compare import Interval, bootstrap, gain_between
from wizard.training.fit import to_predictions

STRENGTHS = (0.1, 0.25, 0.5)  # of what augmentation disturbs by at most: hardly seen, seen, and strong
MOST_ROWS = 1_000  # the interval of an accuracy is then about two points wide, and a pass costs a second
SECONDS = 2.0  # a network and strength, at most, for rows this few
WORDS = {
    "image": "other contrast and brightness, and a grey square",
    "tokens": "lost and swapped words",
    "series": "warped time, noise and a flattened stretch",
    "features": "noise on numbers, and cells from other rows",
}


@dataclass(frozen=True)
class Disturbed:
    """The ensemble on disturbed inputs: strength, score, and how much better it is than undisturbed (negative)."""

    strength: float
    score: Interval
    change: Interval


def disturbed(context: Context) -> list[Disturbed]:
    """The metric without disturbance and at each strength, on the same rows; nothing where time does not allow it."""
    if context.own is not None:  # what a small change of finished tensors is, only their maker knows
        return []
    members = candidates_of(context)
    seconds = context.pace * SECONDS * len(members) * len(STRENGTHS)
    if not context.pacing.allows("error_analysis: disturbed inputs", seconds):
        return []
    rows = context.sample(context.deciding_rows, MOST_ROWS, "disturbed")
    metric, y, weight, units = context.metric, context.y(rows), context.weight(rows), context.units(rows)
    calibration = context.decisions.calibration
    found = []
    still: np.ndarray | None = None
    for strength in (0.0, *STRENGTHS):
        p = as_scored(_predicted(context, rows, strength), calibration, metric, context.task)
        still = p if still is None else still
        change = gain_between(metric, y, [p], [still], weight, context.seed, units=units)
        score = bootstrap(metric, y, p, weight, context.seed, units=units)
        found.append(Disturbed(strength, score, change))
    return found


def _predicted(context: Context, rows: np.ndarray, strength: float) -> np.ndarray:
    """The members' joined predictions for rows whose inputs are disturbed, each by networks that did not see them."""
    total = np.zeros(context.task.answers_shape(len(rows)))
    seed = context.derived_seed("disturbance")  # the same at each strength: a stronger one goes further the same way
    for one, weight in candidates_of(context):
        for run in one.runs:
            places = np.flatnonzero(np.isin(rows, context.split.rows(run.config.fold)[1]))
            if not len(places):
                continue
            outputs = context.trainer.network(run).predict_disturbed(rows[places], strength, seed)
            total[places] += weight * to_predictions(outputs, context.prepared(run.config), context.task)
    return total
