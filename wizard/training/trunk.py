"""The part of a network that nothing trains: what it makes of the rows is computed once a run, not at every step.

Kept features are those that the whole network would compute; where a layer adds up in another order for other batches,
they may differ by rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.training.steps import Steps

KEPT_BYTES = 2**28  # of features: rows that would take more go through the whole network at every step


class Trunk:
    """A network cut behind its last layer that nothing trains; see the module's docstring."""

    def __init__(self, model: Any, answers: Any, layer: str, gathered: Callable[[Any], Any]) -> None:
        """Cuts; nothing is computed or traced yet.

        Args:
            model: The whole network, compiled.
            answers: The same with its members' answers averaged.
            layer: Name of the layer behind which it is cut. What follows it depends on nothing before it.
            gathered: Rows (b,) -> the network's inputs.
        """
        output = model.get_layer(layer).output
        self.rest = keras.Model(output, model.output, name=model.name)
        self._n_numbers = int(np.prod(output.shape[1:]))
        shape = tf.TensorShape([None, *output.shape[1:]])
        self._kept = tf.Variable(tf.zeros((0, *output.shape[1:])), trainable=False, shape=shape)
        self._place = np.empty(0, "int64")  # of each row among the kept ones; −1 for one that is not
        self._places = tf.Variable(self._place, trainable=False, shape=tf.TensorShape([None]))
        rows = [tf.TensorSpec((None,), "int64")]
        before, behind = keras.Model(model.input, output), keras.Model(output, answers.output)
        self._features = tf.function(lambda r: before(gathered(r), training=False), rows, autograph=False)
        self.answers = tf.function(lambda r: behind(self.features(r), training=False), rows, autograph=False)
        self.steps = Steps(self.rest)

    def features(self, rows: Any) -> Any:
        """(b, …) what is kept of rows (b,), inside a graph or outside."""
        return tf.gather(self._kept, tf.gather(self._places, rows))

    def keep(self, rows: np.ndarray, n_rows: int, at_a_time: int) -> None:
        """Computes and keeps the features of some rows, with the weights that are in place; of too many, of none.

        Args:
            rows: Their numbers, each once.
            n_rows: Rows that there are.
            at_a_time: That go through the network together.
        """
        self.forget()
        if 4 * len(rows) * self._n_numbers > KEPT_BYTES:
            return
        self._place = np.full(n_rows, -1, "int64")
        self._place[rows] = np.arange(len(rows))
        self._places.assign(self._place)
        kept = np.empty((len(rows), *self._kept.shape[1:]), "float32")
        for start in range(0, len(rows), at_a_time):
            part = slice(start, start + at_a_time)
            kept[part] = self._features(tf.constant(rows[part], "int64"))
        self._kept.assign(kept)

    def forget(self) -> None:
        """Keeps nothing any more: other weights or data are in place, or another network's features are kept."""
        if self.is_kept:
            self._place = np.empty(0, "int64")
            self._kept.assign(tf.zeros((0, *self._kept.shape[1:])))

    @property
    def is_kept(self) -> bool:
        """Whether there are kept features."""
        return len(self._place) > 0

    def has(self, rows: np.ndarray) -> bool:
        """Whether the features of all of some rows are kept."""
        return self.is_kept and bool((self._place[rows] >= 0).all())
