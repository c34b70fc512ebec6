"""Learning from a teacher: what other networks answer is asked for beside the labels (Hinton et al. 2015)."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.data.task import Task

TEMPERATURE = 2.0  # evens the teacher's probabilities out, so that they say more than its first choice; 2 to 5 do alike


class Taught(keras.losses.Loss):
    """A loss of labels and of a teacher's answers, by their shares.

    A batch's targets hold both side by side, (b, own + k), so that whatever a step does to targets (rolling them, or
    repeating them for members) it does to both.
    """

    def __init__(self, loss: Any, task: Task) -> None:
        """Asks for labels only, until `set`."""
        super().__init__(name=f"taught_{loss.name}")
        self.loss, self.task = loss, task
        self.share = keras.Variable(0.0, trainable=False, name="soft_share")
        self._answers: Any = None  # made later, outside a strategy's scope: its batches are put together on the host
        self._device = "CPU:0" if tf.distribute.has_strategy() else None

    def set(self, answers: np.ndarray, share: float) -> None:
        """Puts the teacher's answers (n, k) for all rows in place, and their share in the loss."""
        if self._answers is None:
            shape = [None, self.task.n_outputs]
            with tf.device(self._device):
                self._answers = tf.Variable(answers, trainable=False, dtype="float32", shape=shape, name="soft_targets")
        self._answers.assign(answers.astype("float32"))
        self.share.assign(share)

    def beside(self, y: Any, rows: Any) -> Any:
        """(b, own + k) targets of a batch: the labels (b,) or (b, own), and the teacher's answers for its rows."""
        own = tf.cast(y, "float32")
        own = own[:, None] if len(own.shape) == 1 else own
        return tf.concat([own, tf.gather(self._answers, rows)], axis=1)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(b,) losses."""
        k = self.task.n_outputs
        own, soft = y_true[:, :-k], y_true[:, -k:]
        share = self.share.value
        return (1 - share) * self.loss.call(own, y_pred) + share * self._soft(soft, y_pred)

    def _soft(self, soft: Any, z: Any) -> Any:
        """(b,) losses against the teacher; times T², so that its gradients weigh as much as those of labels do."""
        if not self.task.is_classification:
            return tf.reduce_mean(tf.square(z - soft), axis=-1)
        if self.task.is_multilabel:
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=soft, logits=z / TEMPERATURE)
            return TEMPERATURE**2 * tf.reduce_mean(losses, axis=-1)
        return -(TEMPERATURE**2) * tf.reduce_sum(soft * tf.nn.log_softmax(z / TEMPERATURE), axis=-1)


def soft_targets(predictions: np.ndarray, task: Task, to_network: Any) -> np.ndarray:
    """(n, k) what a student is asked for: probabilities at the teaching temperature, or standardised targets.

    Args:
        predictions: The teacher's, (n, k) probabilities, or (n,) or (n, m) in the targets' units.
        task: What is predicted.
        to_network: Standardises targets.
    """
    from wizard.training.calibration import tempered

    if task.is_classification:
        return tempered(predictions, TEMPERATURE, task).astype("float32")
    return to_network(predictions).reshape(len(predictions), -1)
