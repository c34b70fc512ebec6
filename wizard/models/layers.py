"""Layers and schedule whose numbers are variables, so that one traced graph serves many runs.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE

SHIFT = 0.12  # of the side, at full augmentation strength: one pixel of eight, three of twenty-eight
TURN = 15 * math.pi / 180  # radians, at full strength
ZOOM = 0.12  # of the size, at full strength
WARM_UP = 0.05  # of the steps, in the cosine schedule
HIDDEN = 0.3  # of a text's words become unknown, at full strength
UNKNOWN = 1  # code of a token that training texts do not have
EMBEDDING_START = 0.5  # embeddings start within ±: a mean over a dozen is then as large as other features
PAIR_FACTOR = 1_000_003  # a prime, so that neighbours in either order fall into different buckets


class _Same(keras.layers.Layer):
    """A layer whose output has its input's shape, with weights that exist before any batch was seen."""

    built: bool

    def compute_output_spec(self, x: Any, training: bool = False) -> keras.KerasTensor:
        """Same shape, float32."""
        if not self.built:
            self.build(x.shape)
            self.built = True
        return keras.KerasTensor(x.shape, "float32")


@keras.saving.register_keras_serializable(package=PACKAGE)
class Standardize(_Same):
    """(x - mean) / std per channel (last axis); the training rows' numbers are assigned before each run."""

    def build(self, shape: Any) -> None:
        """One mean and one standard deviation a channel."""
        self.mean = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="mean")
        self.std = self.add_weight(shape=(shape[-1],), initializer="ones", trainable=False, name="std")

    def call(self, x: Any) -> Any:
        """(b, …, c) of any dtype -> float32."""
        return (keras.ops.cast(x, "float32") - self.mean) / self.std


@keras.saving.register_keras_serializable(package=PACKAGE)
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's own (Ioffe & Szegedy 2015), in training by TensorFlow's one kernel for all of it.

    Keras adds it up from a dozen operations, each of which goes over all places again: of a small residual network's
    step on a processor that is a quarter to a third. The numbers are the same but for rounding. For (b, …, c) of one or
    two places, float32, as our networks have them; predictions are Keras's.
    """

    def call(self, x: Any, training: bool = False) -> Any:
        """Same shape; in training, the moving statistics take in the batch's."""
        if not (training and self.trainable):
            return super().call(x, training=False)
        places = x if len(x.shape) == 4 else x[:, :, None]
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=places, scale=self.gamma.value, offset=self.beta.value, mean=tf.zeros([0]), variance=tf.zeros([0]),
            epsilon=self.epsilon, is_training=True,
        )  # fmt: skip
        n = tf.cast(tf.size(places) / tf.shape(places)[-1], "float32")
        variance = variance * (n - 1) / n  # the kernel divides by n - 1
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1 - self.momentum))
        return y if len(x.shape) == 4 else y[:, :, 0]


@keras.saving.register_keras_serializable(package=PACKAGE)
class Dropout(_Same):
    """Dropout (Srivastava et al. 2014) with a variable rate; `spatial` drops whole channels (Tompson et al. 2015)."""

    def __init__(self, spatial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spatial = spatial
        self.seeds = keras.random.SeedGenerator()

    def build(self, shape: Any) -> None:
        """The rate, 0 until assigned."""
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")

    def call(self, x: Any, training: bool = False) -> Any:
        """Same shape; while not training, or at rate 0, the same numbers."""
        if not training:
            return x
        seed = tf.cast(self.seeds.next(), "int32")
        shape = tf.shape(x)
        if self.spatial:
            shape = tf.concat([shape[:1], tf.ones_like(shape[1:-1]), shape[-1:]], 0)
        rate = self.rate.value
        return tf.cond(
            rate > 0,
            lambda: tf.nn.experimental.stateless_dropout(x, rate=rate, seed=seed, noise_shape=shape),
            lambda: x,
        )

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "spatial": self.spatial}


