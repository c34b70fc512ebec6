"""The preprocessing of series as a Keras layer: what runs before training and inside the exported predictor.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE


@keras.saving.register_keras_serializable(package=PACKAGE)
class FitSteps(keras.layers.Layer):
    """Series of any length (b, t, c), NaN where nothing was measured, to `length` steps without gaps.

    Longer ones are cut; blocks of steps are averaged over what was measured; a gap takes the last value before it, or
    the channel's mean where there is none; behind the last measured step come means. Infinite values are gaps.

    Args:
        length: Steps of the result.
        block: Steps that are averaged into one.
        means: (c,) of the training rows, in the channels' own units.
        marks_gaps: Whether one more channel tells what share of the step's values was measured.
    """

    def __init__(self, length: int, block: int, means: list[float], marks_gaps: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length, self.block, self.marks_gaps = int(length), int(block), bool(marks_gaps)
        self.means = [float(mean) for mean in means]

    def call(self, series: Any) -> Any:
        """(b, t, c) -> (b, length, c), or (b, length, c + 1) with the measured share."""
        n_channels, wanted = len(self.means), self.length * self.block
        cut = tf.ensure_shape(series, (None, None, n_channels))[:, :wanted]  # Keras lets one channel pass for several
        is_known = tf.math.is_finite(cut)
        behind = [[0, 0], [0, wanted - tf.shape(cut)[1]], [0, 0]]
        shape = (-1, self.length, self.block, n_channels)
        known = tf.reshape(tf.cast(tf.pad(is_known, behind), "float32"), shape)
        values = tf.reshape(tf.pad(tf.where(is_known, cut, tf.zeros_like(cut)), behind), shape)
        n_known = tf.reduce_sum(known, 2)  # (b, length, c)
        x = tf.math.divide_no_nan(tf.reduce_sum(values, 2), n_known)
        source = tf.where(n_known > 0, tf.range(self.length)[None, :, None], -1)  # the step that a value comes from
        ahead = 1
        while ahead < self.length:  # doubling: after k rounds the greatest of 2^k steps
            earlier = tf.pad(source[:, :-ahead], [[0, 0], [ahead, 0], [0, 0]], constant_values=-1)
            source = tf.maximum(source, earlier)
            ahead *= 2
        carried = tf.gather(tf.transpose(x, (0, 2, 1)), tf.maximum(tf.transpose(source, (0, 2, 1)), 0), batch_dims=2)
        is_inside = tf.cumsum(tf.reduce_sum(n_known, 2, keepdims=True), axis=1, reverse=True) > 0  # (b, length, 1)
        has_value = tf.logical_and(source >= 0, is_inside)
        filled = tf.where(has_value, tf.transpose(carried, (0, 2, 1)), tf.constant(self.means, "float32"))
        if self.marks_gaps:
            share = tf.reduce_sum(n_known, 2, keepdims=True) / float(self.block * n_channels)
            filled = tf.concat([filled, share], axis=2)
        return tf.ensure_shape(filled, (None, self.length, n_channels + self.marks_gaps))

    def compute_output_spec(self, series: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((series.shape[0], self.length, len(self.means) + self.marks_gaps), "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {
            **super().get_config(),
            "length": self.length,
            "block": self.block,
            "means": self.means,
            "marks_gaps": self.marks_gaps,
        }
