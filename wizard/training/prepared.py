"""Tensors ready to train on: preprocessed once, for one choice of training rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.core.registry import load
from wizard.data.dataset import Dataset
from wizard.data.form import Form
from wizard.data.rows_on_disk import RowsOnDisk
from wizard.data.split import Split
from wizard.data.synthetic import NOBODY, Synthetic
from wizard.data.task import Task
from wizard.models.build import STANDARDIZED
from wizard.training.encoding import encode

NUMBERS_AT_ONCE = 2**23  # of a block of rows whose mean and spread are taken: 64 MiB, and as much for its squares


@dataclass(frozen=True)
class TargetScale:
    """Regression targets in their own unit <-> standardised by training rows: scalars, or (m,) of several targets."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, weight: np.ndarray) -> TargetScale:
        """Mean and standard deviation of targets (n,) or (n, m); a constant one keeps its unit."""
        mean = np.average(y, axis=0, weights=weight)
        std = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=weight))
        return cls(mean, np.where(std > 0, std, 1.0))

    def to_network(self, y: np.ndarray) -> np.ndarray:
        """Own unit -> standardised float32."""
        return ((y - self.mean) / self.std).astype("float32")

    def to_user(self, standardised: np.ndarray) -> np.ndarray:
        """Standardised -> own unit, float64."""
        return standardised.astype("float64") * self.std + self.mean


@dataclass(frozen=True)
class Prepared:
    """What a training run reads.

    Attributes:
        preparation: The fitted preprocessing (`data/modalities`).
        form: What the network eats.
        tensors: Inputs by name, first axis all rows of the data set, the sealed ones included (inputs only); arrays, or
            rows on disk where they are too large.
        y: (n,) class codes int32, (n, k) labels int32, or standardised targets float32, (n,) or (n, m); zeros where
            the set is sealed.
        weight: (n,) float32, mean 1 over the training rows.
        train: Training rows.
        held: Held-out rows.
        scale: Of a regression target.
        prior: (k,) shares of classes or labels among the training rows; empty for regression.
        channel_mean: (c,) of pictures and series, over training rows; empty otherwise.
        channel_std: (c,) likewise.
        extra: Rows behind those of the data set that are trained on as well: the user's own examples.
    """

    preparation: Any
    form: Form
    tensors: dict[str, Any]
    y: np.ndarray
    weight: np.ndarray
    train: np.ndarray
    held: np.ndarray
    scale: TargetScale
    prior: np.ndarray
    channel_mean: np.ndarray
    channel_std: np.ndarray
    extra: np.ndarray


