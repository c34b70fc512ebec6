"""Taking out of inputs what varies and says nothing of the label, as Keras layers that a predictor carries along.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE

FLAT = 0.05  # of the usual spread: flatter examples are not blown up further than by that


@keras.saving.register_keras_serializable(package=PACKAGE)
class EvenLight(keras.layers.Layer):
    """Pictures (b, h, w, c) of one brightness, one contrast, or without colour; float32.

    Args:
        out: What is taken out: "brightness", "contrast", "colour".
        level: Mean that every picture gets.
        spread: Standard deviation that every picture gets.
    """

    def __init__(self, out: list[str], level: float, spread: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.out, self.level, self.spread = list(out), float(level), float(spread)
        self._convert_input_args = False

    def call(self, pictures: Any) -> Any:
        """Same shape."""
        x = tf.cast(pictures, "float32")
        if "colour" in self.out:
            x = tf.reduce_mean(x, 3, keepdims=True) + tf.zeros_like(x)
        mean = tf.reduce_mean(x, (1, 2, 3), keepdims=True)
        around = x - mean
        if "contrast" in self.out:
            own = tf.sqrt(tf.reduce_mean(around**2, (1, 2, 3), keepdims=True))
            around *= self.spread / tf.maximum(own, FLAT * self.spread)
        return around + (self.level if "brightness" in self.out else mean)

    def compute_output_spec(self, pictures: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(pictures.shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "out": self.out, "level": self.level, "spread": self.spread}


@keras.saving.register_keras_serializable(package=PACKAGE)
class EvenCourse(keras.layers.Layer):
    """Series (b, t, c), NaN where nothing was measured, of one level or one amplitude in each channel; float32.

    Computed with double precision: the order in which sums are taken differs between a file and here, and what counts
    how often a series passes a threshold (MiniRocket) tells the last bit of a float32.

    Args:
        out: What is taken out: "level", "amplitude".
        level: (c,) mean that every series gets.
        spread: (c,) standard deviation that every series gets.
    """

    def __init__(self, out: list[str], level: list[float], spread: list[float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.out, self.level, self.spread = list(out), [float(v) for v in level], [float(v) for v in spread]

    def call(self, series: Any) -> Any:
        """Same shape, NaN where there was none."""
        series, nothing = tf.cast(series, "float64"), tf.constant(0.0, "float64")
        is_known = tf.math.is_finite(series)
        n = tf.reduce_sum(tf.cast(is_known, "float64"), 1, keepdims=True)
        mean = tf.math.divide_no_nan(tf.reduce_sum(tf.where(is_known, series, nothing), 1, keepdims=True), n)
        around = series - mean
        if "amplitude" in self.out:
            spread = tf.constant(self.spread, "float64")
            own = tf.math.divide_no_nan(tf.reduce_sum(tf.where(is_known, around, nothing) ** 2, 1, keepdims=True), n)
            around *= spread / tf.maximum(tf.sqrt(own), FLAT * spread)
        return tf.cast(around + (tf.constant(self.level, "float64") if "level" in self.out else mean), "float32")

    def compute_output_spec(self, series: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(series.shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "out": self.out, "level": self.level, "spread": self.spread}
