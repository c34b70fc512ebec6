"""Names for what a predictor answers, from its own threshold on."""

from __future__ import annotations

import numpy as np

from wizard.core.calibration import Calibration
from wizard.data.task import Task


def named(answers: np.ndarray, task: Task, calibration: Calibration | None) -> np.ndarray:
    """Names for probabilities (n, k), as `Task.named`, from the calibration's threshold on; numbers as they are."""
    from wizard.training.calibration import named as named_from

    threshold = None if calibration is None else calibration.threshold
    if threshold is None or not task.is_classification or (task.is_exclusive and task.n_outputs > 2):
        return task.named(answers)
    chosen = named_from(answers.astype("float32"), float(np.float32(threshold)), task)  # as the file compares them
    return np.array(task.classes)[chosen] if task.is_exclusive else task.named(chosen)