class Preparer:
    """Prepares tensors for folds and settings, and keeps the last few; encodings that folds share are made once."""

    KEPT = 4  # as many as there are folds, and the split itself

    def __init__(self, dataset: Dataset, task: Task, split: Split) -> None:
        """Holds what all preparations have in common."""
        self.dataset, self.task, self.split = dataset, task, split
        self.synthetic: Synthetic | None = None  # examples of the user's own, for runs that ask for them
        self._y: np.ndarray | None = None
        self._encodings: dict[str, dict[str, Any]] = {}
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    @property
    def y(self) -> np.ndarray:
        """Class codes, labels or targets in their own unit, the sealed rows' included: not for steps."""
        if self._y is None:
            self._y = self.task.encode(self.dataset.labels)
        return self._y

    def prepare(self, config: TrainingConfig) -> Prepared:
        """Fits the preprocessing to the training rows of a configuration's fold, and encodes every row."""
        wanted = (config.fold, config.refit, tuple(sorted(config.inputs.items())), config.synthetic)
        if wanted in self._prepared:
            self._prepared[wanted] = self._prepared.pop(wanted)  # most recently used last
        else:
            self._prepared[wanted] = self._make(config)
            while len(self._prepared) > self.KEPT:
                self._prepared.pop(next(iter(self._prepared)))
            in_use = {prepared.preparation.key for prepared in self._prepared.values()}
            self._encodings = {key: value for key, value in self._encodings.items() if key in in_use}
        return self._prepared[wanted]

    def _make(self, config: TrainingConfig) -> Prepared:
        train, held = self.split.rows(config.fold, config.refit)
        modality = load("wizard.data.modalities", self.dataset.modality)
        preparation = modality.PREPARATION.fit(self.dataset, train, config.inputs)
        if preparation.key not in self._encodings:
            self._encodings[preparation.key] = encode(preparation, self.dataset.examples)
        tensors = self._encodings[preparation.key]
        known = np.zeros(len(self.dataset), bool)
        known[self.split.known] = True
        scale, prior = TargetScale(np.zeros(()), np.ones(())), np.empty(0)  # of no target
        known = known.reshape(-1, *(1,) * (self.y.ndim - 1))  # (n,) or (n, 1)
        weight = self._weights(train)
        if self.task.is_classification:
            prior = self.task.prior(self.y[train], weight[train])
            y = np.where(known, self.y, 0).astype("int32")
        else:
            scale = TargetScale.of(self.y[train], weight[train])
            y = np.where(known, scale.to_network(self.y), 0).astype("float32")
        door = STANDARDIZED.get(preparation.form.kind)
        mean, std = _channel_statistics(tensors[door], train) if door else (np.empty(0), np.empty(0))
        plain = Prepared(
            preparation, preparation.form, tensors, y, weight, train, held, scale, prior, mean, std, extra=train[:0]
        )  # fmt: skip
        return self._with_synthetic(plain, config.synthetic) if config.synthetic else plain

    def _with_synthetic(self, plain: Prepared, key: str) -> Prepared:
        """The same with the user's own examples behind the rows of the data set."""
        given = self.synthetic
        if given is None or given.key != key:
            raise OptionError(
                "This configuration trains on examples of your own that are not at hand. Call "
                "regularize(synthetic=…) with the same examples first."
            )
        if any(isinstance(values, RowsOnDisk) for values in plain.tensors.values()):
            raise OptionError("Data that stay on disk cannot be joined with synthetic examples. Leave synthetic= out.")
        encoded = encode(plain.preparation, given.examples)
        labels = self.task.encode(given.labels)
        y = labels if self.task.is_classification else plain.scale.to_network(labels)
        n = len(self.dataset)
        is_used = (given.parents == NOBODY) | np.isin(given.parents, plain.train)
        return replace(
            plain,
            tensors={name: np.concatenate([values, encoded[name]]) for name, values in plain.tensors.items()},
            y=np.concatenate([plain.y, y.astype(plain.y.dtype)]),
            weight=np.concatenate([plain.weight, np.ones(len(given), plain.weight.dtype)]),
            extra=n + np.flatnonzero(is_used),
        )

    def _weights(self, train: np.ndarray) -> np.ndarray:
        if self.dataset.weight is None:
            return np.ones(len(self.dataset), "float32")
        weight = self.dataset.weight.astype("float64")
        return (weight / weight[train].mean()).astype("float32")


def _channel_statistics(values: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(c,) mean and standard deviation of (n, …, c) over rows and places, in blocks so that no second copy is made."""
    total = squares = np.zeros(values.shape[-1])
    axes = tuple(range(values.ndim - 1))
    step = int(np.clip(NUMBERS_AT_ONCE // max(int(np.prod(values.shape[1:])), 1), 1, 1024))
    for start in range(0, len(rows), step):
        block = values[rows[start : start + step]].astype("float64")
        total = total + block.sum(axes)
        squares = squares + (block**2).sum(axes)
    n = len(rows) * int(np.prod(values.shape[1:-1]))
    mean = total / n
    std = np.sqrt(np.maximum(squares / n - mean**2, 0))
    return mean.astype("float32"), np.where(std > 0, std, 1.0).astype("float32")
