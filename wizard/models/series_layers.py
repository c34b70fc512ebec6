"""The augmentation of series, of a variable strength, so that one traced graph serves many runs.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE

JITTER = 0.1  # standard deviations of a channel, at full strength: noise that a sensor may well have
SCALE = 0.2  # of the magnitude, at full strength
SHIFT = 0.1  # of the length, at full strength


@keras.saving.register_keras_serializable(package=PACKAGE)
class AugmentSeries(keras.layers.Layer):
    """Random noise, magnitude and time shift of standardised series (b, t, c) while training, of strength 0–1.

    Each series is drawn its own: noise of 0.1 standard deviations, each channel stretched by up to 20%, all shifted by
    up to 10% of the length at strength 1; the edge's own values fill what comes in (Um et al. 2017).

    Args:
        n_measured: Channels that hold measurements; those behind them are shifted only.
    """

    built: bool

    def __init__(self, n_measured: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n_measured = int(n_measured)
        self.seeds = keras.random.SeedGenerator()

    def build(self, shape: Any) -> None:
        """The strength, 0 until assigned."""
        self.strength = self.add_weight(shape=(), initializer="zeros", trainable=False, name="strength")

    def call(self, series: Any, training: bool = False) -> Any:
        """Same shape; while not training, or at strength 0, the same series."""
        if not training:
            return series
        seed = tf.cast(self.seeds.next(), "int32")
        strength = self.strength.value
        return tf.cond(strength > 0, lambda: varied(series, strength, seed, self.n_measured), lambda: series)

    def compute_output_spec(self, series: Any, training: bool = False) -> keras.KerasTensor:
        """Same shape, float32."""
        if not self.built:
            self.build(series.shape)
            self.built = True
        return keras.KerasTensor(series.shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_measured": self.n_measured}


def varied(series: Any, strength: Any, seed: Any, n_measured: int) -> Any:
    """Adds noise to standardised series (b, t, c), stretches their magnitude and shifts them in time."""
    shape = tf.shape(series)
    b, t = shape[0], shape[1]
    seeds = tf.random.experimental.stateless_split(seed, 3)
    furthest = strength * SHIFT * tf.cast(t, "float32")
    by = tf.cast(tf.round(tf.random.stateless_uniform((b, 1), seeds[0], -1.0, 1.0) * furthest), "int32")
    source = tf.clip_by_value(tf.range(t)[None, :] - by, 0, t - 1)  # (b, t)
    shifted = tf.gather(series, source, batch_dims=1)
    measured = shifted[:, :, :n_measured]
    stretch = 1.0 + SCALE * strength * tf.random.stateless_uniform((b, 1, n_measured), seeds[1], -1.0, 1.0)
    noise = JITTER * strength * tf.random.stateless_normal(tf.shape(measured), seeds[2])
    result = tf.concat([measured * stretch + noise, shifted[:, :, n_measured:]], axis=2)
    return tf.ensure_shape(result, series.shape)
