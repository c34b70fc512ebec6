"""Batches shared out among the replicas of a strategy, so that together they take the step that one device would."""

from __future__ import annotations

from typing import Any

from wizard.core.backend import tf
from wizard.training.compiled import CompiledNetwork


def shared_out(batches: Any, compiled: CompiledNetwork) -> Any:
    """What `fit` goes through: batches of row numbers as they are; under a strategy, each replica's part of the rows.

    The batch size is that of all replicas together. Keras takes the mean of the replicas' mean losses, so that equal
    parts give the gradient of the whole batch. A batch that does not divide is filled up with rows of its own: they
    weigh nothing the second time, and the others so much more that the mean is that of the batch.

    Args:
        batches: Data set of batches of row numbers.
        compiled: The network that is trained.
    """
    if compiled.strategy is None:
        return batches
    n = compiled.strategy.num_replicas_in_sync

    def rows_of(numbers: Any) -> Any:
        b = tf.shape(numbers)[0]
        full = n * -(-b // n)
        place = tf.range(full)
        inputs, y, weight = compiled.batch(tf.gather(numbers, place % b))
        return inputs, y, weight * tf.where(place < b, tf.cast(full / b, "float32"), 0.0)

    return compiled.strategy.experimental_distribute_dataset(batches.map(rows_of))
