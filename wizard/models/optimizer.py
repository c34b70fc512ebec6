"""AdamW whose numbers are variables, so that one traced graph serves many runs."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

OFF = 1e30  # a norm that no finite gradient reaches


class ClippedAdamW(keras.optimizers.AdamW):
    """AdamW (Loshchilov & Hutter 2019) with a variable beta 2 and a variable clipping of the gradients' common norm.

    The arithmetic is that of Keras, in one kernel of TensorFlow a variable in place of some thirty operations: fewer to
    trace, and one walk through the memory of a large embedding instead of a dozen.
    """

    def __init__(self, learning_rate: Any, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        self.beta_2 = keras.Variable(0.999, trainable=False, name="beta_2")
        self.clip = keras.Variable(OFF, trainable=False, name="clip")

    def set(self, beta_2: float, clip: float | None) -> None:
        """Sets both for a run; a clip of None leaves gradients as they are."""
        self.beta_2.assign(beta_2)
        self.clip.assign(OFF if clip is None else clip)

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        """Clips, then steps as Adam does; on several devices in Keras's own way, which sums their gradients."""
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

        dense = tf.cond(limit < OFF, clipped, lambda: dense)
        if tf.distribute.has_strategy():
            return super().apply(dense, trainable_variables)
        return self._step(dense, list(trainable_variables or self._trainable_variables))

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        rate = tf.cast(self.learning_rate, "float32")
        self._decay([v for v in variables if self._use_weight_decay(v)], rate)
        number = tf.cast(self.iterations.value, "float32") + 1.0
        beta_2 = self.beta_2.value.read_value()
        of_old = {"beta1_power": tf.pow(self.beta_1, number), "beta2_power": tf.pow(beta_2, number)}
        for grad, variable in zip(grads, variables, strict=True):
            place = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle, m=self._momentums[place].value.handle,
                v=self._velocities[place].value.handle, **of_old, lr=rate, beta1=self.beta_1, beta2=beta_2,
                epsilon=self.epsilon, grad=grad,
            )  # fmt: skip
        self.iterations.assign_add(1)

    def _decay(self, variables: list[Any], rate: Any) -> None:
        """Takes from each weight its share, where there is any weight decay: without, nothing need be read."""
        decay = tf.cast(self.weight_decay, "float32")

        def fall() -> Any:
            for variable in variables:
                variable.value.assign_sub(variable.value * decay * rate)
            return tf.constant(True)

        if variables:
            tf.cond(decay > 0, fall, lambda: tf.constant(False))
