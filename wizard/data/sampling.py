"""Whether steps come at even times, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NEAR = 0.1  # of a step: clocks jitter, and months have 28 to 31 days
DRIFT = 0.02  # of a pause: by so much the step itself may be wrong
MOST = 0.99  # of the pauses must be near a multiple of the step
INFLATED = 4.0  # times as many steps as rows: a grid that is mostly empty is none


def step_of(times: Sequence[np.ndarray]) -> tuple[float | None, int]:
    """Finds the common step of rising times.

    Args:
        times: For each series its (t,) times.

    Returns:
        The step, or None where there is none; and the steps of the grid that no row stands for.
    """
    pauses = np.concatenate([np.diff(one) for one in times] or [np.empty(0)])
    if not len(pauses):
        return None, 0
    for candidate in (np.quantile(pauses, 0.05), np.median(pauses)):
        if candidate <= 0:
            continue
        steps = np.maximum(np.rint(pauses / candidate), 1)
        step = float(pauses.sum() / steps.sum())
        steps = np.maximum(np.rint(pauses / step), 1)
        is_near = np.abs(pauses / step - steps) <= np.maximum(NEAR, np.minimum(DRIFT * steps, 0.3))
        if is_near.mean() >= MOST and steps.sum() <= INFLATED * len(pauses):
            return step, int(steps.sum() - len(pauses))
    return None, 0