@keras.saving.register_keras_serializable(package=PACKAGE)
class AugmentPictures(_Same):
    """Random shift, turn and zoom of pictures (b, h, w, c) while training, of a variable strength 0–1.

    Each picture is drawn its own: shift up to 12% of the side, turn up to 15°, zoom up to 12% at strength 1; the edge's
    own pixels fill what comes in.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator()

    def build(self, shape: Any) -> None:
        """The strength, 0 until assigned."""
        self.strength = self.add_weight(shape=(), initializer="zeros", trainable=False, name="strength")

    def call(self, pictures: Any, training: bool = False) -> Any:
        """Same shape; while not training, or at strength 0, the same pictures."""
        if not training:
            return pictures
        seed = tf.cast(self.seeds.next(), "int32")
        strength = self.strength.value
        return tf.cond(strength > 0, lambda: moved(pictures, strength, seed), lambda: pictures)


def moved(pictures: Any, strength: Any, seed: Any) -> Any:
    """Shifts, turns and zooms each picture (b, h, w, c) about its centre by random amounts."""
    shape = tf.shape(pictures)
    height, width = tf.cast(shape[1], "float32"), tf.cast(shape[2], "float32")
    draws = tf.random.stateless_uniform((shape[0], 4), seed, -1.0, 1.0) * strength
    angle, zoom = draws[:, 0] * TURN, 1 + draws[:, 1] * ZOOM
    down, right = draws[:, 2] * SHIFT * height, draws[:, 3] * SHIFT * width
    cos, sin = tf.cos(angle) * zoom, tf.sin(angle) * zoom
    x0, y0 = (width - 1) / 2, (height - 1) / 2
    zero = tf.zeros_like(angle)
    transforms = tf.stack(
        [cos, -sin, x0 - cos * x0 + sin * y0 + right, sin, cos, y0 - sin * x0 - cos * y0 + down, zero, zero], axis=1
    )
    result = tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures,
        transforms=transforms,
        output_shape=shape[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    return tf.ensure_shape(result, pictures.shape)


@keras.saving.register_keras_serializable(package=PACKAGE)
class AugmentTokens(_Same):
    """Hides words of texts, codes (b, t), at random while training, of a variable strength 0–1.

    At strength 1 three words in ten become unknown ones, as word dropout does (Iyyer et al. 2015).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator()

    def build(self, shape: Any) -> None:
        """The strength, 0 until assigned."""
        self.strength = self.add_weight(shape=(), initializer="zeros", trainable=False, name="strength")

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Same shape; while not training, or at strength 0, the same codes."""
        if not training:
            return tokens
        seed = tf.cast(self.seeds.next(), "int32")
        strength = self.strength.value
        return tf.cond(strength > 0, lambda: hidden(tokens, strength, seed), lambda: tokens)

    def compute_output_spec(self, tokens: Any, training: bool = False) -> keras.KerasTensor:
        """Same shape, int32."""
        return keras.KerasTensor(super().compute_output_spec(tokens, training).shape, "int32")


def hidden(tokens: Any, strength: Any, seed: Any) -> Any:
    """Replaces each word of codes (b, t) by the unknown one with a probability of HIDDEN at strength 1."""
    is_hidden = tf.random.stateless_uniform(tf.shape(tokens), seed) < strength * HIDDEN
    return tf.where(is_hidden & (tokens > UNKNOWN), UNKNOWN, tokens)


AUGMENT = {"image": AugmentPictures, "tokens": AugmentTokens}  # by the kind of form, which is the tensor's name


@keras.saving.register_keras_serializable(package=PACKAGE)
class MeanEmbedding(keras.layers.Layer):
    """Mean of the embeddings of what a text has: codes (b, t) -> (b, e); code 0 is none, and a text of none is zeros.

    Args:
        n_codes: Rows of the embedding.
        width: e.
        bigrams: Buckets of pairs of neighbours, that share them by a hash; 0 leaves pairs out (Joulin et al. 2016).
    """

    built: bool

    def __init__(self, n_codes: int, width: int, bigrams: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.built: bool
        self.n_codes, self.width, self.bigrams = int(n_codes), int(width), int(bigrams)
        start = keras.initializers.RandomUniform(-EMBEDDING_START, EMBEDDING_START)
        self.words = keras.layers.Embedding(self.n_codes, self.width, embeddings_initializer=start, name="words")
        self.pairs = None
        if self.bigrams:
            self.pairs = keras.layers.Embedding(self.bigrams, self.width, embeddings_initializer=start, name="pairs")

    def build(self, shape: Any) -> None:
        """The tables of embeddings."""
        for table in (self.words, self.pairs):
            if table is not None:
                table.build(shape)

    def call(self, tokens: Any) -> Any:
        """(b, t) int32 -> (b, e); only words are looked up, as most of a batch's places are often empty."""
        n_texts, is_word = tf.shape(tokens)[0], tokens > 0
        at = tf.where(is_word)  # (w, 2): text and place
        total = tf.math.unsorted_segment_sum(self.words(tf.gather_nd(tokens, at)), at[:, 0], n_texts)
        n = tf.math.count_nonzero(is_word, 1, keepdims=True, dtype="float32")
        if self.pairs is not None:
            at = tf.boolean_mask(at, at[:, 1] > 0)  # words that have a place before them
            one, other = (tf.cast(tf.gather_nd(tokens, places), "int64") for places in (at - [[0, 1]], at))
            bucket = tf.cast(tf.math.floormod(one * PAIR_FACTOR + other, self.bigrams), "int32")
            total += tf.math.unsorted_segment_sum(self.pairs(bucket), at[:, 0], n_texts)
            n += tf.math.count_nonzero(is_word[:, 1:], 1, keepdims=True, dtype="float32")
        return total / tf.maximum(n, 1.0)

    def compute_output_spec(self, tokens: Any) -> keras.KerasTensor:
        """(b, e)."""
        if not self.built:
            self.build(tokens.shape)
            self.built = True
        return keras.KerasTensor((tokens.shape[0], self.width), "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_codes": self.n_codes, "width": self.width, "bigrams": self.bigrams}


