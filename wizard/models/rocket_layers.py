"""MiniRocket's features of series: fixed kernels, and how often each one's answer lies above a threshold.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from wizard.data.layers import PACKAGE

TAPS = 9  # steps that a kernel sees
KERNELS = np.array(  # (84, 9): all ways to put three 2s among −1s; each sums to 0, so that the level does not count
    [[2.0 if tap in twos else -1.0 for tap in range(TAPS)] for twos in combinations(range(TAPS), 3)], "float32"
)
ENERGY = 18.0  # sum of a kernel's squares: the variance of its answer to noise of variance 1
MOST_DILATIONS = 32  # a kernel, as in the paper
MOST_CHANNELS = 9  # that one kernel adds up, as in the paper's variant for several channels
MARKED = 1 / 8  # of the kernels look at where something was measured, where a channel tells that
GOLDEN = (math.sqrt(5) + 1) / 2  # multiples of it, modulo 1, spread quantiles evenly however many there are
GRAIN = 2.0**-11  # standard deviations: values are rounded to it, and clipped, so that 24 bits hold every sum exactly:
LIMIT = 2.0**6  # a flat stretch then answers 0 and not the noise of adding, in any order, on any machine
ANSWERS_AT_ONCE = 2**22  # numbers, 16 MiB: of all kernels at one dilation
FEWEST_VARIED = 0.01  # standard deviation of a share: what varies less is not blown up


def dilations(length: int, n_a_kernel: int) -> list[tuple[int, int]]:
    """Dilations, even in their logarithm up to (length − 1) / 8, and the features a kernel that each one gets."""
    most = min(n_a_kernel, MOST_DILATIONS)
    furthest = math.log2(max((length - 1) / (TAPS - 1), 1.0))
    found, counts = np.unique(np.logspace(0, furthest, most, base=2).astype("int64"), return_counts=True)
    counts = counts * (n_a_kernel // most)
    for extra in range(n_a_kernel - int(counts.sum())):
        counts[extra % len(counts)] += 1
    return [(int(dilation), int(count)) for dilation, count in zip(found, counts, strict=True)]


def channels_of(n_dilations: int, n_channels: int, n_measured: int) -> np.ndarray:
    """(n_dilations, 84, c) of 0 and 1: which channels a kernel adds up; drawn once for all networks of the shape."""
    random = np.random.default_rng([n_dilations, n_channels])
    chosen = np.zeros((n_dilations, len(KERNELS), n_channels), "float32")
    exponent = math.log2(min(n_measured, MOST_CHANNELS) + 1)
    for dilation, kernel in np.ndindex(chosen.shape[:2]):
        n = int(2 ** random.uniform(0, exponent))
        chosen[dilation, kernel, random.choice(n_measured, n, replace=False)] = 1
        if n_measured < n_channels and random.random() < MARKED:
            chosen[dilation, kernel] = np.arange(n_channels) >= n_measured
    return chosen


def quantiles(n_a_kernel: int) -> np.ndarray:
    """(84, n_a_kernel) in 0–1: of a kernel's answers, where its thresholds lie."""
    return (np.arange(1, KERNELS.shape[0] * n_a_kernel + 1) * GOLDEN % 1).reshape(KERNELS.shape[0], n_a_kernel)


