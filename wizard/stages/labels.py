"""An example's label or prediction in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wizard.data.task import THRESHOLD, Task, name_of
from wizard.stages.context import Context
from wizard.stages.words import listed

SHOWN = 4  # labels or targets of an example written out
NONE = "no label"
QUARTERS = ("lowest", "second", "third", "highest")


def label_of(context: Context, row: int) -> str:
    """Name of the class, names of the labels, or the number or numbers."""
    label = context.dataset.labels[row]
    task = context.task
    if task.is_exclusive:
        return name_of(label)
    return answer_of(task, np.atleast_1d(label))


def groups_of(context: Context) -> Callable[[int], tuple[str, ...]]:
    """What a gallery's examples are filtered by: each label, or the quarter of the target; (): the label as it is."""
    task = context.task
    if task.is_exclusive or task.targets:
        return lambda row: ()
    if task.is_multilabel:
        return lambda row: tuple(task.classes[i] for i in np.flatnonzero(context.dataset.labels[row])) or (NONE,)
    ends = np.unique(np.quantile(context.y(context.train_rows), np.linspace(0, 1, len(QUARTERS) + 1)))
    if len(ends) <= len(QUARTERS):  # most rows share one value
        return lambda row: ()
    spans = zip(QUARTERS, ends, ends[1:], strict=False)
    names = [f"{i}. {name} quarter ({low:.4g} to {high:.4g})" for i, (name, low, high) in enumerate(spans, start=1)]
    return lambda row: (names[int(np.searchsorted(ends[1:-1], float(context.dataset.labels[row])))],)


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
