"""Layers of networks for tables: numbers as embeddings, members that share weights, rates of their own.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from wizard.data.layers import PACKAGE

ROUNDS = 50  # in which the share of a bin settles
NARROW = 1e-6  # a bin narrower than this would explode beyond its ends: it is joined to its neighbour


@keras.saving.register_keras_serializable(package=PACKAGE)
class PiecewiseLinear(keras.layers.Layer):
    """Numbers (b, d) as embeddings (b, d, e): a linear map, plus one that bends at the training rows' quantiles.

    A number's component t grows from 0 to 1 over bin t; the first is open below, the last above. Version "B" of
    Gorishniy et al., On embeddings for numerical features in tabular deep learning, NeurIPS 2022.

    Args:
        n_bins: Most bins a number; `fit` makes fewer where values repeat.
        width: e.
    """

    def __init__(self, n_bins: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n_bins, self.width = int(n_bins), int(width)

    def build(self, shape: Any) -> None:
        """The bins, one open one until fitted; a linear map a number, and one of its components, which starts at 0."""
        d = shape[-1]
        start = keras.initializers.RandomUniform(-1 / math.sqrt(self.width), 1 / math.sqrt(self.width))
        self.linear = self.add_weight(shape=(d, self.width), initializer=start, name="embedding_linear")
        self.offset = self.add_weight(shape=(d, self.width), initializer=start, name="embedding_offset")
        self.bend = self.add_weight(shape=(d, self.n_bins, self.width), initializer="zeros", name="embedding_bend")
        fixed = {"shape": (d, self.n_bins), "initializer": "zeros", "trainable": False}
        self.low = self.add_weight(**fixed, name="low")
        self.slope = self.add_weight(**fixed, name="slope")  # 1 / width of a bin; 0 where there is none
        self.is_first = self.add_weight(**fixed, name="is_first")
        self.is_last = self.add_weight(**fixed, name="is_last")

    def fit(self, x: np.ndarray) -> None:
        """Puts the bins at quantiles of training rows (n, d)."""
        d = x.shape[1]
        low, slope, first, last = (np.zeros((d, self.n_bins), "float32") for _ in range(4))
        for number, column in enumerate(x.T):
            edges = bin_edges(column.astype("float64"), self.n_bins)
            edges = edges[np.concatenate([[True], np.diff(edges) > NARROW])]
            n = len(edges) - 1
            if n < 1:
                continue
            low[number, :n], slope[number, :n] = edges[:-1], 1 / np.diff(edges)
            first[number, 0] = last[number, n - 1] = 1
        for variable, values in zip(
            (self.low, self.slope, self.is_first, self.is_last), (low, slope, first, last), strict=True
        ):
            variable.assign(values)

    def call(self, x: Any) -> Any:
        """(b, d) -> (b, d, e)."""
        part = (x[:, :, None] - self.low) * self.slope  # (b, d, bins)
        part = tf.where(self.is_first > 0, part, tf.maximum(part, 0.0))
        part = tf.where(self.is_last > 0, part, tf.minimum(part, 1.0))
        return x[:, :, None] * self.linear + self.offset + tf.einsum("bdt,dte->bde", part, self.bend)

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, d, e)."""
        return (*shape, self.width)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_bins": self.n_bins, "width": self.width}


def bin_edges(column: np.ndarray, n_bins: int) -> np.ndarray:
    """Edges of at most so many bins at the quantiles of a column (n,), in which no value counts for more than one bin.

    Plain quantiles spend nearly all bins on a value that most rows have (no capital gain), and hardly any on the few
    rows that differ, which often say most.
    """
    values, counts = np.unique(column, return_counts=True)
    if len(values) <= n_bins + 1:
        return values
    most = len(column) / n_bins
    for _ in range(ROUNDS):
        most = np.minimum(counts, most).sum() / n_bins  # taking from the frequent values makes every bin smaller
    upto = np.cumsum(np.minimum(counts, most))
    places = np.searchsorted(upto, np.linspace(0, upto[-1], n_bins + 1))
    return np.unique(values[np.minimum(places, len(values) - 1)])