@keras.saving.register_keras_serializable(package=PACKAGE)
class RocketFeatures(keras.layers.Layer):
    """Shares of a series' steps at which a dilated kernel answers above a threshold: (b, t, c) -> (b, 84 · n).

    The kernels are fixed, the thresholds and the scale of the shares are fitted to training rows by `fit`; nothing is
    trained. Backwards a threshold passes a smooth slope on, so that it can be asked which steps count.

    Args:
        n_a_kernel: n, features of each of the 84 kernels, over all its dilations.
        n_measured: Channels that hold measurements; those behind them tell where something was measured.
    """

    built: bool

    def __init__(self, n_a_kernel: int, n_measured: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n_a_kernel, self.n_measured = int(n_a_kernel), int(n_measured)

    def build(self, shape: Any) -> None:
        """Thresholds for white noise, and a scale that does nothing much, until they are fitted."""
        from scipy.special import ndtri

        _, self.length, n_channels = shape
        self.dilations = dilations(self.length, self.n_a_kernel)
        self.chosen = channels_of(len(self.dilations), n_channels, self.n_measured)
        counts = [count for _, count in self.dilations]
        spread = np.sqrt(ENERGY * np.repeat(self.chosen.sum(2), counts, axis=0)).T  # (84, n)
        share = quantiles(self.n_a_kernel)
        noise = (ndtri(share) * spread).astype("float32")
        size = share.shape
        self.thresholds = self._fitted("thresholds", size, noise)
        self.mean = self._fitted("mean", size, (1 - share).astype("float32"))
        self.std = self._fitted("std", size, np.full(size, 0.25, "float32"))
        signature = [tf.TensorSpec((None, self.length, n_channels), "float32")]
        self._graph = tf.function(self._shares, autograph=False, input_signature=signature)
        self.built = True

    def _fitted(self, name: str, shape: tuple[int, ...], start: np.ndarray) -> Any:
        return self.add_weight(
            shape=shape, initializer=lambda shape, dtype: tf.constant(start, dtype), trainable=False, name=name
        )

    def call(self, series: Any) -> Any:
        """(b, t, c) standardised -> (b, 84 · n), of order 1."""
        standard = (self.shares(series) - self.mean) / self.std
        return tf.reshape(standard, (-1, len(KERNELS) * self.n_a_kernel))

    def shares(self, series: Any) -> Any:
        """(b, t, c) standardised -> (b, 84, n) in 0–1; the hundreds of operations are traced once for all callers."""
        series = tf.cast(series, "float32")
        return self._shares(series) if tf.distribute.has_strategy() else self._graph(series)

    def _shares(self, series: Any) -> Any:
        x = tf.transpose(rounded(series), (0, 2, 1))  # (b, c, t)
        parts: list[Any] = []
        start = 0
        for number, (dilation, count) in enumerate(self.dilations):
            thresholds = self.thresholds[:, start : start + count]
            start += count
            with tf.control_dependencies(parts[-1:]):  # one after the other: all at once would fill the memory
                taps = shifted(x, dilation)  # (b, 9 c, t)
            parts.append(self._of_dilation(taps, thresholds, number, dilation))
        return tf.concat(parts, axis=2)

    def _of_dilation(self, taps: Any, thresholds: Any, number: int, dilation: int) -> Any:
        """Shares (b, 84, count): every second kernel sees the padded ends as well, dilation by dilation in turn."""
        weights = KERNELS[:, :, None] * self.chosen[number][:, None, :]  # (84, 9, c)
        weights = weights.reshape(len(KERNELS), -1)
        end = dilation * (TAPS // 2)
        inner = taps[:, :, end : self.length - end] if self.length > 2 * end else taps
        by_turn = [
            share_above(tf.matmul(weights[turn::2], taps if (number + turn) % 2 == 0 else inner), thresholds[turn::2])
            for turn in (0, 1)
        ]
        return tf.reshape(tf.stack(by_turn, axis=2), (-1, len(KERNELS), thresholds.shape[1]))

    def fit(self, series: np.ndarray, random: np.random.Generator) -> None:
        """Takes thresholds from the kernels' answers to random series, and the scale from all.

        Args:
            series: (n, t, c) standardised training rows.
            random: Draws the row that gives a kernel's thresholds at a dilation.
        """
        share = quantiles(self.n_a_kernel)
        found, start = np.empty_like(share), 0
        for number, (dilation, count) in enumerate(self.dilations):
            rows = series[random.integers(0, len(series), len(KERNELS))]  # (84, t, c)
            x = tf.transpose(rounded(tf.constant(rows)), (0, 2, 1))
            taps = np.asarray(shifted(x, dilation)).reshape(len(KERNELS), TAPS, -1, self.length)
            answers = np.einsum("kjct,kj,kc->kt", taps, KERNELS, self.chosen[number], dtype="float64")
            for kernel, answer in enumerate(answers):
                part = slice(start, start + count)
                found[kernel, part] = np.quantile(answer, share[kernel, part])
            start += count
        self.thresholds.assign(found.astype("float32"))
        total = squares = np.zeros(share.shape)
        at_once = max(1, ANSWERS_AT_ONCE // (len(KERNELS) * self.length))
        for block in np.array_split(series, -(-len(series) // at_once)):
            shares = np.asarray(self.shares(tf.constant(block))).astype("float64")
            total, squares = total + shares.sum(0), squares + (shares**2).sum(0)
        mean = total / len(series)
        std = np.sqrt(np.maximum(squares / len(series) - mean**2, 0))
        self.mean.assign(mean)
        self.std.assign(np.maximum(std, FEWEST_VARIED))

    def compute_output_spec(self, series: Any) -> keras.KerasTensor:
        """(b, 84 · n)."""
        if not self.built:
            self.build(series.shape)
            self.built = True
        return keras.KerasTensor((series.shape[0], len(KERNELS) * self.n_a_kernel), "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_a_kernel": self.n_a_kernel, "n_measured": self.n_measured}


def rounded(series: Any) -> Any:
    """Values rounded to GRAIN and clipped to ±LIMIT; backwards the rounding is not seen."""
    x = tf.clip_by_value(tf.cast(series, "float32"), -LIMIT, LIMIT)
    return x + tf.stop_gradient(tf.round(x / GRAIN) * GRAIN - x)


def shifted(x: Any, dilation: int) -> Any:
    """What the nine taps see: (b, c, t) -> (b, 9 c, t), zeros beyond the ends."""
    t, end = x.shape[2], dilation * (TAPS // 2)
    padded = tf.pad(x, ((0, 0), (0, 0), (end, end)))
    return tf.concat([padded[:, :, tap * dilation : tap * dilation + t] for tap in range(TAPS)], axis=1)


@tf.custom_gradient
def share_above(answers: Any, thresholds: Any) -> tuple[Any, Any]:
    """Share of steps above each threshold: answers (b, k, t), thresholds (k, m) -> (b, k, m).

    Backwards a step counts as the smooth z / (1 + |z|), whose slope is nowhere 0 (Zenke & Ganguli 2018).
    """
    n = thresholds.shape[1]
    shares: list[Any] = []
    for column in range(n):
        with tf.control_dependencies(shares[-1:]):
            is_above = answers > thresholds[:, column, None]
        shares.append(tf.reduce_mean(tf.cast(is_above, "float32"), axis=2))

    def slope(upstream: Any) -> tuple[Any, None]:
        t = tf.cast(tf.shape(answers)[2], "float32")
        total = tf.zeros_like(answers)
        for column in range(n):
            distance = tf.abs(answers - thresholds[:, column, None])
            total += upstream[:, :, column, None] / tf.square(1 + distance) / t
        return total, None

    return tf.stack(shares, axis=2), slope
