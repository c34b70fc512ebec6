import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from wizard.models.layers import (
    PAIR_FACTOR,
    AugmentPictures,
    BatchNormalization,
    Dropout,
    MeanEmbedding,
    Schedule,
    Standardize,
    moved,
)
from wizard.models.losses import CrossEntropy


def dropped(x, rate, training=True, **options):
    layer = Dropout(**options)
    layer.build(x.shape)
    layer.rate.assign(rate)
    return np.asarray(layer(tf.constant(x), training=training))


@pytest.mark.parametrize("shape", [(6, 5, 4, 3), (6, 5, 3), (1, 1, 1, 3)])
def test_batch_normalization_is_that_of_keras(shape):
    random = np.random.default_rng(0)
    x = tf.constant(random.normal(2.0, 3.0, shape).astype("float32"))
    to = tf.constant(random.normal(size=shape).astype("float32"))
    found = []
    for kind in (BatchNormalization, keras.layers.BatchNormalization):
        layer = kind(momentum=0.8)
        layer.build(shape)
        layer.gamma.assign([0.5, 1.0, 2.0])
        layer.beta.assign([0.1, 0.0, -0.1])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
            loss = tf.reduce_sum(y * to)
        gradients = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])
        after = layer(x, training=False)
        found.append([y, *gradients, layer.moving_mean.value, layer.moving_variance.value, after])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-5)


def test_batch_normalization_that_is_frozen_learns_nothing_of_the_batch():
    x = tf.constant(np.random.default_rng(0).normal(5.0, 2.0, (8, 4, 4, 2)).astype("float32"))
    layer = BatchNormalization()
    layer.build(x.shape)
    layer.trainable = False
    np.testing.assert_array_equal(layer(x, training=True), layer(x, training=False))
    np.testing.assert_array_equal(layer.moving_mean, [0.0, 0.0])


def test_batch_normalization_comes_back_with_its_model(tmp_path):
    inputs = keras.Input((4, 4, 2))
    model = keras.Model(inputs, BatchNormalization(momentum=0.9)(inputs))
    x = np.random.default_rng(0).normal(1.0, 2.0, (8, 4, 4, 2)).astype("float32")
    model(x, training=True)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(x), model(x))
    assert again.layers[1].momentum == 0.9


def test_dropout_at_rate_0_or_while_not_training_changes_nothing():
    x = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    assert np.array_equal(dropped(x, 0.0), x)
    assert np.array_equal(dropped(x, 0.9, training=False), x)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_dropout_drops_about_its_rate_and_keeps_the_mean(rate):
    out = dropped(np.ones((200, 200), "float32"), rate)
    assert (out == 0).mean() == pytest.approx(rate, abs=0.01)  # five standard errors
    assert out.mean() == pytest.approx(1, abs=0.03)


def test_spatial_dropout_drops_whole_channels():
    out = dropped(np.ones((50, 4, 4, 8), "float32"), 0.5, spatial=True)
    per_channel = (out == 0).mean((1, 2))  # (b, c)
    assert set(np.unique(per_channel)) == {0.0, 1.0}
    assert per_channel.mean() == pytest.approx(0.5, abs=0.12)


def test_dropout_draws_anew_each_time():
    layer = Dropout()
    layer.build((10, 10))
    layer.rate.assign(0.5)
    x = tf.ones((10, 10))
    assert not np.array_equal(layer(x, training=True), layer(x, training=True))