@keras.saving.register_keras_serializable(package=PACKAGE)
class Members(keras.layers.Layer):
    """One example as m members see it, each feature scaled by a number of the member's own: (b, D) -> (b, m, D).

    Gorishniy, Kotelnikov & Babenko, TabM, ICLR 2025 (the "mini" variant).

    Args:
        n_members: m.
        sizes: Numbers that each feature takes; one scale serves them all. Their sum is D.
        is_normal: Whether scales start normally distributed, as is best with embeddings; else at -1 or 1.
    """

    def __init__(self, n_members: int, sizes: list[int], is_normal: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n_members, self.sizes, self.is_normal = int(n_members), [int(size) for size in sizes], bool(is_normal)

    def build(self, shape: Any) -> None:
        """(m, features) scales."""
        start = keras.initializers.RandomNormal(stddev=1.0)
        self.scales = self.add_weight(
            shape=(self.n_members, len(self.sizes)), initializer=start, name="embedding_scales"
        )
        if not self.is_normal:
            self.scales.assign(tf.where(self.scales.value < 0, -1.0, 1.0))

    def call(self, x: Any) -> Any:
        """(b, D) -> (b, m, D)."""
        return x[:, None] * tf.repeat(self.scales.value, self.sizes, axis=1)

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, m, D)."""
        return (shape[0], self.n_members, shape[1])

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_members": self.n_members, "sizes": self.sizes, "is_normal": self.is_normal}


@keras.saving.register_keras_serializable(package=PACKAGE)
class FeatureScale(keras.layers.Layer):
    """A trainable scale a feature, starting at 1; it learns `speed` times as fast as other weights."""

    def __init__(self, speed: float = 6.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.speed = float(speed)

    def build(self, shape: Any) -> None:
        """(d,) stored divided by the speed: Adam does not see the scale."""
        start = keras.initializers.Constant(1 / self.speed)
        self.scale = self.add_weight(shape=(shape[-1],), initializer=start, name="scale")

    def call(self, x: Any) -> Any:
        """(b, d) -> (b, d)."""
        return x * (self.speed * self.scale)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "speed": self.speed}


@keras.saving.register_keras_serializable(package=PACKAGE)
class TangentDense(keras.layers.Layer):
    """A dense layer x @ W / sqrt(inputs) + b (Jacot et al. 2018), its bias a tenth as fast as its weights."""

    BIAS_SPEED = 0.1

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = int(units)

    def build(self, shape: Any) -> None:
        """Weights of unit variance, biases 0."""
        start = keras.initializers.RandomNormal(stddev=1.0)
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer=start, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """(b, d) -> (b, units)."""
        return tf.matmul(x, self.kernel.value) / math.sqrt(self.kernel.shape[0]) + self.BIAS_SPEED * self.bias

    def fit(self, x: Any) -> None:
        """Rescales the weights of each unit so that its answers to training rows (n, d) have unit deviation."""
        spread = tf.math.reduce_std(self(x), axis=0)
        self.kernel.assign(self.kernel / tf.where(spread > NARROW, spread, 1.0))

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, units)."""
        return (*shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package=PACKAGE)
class PeriodicEmbedding(keras.layers.Layer):
    """Numbers (b, d), each beside three made of its waves: (b, 4 d) (Gorishniy et al. 2022; densely linked, 2024)."""

    WAVES, MADE = 16, 3

    def __init__(self, deviation: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deviation = float(deviation)

    def build(self, shape: Any) -> None:
        """Frequencies, phases, and a linear map a number."""
        d = shape[-1]
        normal = keras.initializers.RandomNormal(stddev=self.deviation)
        phase = keras.initializers.RandomUniform(-math.pi, math.pi)
        start = keras.initializers.RandomUniform(-1 / math.sqrt(self.WAVES), 1 / math.sqrt(self.WAVES))
        self.frequency = self.add_weight(shape=(d, self.WAVES), initializer=normal, name="embedding_frequency")
        self.phase = self.add_weight(shape=(d, self.WAVES), initializer=phase, name="embedding_phase")
        self.mix = self.add_weight(shape=(d, self.WAVES, self.MADE), initializer=start, name="embedding_mix")
        self.offset = self.add_weight(shape=(d, self.MADE), initializer=start, name="embedding_offset")

    def call(self, x: Any) -> Any:
        """(b, d) -> (b, 4 d)."""
        waves = tf.cos(2 * math.pi * x[:, :, None] * self.frequency + self.phase)  # (b, d, waves)
        made = tf.einsum("bdw,dwm->bdm", waves, self.mix) + self.offset
        together = tf.concat([x[:, :, None], made], axis=2)  # (b, d, 4)
        return tf.reshape(together, (-1, x.shape[1] * (1 + self.MADE)))

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, 4 d)."""
        return (shape[0], shape[1] * (1 + self.MADE))

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "deviation": self.deviation}
