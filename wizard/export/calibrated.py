"""What a calibration does to joined outputs, in NumPy: what the predictor's layers are held to."""

from __future__ import annotations

import numpy as np

from wizard.core.calibration import Calibration
from wizard.data.task import Task


def calibrated(predictions: np.ndarray, task: Task, calibration: Calibration | None) -> np.ndarray:
    """Probabilities (n, k) after the temperature; numbers, which no temperature changes, as they are."""
    if calibration is None or not task.is_classification or calibration.temperature == 1:
        return predictions
    power = predictions ** (1 / calibration.temperature)
    if task.is_multilabel:
        return power / (power + (1 - predictions) ** (1 / calibration.temperature))
    return power / power.sum(1, keepdims=True)


def named(answers: np.ndarray, task: Task, calibration: Calibration | None) -> np.ndarray:
    """Names for probabilities (n, k), as `Task.named`, from the calibration's threshold on; numbers as they are."""
    threshold = None if calibration is None else calibration.threshold
    if threshold is None or not task.is_classification or (task.is_exclusive and task.n_outputs > 2):
        return task.named(answers)
    answers = answers.astype("float32")  # as the file compares them
    if task.is_exclusive:
        return np.array(task.classes)[(answers[:, 1] >= np.float32(threshold)).astype(int)]
    return task.named((answers >= np.float32(threshold)).astype("float64"))
