"""An example's label or prediction in words."""

from __future__ import annotations

import numpy as np

from wizard.data.task import THRESHOLD, Task, name_of
from wizard.stages.context import Context
from wizard.stages.words import listed

SHOWN = 4  # labels or targets of an example written out
NONE = "no label"


def label_of(context: Context, row: int) -> str:
    """Name of the class, names of the labels, or the number or numbers."""
    label = context.dataset.labels[row]
    task = context.task
    if task.is_exclusive:
        return name_of(label)
    return answer_of(task, np.atleast_1d(label))


def answer_of(task: Task, prediction: np.ndarray) -> str:
    """The likeliest class, the labels that are likelier than not, or the number or numbers.

    Args:
        task: What was predicted.
        prediction: (k,) probabilities, or (m,) numbers.
    """
    if task.is_exclusive:
        return task.classes[int(prediction.argmax())]
    if task.is_multilabel:
        return listed([task.classes[i] for i in np.flatnonzero(prediction >= THRESHOLD)], SHOWN) or NONE
    numbers = [f"{float(value):.6g}" for value in np.ravel(prediction)]
    if not task.targets:
        return numbers[0]
    return listed([f"{name} {number}" for name, number in zip(task.targets, numbers, strict=True)], SHOWN)
