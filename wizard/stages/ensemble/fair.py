"""What is compared with the ensemble gets what it gets: predictions that others chose, a threshold of its own."""

from __future__ import annotations

import numpy as np

from wizard.core.calibration import Calibration
from wizard.stages.context import Context
from wizard.stages.ensemble.calibrate import fit_of, threshold_of
from wizard.stages.ensemble.final import joined
from wizard.stages.ensemble.members import SELECTED
from wizard.stages.ensemble.selection import Selection, by_threshold, crossed
from wizard.training.calibration import fit_temperature, has_threshold, tempered
from wizard.training.metrics import criterion_for


def is_calibration_seen(context: Context) -> bool:
    """Whether the deciding metric changes with a temperature or a threshold."""
    task, metric = context.task, context.metric
    return task.is_classification and (has_threshold(metric, task) or metric == criterion_for(task))


def own_calibration(context: Context, known: np.ndarray) -> Calibration | None:
    """What the deciding metric sees of a calibration, fitted to predictions for the deciding rows as the ensemble's is.

    Args:
        context: The step's.
        known: (n, k) probabilities by networks, or another method, that did not see the rows.

    Returns:
        A temperature or a threshold where one helps beyond the noise; None where the metric sees neither.
    """
    if not is_calibration_seen(context):
        return None
    if has_threshold(context.metric, context.task):
        return Calibration(threshold=threshold_of(context, known)[0])
    return Calibration(temperature=fit_of(context, known)[0])


def together_unchosen(context: Context) -> np.ndarray:
    """The ensemble's predictions for the deciding rows, each half by members that the other half chose.

    Where its members were not chosen in this stage by their joined predictions, those are as they are.
    """
    selection: Selection | None = context.shared.get(SELECTED)
    n = len(context.decided("members"))
    if selection is None or n == 1 or not selection.is_joined or len(set(selection.picks)) != n:
        return joined(context)
    return selection.together


def as_promised(context: Context) -> np.ndarray:
    """The ensemble's answers for the deciding rows as the metric sees them, by nothing that was fitted to these rows.

    Members, temperature and threshold of each half are those that the other half asks for.
    """
    task, metric, calibration = context.task, context.metric, context.decisions.calibration
    p = together_unchosen(context)
    if calibration is None or not is_calibration_seen(context):
        return p
    if calibration.temperature != 1.0:
        p = crossed(context, p, lambda q, y, w: fit_temperature(q, y, w, task), lambda q, t: tempered(q, t, task))
    if calibration.threshold is not None and has_threshold(metric, task):
        p = by_threshold(context, p)
    return p
