"""Another learning rate for the user's optimiser, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wizard.core.backend import keras
from wizard.training.pipeline import Pipeline


@contextmanager
def other_rate(pipeline: Pipeline, factor: float) -> Iterator[None]:
    """The user's optimiser with another learning rate."""
    optimizer, model = pipeline.model.optimizer, pipeline.model
    old = optimizer._learning_rate
    rate = pipeline.rate
    object.__setattr__(optimizer, "_learning_rate", keras.Variable(rate * factor, trainable=False, name="other_rate"))
    model.train_function = None
    try:
        yield
    finally:
        object.__setattr__(optimizer, "_learning_rate", old)
        model.train_function = None
