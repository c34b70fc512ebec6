import numpy as np
import pytest
import tensorflow as tf

from wizard.models.series_layers import JITTER, SCALE, SHIFT, AugmentSeries, varied

SEED = tf.constant([1, 2], "int32")


def series(n=50, t=40):
    x = np.random.default_rng(0).normal(size=(n, t, 3)).astype("float32")
    x[:, :, 2] = 1.0
    x[:, :4, 2] = 0.5
    return x


def layer(x, strength, training=True):
    one = AugmentSeries(2)
    one.build(x.shape)
    one.strength.assign(strength)
    return np.asarray(one(tf.constant(x), training=training))


def test_at_strength_0_or_while_not_training_nothing_changes():
    x = series()
    assert np.array_equal(layer(x, 0.0), x)
    assert np.array_equal(layer(x, 1.0, training=False), x)


def test_each_series_is_varied_its_own_and_within_bounds():
    x = series()
    after = layer(x, 1.0)
    assert after.shape == x.shape
    assert len({tuple(one) for one in np.round(after[:, 20] - x[:, 20], 3).tolist()}) == 50
    waves = np.tile(np.sin(np.arange(40) / 3)[:, None], (50, 1, 3)).astype("float32")
    spread = np.asarray(varied(tf.constant(waves), 1.0, SEED, 2))[:, :, 0].std(1) / waves[0, :, 0].std()
    assert np.all(np.abs(spread - 1) < SCALE + 2 * JITTER)


def test_the_measured_share_is_shifted_only():
    x = series()
    after = np.asarray(varied(tf.constant(x), 1.0, SEED, 2))[:, :, 2]
    assert set(np.unique(after)) == {0.5, 1.0}
    begins = (after == 0.5).sum(1)
    assert begins.min() >= 0
    assert begins.max() == pytest.approx(4 + SHIFT * 40, abs=1)


def test_noise_is_of_the_strength():
    flat = tf.zeros((200, 30, 2))
    for strength in (0.5, 1.0):
        assert float(np.std(varied(flat, strength, SEED, 2))) == pytest.approx(JITTER * strength, rel=0.05)
