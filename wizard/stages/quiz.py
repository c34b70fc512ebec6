"""Which rows a person is asked about, and how the answers become predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.keys import content_key
from wizard.core.seeds import generator
from wizard.data.dataset import Dataset
from wizard.data.split import Split, rarest_label
from wizard.data.task import Task

FILE = "quiz.html"
QUESTIONS = 50  # a quarter of an hour; an accuracy of 90% is then known to about eight points


@dataclass(frozen=True)
class Quiz:
    """Rows to ask a person about.

    Attributes:
        key: Tells answers to this quiz from those to another: a hash of the data and the rows.
        rows: (n,) in the order of the questions, which tells nothing of the labels.
        noun: What the rows are: "validation row", or "row" where those were too few.
    """

    key: str
    rows: np.ndarray
    noun: str


def quiz_of(dataset: Dataset, task: Task, split: Split, seed: int) -> Quiz:
    """Draws the quiz: validation rows, or, where they are too few, rows of all folds.

    Classes (or parts of the target's range) keep their shares, so that a person's score can stand beside a model's.
    """
    has_enough = len(split.validation) >= QUESTIONS or not split.folds
    random = generator(seed, "quiz")
    rows = random.permutation(split.validation if has_enough else split.known)
    rows = rows[np.argsort(_order(task, task.encode(dataset.labels[rows])), kind="stable")]
    n = min(QUESTIONS, len(rows))
    places = ((np.arange(n) + random.random()) * len(rows) / n).astype(int)  # evenly over the ordered rows
    asked = random.permutation(rows[places])
    return Quiz(content_key("quiz", dataset.fingerprint, asked), asked, "validation row" if has_enough else "row")


def predictions_of(task: Task, answers: Sequence[Any]) -> np.ndarray:
    """Answers as predictions: certain classes or labels (n, k), numbers (n,), or numbers (n, m) of m targets."""
    if task.is_exclusive:
        return np.eye(task.n_outputs)[[task.classes.index(answer) for answer in answers]]
    if task.is_multilabel:
        return np.array([[float(name in answer) for name in task.classes] for answer in answers])
    return np.array(answers, "float64")


def _order(task: Task, y: np.ndarray) -> np.ndarray:
    """(n,) by what rows are ordered before they are drawn: class, rarest label, target, or the first of several."""
    if task.is_multilabel:
        return rarest_label(y)
    return y[:, 0] if y.ndim == 2 else y
