"""Another learning rate for the user's optimiser, for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wizard.core.backend import keras
from wizard.training.pipeline import Pipeline


@contextmanager
def other_rate(pipeline: Pipeline, factor: float) -> Iterator[None]:
    """The user's optimiser with another learning rate, a factor of its own one."""
    with other_rates(pipeline) as use:
        use(factor)
        yield


@contextmanager
def other_rates(pipeline: Pipeline) -> Iterator[Callable[[float], None]]:
    """The user's optimiser with other learning rates, one after the other, in one traced graph.

    Yields:
        A function that sets the rate, as a factor of the optimiser's own.
    """
    optimizer, model = pipeline.model.optimizer, pipeline.model
    old, own = optimizer._learning_rate, pipeline.rate
    rate = keras.Variable(own, trainable=False, name="other_rate")
    object.__setattr__(optimizer, "_learning_rate", rate)
    model.train_function = None
    try:
        yield lambda factor: rate.assign(own * factor)
    finally:
        object.__setattr__(optimizer, "_learning_rate", old)
        model.train_function = None