@keras.saving.register_keras_serializable(package=PACKAGE)
class MemberHeads(keras.layers.Layer):
    """A linear head of its own for each of m members: (b, m, e) -> (b, m, k)."""

    def __init__(self, units: int, scale: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.scale = int(units), float(scale)

    def build(self, shape: Any) -> None:
        """Weights of variance scale / e, biases 0."""
        start = keras.initializers.RandomNormal(stddev=math.sqrt(self.scale / shape[-1]))
        self.kernel = self.add_weight(shape=(shape[1], shape[2], self.units), initializer=start, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """(b, m, e) -> (b, m, k)."""
        return tf.einsum("bme,mek->bmk", x, self.kernel) + self.bias

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, m, k)."""
        return (*shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "units": self.units, "scale": self.scale}


@keras.saving.register_keras_serializable(package=PACKAGE)
class MeanOfMembers(keras.layers.Layer):
    """The members' answer (b, m, k) -> (b, k): mean probabilities, as logits; or mean numbers.

    Args:
        kind: "classes", "labels" or "numbers".
    """

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def call(self, z: Any) -> Any:
        """(b, m, k) -> (b, k)."""
        if self.kind == "numbers":
            return tf.reduce_mean(z, axis=1)
        if self.kind == "classes":
            return tf.reduce_logsumexp(tf.nn.log_softmax(z), axis=1) - math.log(z.shape[1])
        yes, no = (tf.reduce_logsumexp(tf.math.log_sigmoid(sign * z), axis=1) for sign in (1.0, -1.0))
        return yes - no

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """(b, k)."""
        return (shape[0], shape[2])

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "kind": self.kind}


@keras.saving.register_keras_serializable(package=PACKAGE)
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate whose numbers are variables.

    Kind 0 is constant, 1 a cosine (Loshchilov & Hutter 2017) after a warm-up, 2 four cosine cycles of doubling length
    (Holzmüller et al. 2024).
    """

    def __init__(self) -> None:
        super().__init__()
        self.peak = keras.Variable(1e-3, trainable=False, name="peak_rate")
        self.steps = keras.Variable(1.0, trainable=False, name="steps")
        self.kind = keras.Variable(0, trainable=False, dtype="int32", name="schedule")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        share = (tf.cast(step, "float32") + 1.0) / self.steps.value
        warm = tf.minimum(1.0, share / WARM_UP)
        fall = tf.clip_by_value((share - WARM_UP) / (1 - WARM_UP), 0.0, 1.0)
        cosine = warm * 0.5 * (1 + tf.cos(math.pi * fall))
        done = tf.clip_by_value(share, 0.0, 1.0)
        cycles = 0.5 * (1 - tf.cos(2 * math.pi * tf.math.log(1 + 15 * done) / math.log(2.0)))
        kind = self.kind.value
        return self.peak.value * tf.where(kind == 0, 1.0, tf.where(kind == 1, cosine, cycles))

    def get_config(self) -> dict[str, Any]:
        """For saving; the numbers belong to a run."""
        return {}
