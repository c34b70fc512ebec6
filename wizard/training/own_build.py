"""What one build of the user's model is, as far as numbers tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from wizard.core.backend import keras


@dataclass(frozen=True)
class Built:
    """One build of the user's, as far as numbers tell: its optimiser's rate and decay, and how much it learns.

    Attributes:
        rate: Learning rate; None where it is a schedule of the user's own, or cannot be set.
        decay: Weight decay, 0 without.
        takes_decay: Whether the optimiser can have one.
        n_parameters: Trainable numbers.
    """

    rate: float | None
    decay: float
    takes_decay: bool
    n_parameters: int


@cache
def _plain_kinds() -> tuple[type, ...]:
    """Classes of models that are nothing but graphs of layers."""
    entry = keras.Input((1,))
    return keras.Sequential, type(keras.Model(entry, entry))


def is_plain_graph(model: Any) -> bool:
    """Whether a model is nothing but a graph of layers, which can be copied."""
    return type(model) in _plain_kinds()


def built_of(model: Any) -> Built:
    """What a compiled model's optimiser can be told, and how much it learns."""
    optimizer = model.optimizer
    rate: Any = getattr(optimizer, "_learning_rate", None)
    is_number = isinstance(rate, keras.Variable)
    is_plain = isinstance(optimizer, keras.optimizers.Optimizer) and not hasattr(optimizer, "inner_optimizer")
    n = int(sum(np.prod(v.shape) for v in model.trainable_variables))
    decay = float(getattr(optimizer, "weight_decay", None) or 0.0)
    number = float(f"{float(rate.numpy()):.6g}") if is_number and is_plain else None  # as it was written, not float32
    return Built(number, decay, is_plain and hasattr(optimizer, "weight_decay"), n)
