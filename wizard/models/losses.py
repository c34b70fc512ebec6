"""Losses whose numbers are variables, so that one traced graph serves many runs.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE


@keras.saving.register_keras_serializable(package=PACKAGE)
class CrossEntropy(keras.losses.Loss):
    """Cross-entropy of class codes (b,) and logits (b, k), in nats, with variable label smoothing."""

    def __init__(self, name: str = "cross_entropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.smoothing = keras.Variable(0.0, trainable=False, name="label_smoothing")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(b,) losses."""
        codes, s, k = tf.cast(tf.reshape(y_true, (-1,)), "int32"), self.smoothing.value, y_pred.shape[-1]
        wanted = tf.one_hot(codes, k, 1 - s + s / k, s / k)  # (b, k); picking by code takes some forty operations more
        return -tf.reduce_sum(wanted * tf.nn.log_softmax(y_pred), axis=-1)


@keras.saving.register_keras_serializable(package=PACKAGE)
class LabelCrossEntropy(keras.losses.Loss):
    """Mean cross-entropy of k labels (b, k) of 0 and 1 and logits (b, k), in nats a label, with variable smoothing.

    Smoothing by s asks for s / 2 where there is no label and 1 - s / 2 where there is one.
    """

    def __init__(self, name: str = "label_cross_entropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.smoothing = keras.Variable(0.0, trainable=False, name="label_smoothing")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(b,) losses."""
        s = self.smoothing.value
        wanted = tf.cast(y_true, y_pred.dtype) * (1 - s) + s / 2
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=y_pred), axis=-1)


@keras.saving.register_keras_serializable(package=PACKAGE)
class SquaredError(keras.losses.Loss):
    """Squared error of standardised targets (b, m) and answers (b, m), mean over the targets."""

    def __init__(self, name: str = "squared_error", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(b,) losses."""
        return tf.reduce_mean(tf.square(y_pred - tf.cast(y_true, y_pred.dtype)), axis=-1)


class OverMembers(keras.losses.Loss):
    """Mean of the members' own losses, never the loss of their mean (Gorishniy et al. 2025).

    Args:
        loss: Of answers (b, k); the members' are (b, m, k).
    """

    def __init__(self, loss: Any) -> None:
        super().__init__(name=loss.name)
        self.loss = loss

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(b,) losses."""
        b, m = tf.shape(y_pred)[0], y_pred.shape[1]
        y = tf.repeat(tf.reshape(y_true, (b, -1)), m, axis=0)  # (b m, …)
        losses = self.loss.call(y, tf.reshape(y_pred, (-1, y_pred.shape[2])))
        return tf.reduce_mean(tf.reshape(losses, (b, m)), axis=1)
