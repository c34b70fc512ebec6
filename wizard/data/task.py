"""What is to be predicted."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from wizard.core.errors import DataError, OptionError, nearest, shortened
from wizard.core.values import Value
from wizard.data.refusals import refuse_task

THRESHOLD = 0.5  # a label is named from this probability on
TaskKind = Literal["binary", "multiclass", "multilabel", "regression"]
MANY_VALUES = 20  # whole numbers with more distinct values than this are amounts, unless the caller says otherwise


class Task(Value):
    """Classification or regression, and what the answers are called.

    Attributes:
        kind: "binary", "multiclass", "multilabel" (any number of labels an example) or "regression".
        target: Name of the target.
        classes: Names of the classes (or labels), in the order of the network's outputs; empty for regression.
        targets: Names of the targets of a regression that has several; empty otherwise.
    """

    kind: TaskKind
    target: str
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def is_classification(self) -> bool:
        """Whether the answers are classes or labels."""
        return self.kind != "regression"

    @property
    def is_exclusive(self) -> bool:
        """Whether every example has exactly one class."""
        return self.kind in ("binary", "multiclass")

    @property
    def is_multilabel(self) -> bool:
        """Whether an example may have any number of labels."""
        return self.kind == "multilabel"

    @property
    def n_outputs(self) -> int:
        """Numbers that the network's head gives for one example: k logits, or the standardised targets."""
        return len(self.classes) if self.is_classification else max(1, len(self.targets))

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what the head gives: classes, labels or targets."""
        return self.classes or self.targets or (self.target,)

    def answers_shape(self, n: int) -> tuple[int, ...]:
        """Shape of predictions for n examples: probabilities (n, k), numbers (n,), or numbers (n, m) of m targets."""
        return (n, self.n_outputs) if self.is_classification or self.targets else (n,)

    def encode(self, labels: np.ndarray) -> np.ndarray:
        """Turns raw labels into class codes (n,) int32, labels (n, k) int32 of 0 and 1, or targets in their own unit.

        Targets are (n,) float64, or (n, m) where there are several.

        Raises:
            DataError: For a label that the training data do not have.
        """
        if self.is_multilabel:
            return labels.astype("int32")
        if not self.is_classification:
            return labels.astype("float64") if self.targets else numbers(labels, self.target)
        code = {name: number for number, name in enumerate(self.classes)}
        named = [name_of(label) for label in labels]
        unknown = sorted({name for name in named if name not in code})
        if unknown:
            raise DataError(
                f"Every label must be one of the {len(self.classes)} classes. Received: {shortened(unknown)}; "
                f"the classes are {shortened(self.classes)}.{nearest(unknown[0], self.classes)}"
            )
        return np.array([code[name] for name in named], "int32")

    def named(self, answers: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) as names (n,) of the likeliest class, or as tuples (n,) of labels likelier than not.

        Numbers stay what they are.
        """
        if not self.is_classification:
            return answers
        if self.is_exclusive:
            return np.array(self.classes)[answers.argmax(1)]
        named = np.empty(len(answers), dtype=object)
        named[:] = [tuple(self.classes[i] for i in np.flatnonzero(p >= THRESHOLD)) for p in answers]
        return named

    def prior(self, y: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        """Share of each class (k,) in codes y (n,), or of each label in y (n, k); never 0, and of a label never 1.

        One imagined example a class is added, or one with every label and one with none.
        """
        if self.is_multilabel:
            w = np.ones(len(y)) if weight is None else weight.astype("float64")
            shares: np.ndarray = (w @ y + 1.0) / (w.sum() + 2.0)
            return shares
        counts = np.bincount(y, weights=weight, minlength=self.n_outputs).astype("float64") + 1.0
        return counts / counts.sum()

    def loss_at_init(self, y: np.ndarray, has_head_bias: bool = True) -> float:
        """The loss that a network should have before it learnt anything, in nats (classification) or target variances.

        With the head's bias at the log prior it is the entropy of the classes, else log k; for several labels the mean
        entropy of a label, else log 2. For regression on standardised targets it is their variance.
        """
        if not self.is_classification:
            return float(np.var(y, axis=0).mean())
        if self.is_multilabel:
            p = self.prior(y)
            entropies = -(y * np.log(p) + (1 - y) * np.log(1 - p))
            return float(entropies.mean()) if has_head_bias else float(np.log(2))
        if not has_head_bias:
            return float(np.log(self.n_outputs))
        return float(-np.mean(np.log(self.prior(y)[y])))

    def __str__(self) -> str:
        """In words, for logs and pages."""
        if self.targets:
            return f"regression of {len(self.targets)} targets ({shortened(self.targets, 3)})"
        if self.kind == "regression":
            return f"regression of {self.target!r}"
        if self.is_multilabel:
            return f"multilabel classification of {self.target!r} ({len(self.classes)} labels)"
        return f"{self.kind} classification of {self.target!r} ({len(self.classes)} classes)"


def name_of(label: object) -> str:
    """A class's name: whole floats lose their ".0", so that 1 and 1.0 are one class."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return str(label)


def infer_task(
    labels: np.ndarray, target: str, wanted: str | None, modality: str, outputs: tuple[str, ...] = ()
) -> Task:
    """Finds out what is to be predicted.

    Words and booleans are classes. Fractions are amounts. Whole numbers are classes when there are at most
    `MANY_VALUES` different ones, or, for pictures, when a value has at least five examples on average.

    Args:
        labels: (n,) raw labels, none missing; or (n, m) labels or targets.
        target: Their name.
        wanted: "classification", "regression" or one of the kinds, to override; None to infer.
        modality: Of the inputs.
        outputs: Names of the m labels or targets.

    Raises:
        OptionError: For an unknown `wanted`.
        UnsupportedTaskError: For a task that the library does not do.
        DataError: Where labels cannot serve the task.
    """
    check_task(wanted)
    if labels.ndim == 2:
        return _of_several(labels, target, wanted, outputs)
    if wanted == "multilabel":
        raise OptionError(
            f"task='multilabel' needs any number of labels an example: lists of labels, or columns of 0 and 1. "
            f"Received: one label each in {target!r}."
        )
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


def _of_several(labels: np.ndarray, target: str, wanted: str | None, outputs: tuple[str, ...]) -> Task:
    """The task of (n, m) labels: 0 and 1 throughout are labels, anything else are targets."""
    is_binary = bool(np.isin(labels, (0, 1)).all())
    if wanted in ("binary", "multiclass") or (wanted in ("classification", "multilabel") and not is_binary):
        raise OptionError(
            f"task={wanted!r} does not fit the {labels.shape[1]} columns of {target!r}: "
            + ("they are 0 and 1, so pass task='multilabel'." if is_binary else "they are no labels of 0 and 1.")
        )
    if is_binary and wanted != "regression":
        return Task(kind="multilabel", target=target, classes=outputs)
    constant = [name for name, column in zip(outputs, labels.T, strict=True) if np.ptp(column) == 0]
    if constant:
        raise DataError(
            f"Every target must vary. Received: {shortened(map(repr, constant))} with one value in every example. "
            "Leave them out."
        )
    return Task(kind="regression", target=target, targets=outputs)


def check_task(wanted: str | None) -> None:
    """Refuses task names that mean nothing here, before any data are read."""
    known = ("classification", "binary", "multiclass", "multilabel", "regression")
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


def _number(label: Any) -> float:
    try:
        return float(label)
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
