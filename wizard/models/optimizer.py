"""AdamW whose numbers are variables, so that one traced graph serves many runs."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

OFF = 1e30  # a norm that no finite gradient reaches


class ClippedAdamW(keras.optimizers.AdamW):
    """AdamW (Loshchilov & Hutter 2019) with a variable beta 2 and a variable clipping of the gradients' common norm."""

    def __init__(self, learning_rate: Any, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        self.beta_2 = keras.Variable(0.999, trainable=False, name="beta_2")
        self.clip = keras.Variable(OFF, trainable=False, name="clip")

    def set(self, beta_2: float, clip: float | None) -> None:
        """Sets both for a run; a clip of None leaves gradients as they are."""
        self.beta_2.assign(beta_2)
        self.clip.assign(OFF if clip is None else clip)

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        """Clips, then steps as Adam does."""
        limit = self.clip.value
        dense = [tf.convert_to_tensor(g) for g in grads]  # Adam would do so with an embedding's rows anyway
        replica = tf.distribute.get_replica_context()
        n = 1 if replica is None else replica.num_replicas_in_sync
        if n > 1:  # the norm is that of the whole batch's gradient; what Adam adds up again counts once
            dense = [g / n for g in replica.all_reduce("SUM", dense)]
            limit = tf.where(limit < OFF, limit / n, limit)

        def clipped() -> list[Any]:
            factor = tf.minimum(1.0, limit / tf.maximum(tf.linalg.global_norm(dense), 1e-12))
            return [g * factor for g in dense]

        return super().apply(tf.cond(limit < OFF, clipped, lambda: dense), trainable_variables)
