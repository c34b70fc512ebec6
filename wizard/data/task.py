"""What is to be predicted."""

from __future__ import annotations

from typing import Literal

import numpy as np

from wizard.core.errors import DataError, OptionError, nearest, shortened
from wizard.core.values import Value
from wizard.data.refusals import refuse_task

TaskKind = Literal["binary", "multiclass", "regression"]
MANY_VALUES = 20  # whole numbers with more distinct values than this are amounts, unless the caller says otherwise


class Task(Value):
    """Classification or regression, and what the answers are called.

    Attributes:
        kind: "binary", "multiclass" or "regression".
        target: Name of the target.
        classes: Names of the classes, in the order of the network's outputs; empty for regression.
    """

    kind: TaskKind
    target: str
    classes: tuple[str, ...] = ()

    @property
    def is_classification(self) -> bool:
        """Whether the answers are classes."""
        return self.kind != "regression"

    @property
    def n_outputs(self) -> int:
        """Numbers that the network's head gives for one example: k logits, or 1 standardised target."""
        return len(self.classes) if self.is_classification else 1

    def encode(self, labels: np.ndarray) -> np.ndarray:
        """Turns raw labels (n,) into class codes (n,) int32, or into the target (n,) float64 in its own unit.

        Raises:
            DataError: For a label that the training data do not have.
        """
        if not self.is_classification:
            return numbers(labels, self.target)
        code = {name: number for number, name in enumerate(self.classes)}
        named = [name_of(label) for label in labels]
        unknown = sorted({name for name in named if name not in code})
        if unknown:
            raise DataError(
                f"Every label must be one of the {len(self.classes)} classes. Received: {shortened(unknown)}; "
                f"the classes are {shortened(self.classes)}.{nearest(unknown[0], self.classes)}"
            )
        return np.array([code[name] for name in named], "int32")

    def prior(self, y: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        """Share of each class (k,) in codes y (n,), never zero: one imagined example a class is added."""
        counts = np.bincount(y, weights=weight, minlength=self.n_outputs).astype("float64") + 1.0
        return counts / counts.sum()

    def loss_at_init(self, y: np.ndarray, has_head_bias: bool = True) -> float:
        """The loss that a network should have before it learnt anything, in nats (classification) or target variances.

        With the head's bias at the log prior it is the entropy of the classes, else log k. For regression on
        standardised targets it is their variance.
        """
        if not self.is_classification:
            return float(np.var(y))
        if not has_head_bias:
            return float(np.log(self.n_outputs))
        return float(-np.mean(np.log(self.prior(y)[y])))

    def __str__(self) -> str:
        """In words, for logs and pages."""
        if self.kind == "regression":
            return f"regression of {self.target!r}"
        return f"{self.kind} classification of {self.target!r} ({len(self.classes)} classes)"


def name_of(label: object) -> str:
    """A class's name: whole floats lose their ".0", so that 1 and 1.0 are one class."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return str(label)


def infer_task(labels: np.ndarray, target: str, wanted: str | None, modality: str) -> Task:
    """Finds out what is to be predicted.

    Words and booleans are classes. Fractions are amounts. Whole numbers are classes when there are at most
    `MANY_VALUES` different ones, or, for pictures, when a value has at least five examples on average.

    Args:
        labels: (n,) raw labels, none missing.
        target: Their name.
        wanted: "classification", "regression" or one of the kinds, to override; None to infer.
        modality: Of the inputs.

    Raises:
        OptionError: For an unknown `wanted`.
        UnsupportedTaskError: For a task that the library does not do.
        DataError: Where labels cannot serve the task.
    """
    check_task(wanted)
    distinct = sorted({name_of(label) for label in labels.tolist()})
    if wanted is None:
        wanted = "regression" if _looks_like_amounts(labels, len(distinct), modality) else "classification"
    if wanted == "regression":
        values = numbers(labels, target)
        if np.ptp(values) == 0:
            raise DataError(f"The target {target!r} is {values[0]:g} in every example: there is nothing to learn.")
        return Task(kind="regression", target=target)
    if len(distinct) < 2:
        raise DataError(
            f"Every example is labelled {distinct[0]!r}: there is nothing to tell apart. "
            f"Name another target, or add examples of other classes."
        )
    if wanted == "binary" and len(distinct) != 2:
        raise OptionError(f"task='binary' needs two classes. Received: {len(distinct)}: {shortened(distinct)}.")
    classes = sorted(distinct, key=_natural)
    return Task(kind="binary" if len(classes) == 2 else "multiclass", target=target, classes=tuple(classes))


def check_task(wanted: str | None) -> None:
    """Refuses task names that mean nothing here, before any data are read."""
    known = ("classification", "binary", "multiclass", "regression")
    if wanted is None or wanted in known:
        return
    refuse_task(wanted)
    raise OptionError(f"task must be one of {', '.join(known)}. Received: {wanted!r}.{nearest(wanted, known)}")


def numbers(labels: np.ndarray, target: str) -> np.ndarray:
    """Labels as float64.

    Raises:
        DataError: Naming the first label that is no finite number.
    """
    try:
        values = labels.astype("float64")
    except (TypeError, ValueError):
        values = np.array([_number(label) for label in labels.tolist()])
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise DataError(
            f"Regression needs numbers. The target {target!r} has {len(bad)} that are none, the first being "
            f"{labels.tolist()[bad[0]]!r} (example {bad[0]}). Remove units and words, or pass task='classification'."
        )
    return values


def _number(label: object) -> float:
    try:
        return float(label)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def _looks_like_amounts(labels: np.ndarray, n_distinct: int, modality: str) -> bool:
    if labels.dtype.kind not in "iuf":
        return False
    values = labels.astype("float64")
    if not np.all(values == np.round(values)):
        return True
    if n_distinct <= MANY_VALUES:
        return False
    return not (modality == "image" and n_distinct <= len(labels) / 5)


def _natural(name: str) -> tuple[int, float, str]:
    """Numbers in the order of their value, before words."""
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)