def test_standardize_gives_the_channels_mean_0_and_deviation_1():
    x = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 2)).astype("uint8")
    layer = Standardize()
    layer.build(x.shape)
    layer.mean.assign(x.mean((0, 1, 2)))
    layer.std.assign(x.std((0, 1, 2)))
    out = np.asarray(layer(x))
    assert out.mean((0, 1, 2)) == pytest.approx(np.zeros(2), abs=1e-5)
    assert out.std((0, 1, 2)) == pytest.approx(np.ones(2), abs=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_cross_entropy_equals_that_of_keras(smoothing):
    random = np.random.default_rng(0)
    y, logits = random.integers(0, 4, 30), random.normal(0, 3, (30, 4)).astype("float32")
    ours = CrossEntropy()
    ours.smoothing.assign(smoothing)
    reference = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    assert float(ours(y, logits)) == pytest.approx(float(reference(np.eye(4)[y], logits)), rel=1e-5)
    weight = random.uniform(0, 2, 30).astype("float32")
    assert float(ours(y, logits, weight)) == pytest.approx(float(reference(np.eye(4)[y], logits, weight)), rel=1e-5)


def rates(is_cosine, steps=100):
    schedule = Schedule()
    schedule.peak.assign(0.5)
    schedule.steps.assign(float(steps))
    schedule.kind.assign(int(is_cosine))
    return np.array([float(schedule(step)) for step in range(steps)])


def test_a_constant_schedule_stays_at_its_peak():
    assert rates(False) == pytest.approx(np.full(100, 0.5))


def test_a_cosine_rises_for_a_twentieth_of_the_steps_and_falls_to_0():
    cosine = rates(True)
    assert cosine[:5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert np.all(np.diff(cosine[4:]) < 0)
    assert cosine[52] == pytest.approx(0.5 * 0.5 * (1 + math.cos(math.pi * (0.53 - 0.05) / 0.95)))
    assert cosine[-1] == pytest.approx(0, abs=1e-6)


def augmented(pictures, strength, training=True):
    layer = AugmentPictures()
    layer.build(pictures.shape)
    layer.strength.assign(strength)
    return np.asarray(layer(tf.constant(pictures), training=training))


def test_pictures_are_moved_only_while_training_and_only_with_some_strength():
    pictures = np.random.default_rng(0).normal(size=(3, 8, 8, 1)).astype("float32")
    assert np.array_equal(augmented(pictures, 0.0), pictures)
    assert np.array_equal(augmented(pictures, 1.0, training=False), pictures)
    assert not np.array_equal(augmented(pictures, 1.0), pictures)


def test_moved_pictures_stay_recognisable_and_each_moves_its_own_way():
    blob = np.exp(-((np.arange(16) - 7.5) ** 2)[:, None] / 8 - ((np.arange(16) - 7.5) ** 2)[None] / 8)
    pictures = np.repeat(blob[None, :, :, None], 200, 0).astype("float32")
    out = np.asarray(moved(tf.constant(pictures), tf.constant(1.0), tf.constant([1, 2])))
    place = np.arange(16) - 7.5
    down = (out[..., 0].sum(2) @ place) / out.sum((1, 2, 3))
    right = (out[..., 0].sum(1) @ place) / out.sum((1, 2, 3))
    for shift in (down, right):
        assert np.abs(shift).max() < 0.12 * 16 + 0.6  # pixels
        assert 0.5 < shift.std() < 1.5
        assert abs(shift.mean()) < 0.4


@pytest.mark.parametrize("bigrams", [0, 7])
def test_a_mean_embedding_is_the_mean_over_words_and_pairs_one_by_one(bigrams):
    layer = MeanEmbedding(10, 3, bigrams)
    layer.build((None, 5))
    texts = np.array([[4, 2, 9, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [3, 0, 5, 2, 0], [6, 0, 0, 0, 0]], "int32")
    words, pairs = (None if table is None else table.embeddings.numpy() for table in (layer.words, layer.pairs))
    expected = np.zeros((len(texts), 3))
    for number, text in enumerate(texts):
        found = [words[code] for code in text if code]
        if bigrams:
            both = zip(text[:-1].tolist(), text[1:].tolist(), strict=True)
            found += [pairs[(one * PAIR_FACTOR + other) % bigrams] for one, other in both if other]
        expected[number] = np.mean(found, axis=0) if found else 0.0
    assert np.asarray(layer(tf.constant(texts))) == pytest.approx(expected, abs=1e-6)


def test_a_mean_embedding_learns_from_words_alone():
    layer = MeanEmbedding(6, 2, 5)
    layer.build((None, 4))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(tf.constant([[1, 3, 0, 0], [0, 0, 0, 0]])))
    for gradient, n_rows in zip(tape.gradient(total, layer.trainable_variables), (2, 1), strict=True):
        slope = np.asarray(tf.convert_to_tensor(gradient))
        assert (np.abs(slope).sum(1) > 0).sum() == n_rows
        assert slope.sum(0) == pytest.approx([n_rows / 3] * 2)
