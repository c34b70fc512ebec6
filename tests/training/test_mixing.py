"""Disturbed, blended and pasted batches."""

import numpy as np
import pytest
import tensorflow as tf

from tests.small import dataset_of, some_amounts, some_digits, some_series, some_texts, trainer_for
from wizard.core.config import TrainingConfig
from wizard.models.creative import disturbed, pasted
from wizard.training.fit import fit
from wizard.training.mixing import Mixing

CONFIG = TrainingConfig(family="mlp", hp={"width": 8, "depth": 1}, epochs=2, batch=16, learning_rate=3e-3)
SEED = tf.constant([3, 4], "int32")
INPUTS = {
    "image": {"image": tf.random.stateless_uniform((8, 6, 6, 1), SEED)},
    "tokens": {"tokens": tf.constant(np.arange(1, 81).reshape(8, 10) * (np.arange(10) < 7), "int32")},
    "series": {"series": tf.random.stateless_normal((8, 20, 2), SEED)},
    "features": {
        "numeric": tf.random.stateless_normal((8, 5), SEED),
        "categories": tf.constant(np.arange(16).reshape(8, 2), "int32"),
    },
}
DATA = {
    "pictures": lambda: dataset_of(some_digits(100)),
    "texts": lambda: dataset_of(some_texts(80)),
    "series": lambda: dataset_of(some_series(60)),
    "amounts": lambda: dataset_of(some_amounts(80), "price"),
}


def weights_of(trainer, config):
    fit(trainer.compiled(config), config, trainer.prepared(config))
    return trainer.compiled(config).weights()


@pytest.mark.slow
@pytest.mark.parametrize("name", DATA)
def test_at_strength_0_bits_are_as_without_and_each_strength_changes_them(name, tmp_path):
    trainer = trainer_for(DATA[name](), tmp_path)
    plain = weights_of(trainer, CONFIG)
    for change in ({"creative": 0.5}, {"mixup": 0.4}, {"cutmix": 1.0}):
        changed = weights_of(trainer, CONFIG.but(**change))
        assert all(np.isfinite(w).all() for w in changed)
        assert not all(np.array_equal(a, b) for a, b in zip(plain, changed, strict=True)), change
    mixing = trainer.compiled(CONFIG.but(mixup=0.4))
    assert mixing is not trainer.compiled(CONFIG)
    fit(mixing, CONFIG, trainer.prepared(CONFIG))
    assert all(np.array_equal(a, b) for a, b in zip(plain, mixing.weights(), strict=True))


@pytest.mark.parametrize("kind", INPUTS)
def test_examples_keep_their_shape_and_none_of_their_numbers_is_lost(kind):
    after = disturbed(kind, INPUTS[kind], tf.constant(1.0), SEED, tf.ones(2))
    parts, own = pasted(kind, INPUTS[kind], tf.fill((8,), 0.6), SEED)
    for name, before in INPUTS[kind].items():
        for changed in (after[name], parts[name]):
            assert changed.shape == before.shape
            assert changed.dtype == before.dtype
            assert np.isfinite(np.asarray(changed, "float64")).all()
            assert not np.array_equal(changed, before)
    assert np.asarray(own).min() >= 0
    assert np.asarray(own).max() <= 1


def test_lost_words_leave_no_gap_and_a_text_keeps_one():
    after = np.asarray(disturbed("tokens", INPUTS["tokens"], tf.constant(5.0), SEED, None)["tokens"])
    for row in after:
        n = (row > 0).sum()
        assert n >= 1
        assert (row[:n] > 0).all()


def test_a_pasted_box_takes_as_much_as_its_share_says():
    pictures = tf.reshape(tf.range(4, dtype="float32"), (4, 1, 1, 1)) * tf.ones((4, 20, 20, 1))
    parts, own = pasted("image", {"image": pictures}, tf.fill((4,), 0.5), SEED)
    kept = np.asarray(parts["image"] == pictures).mean((1, 2, 3))
    assert kept == pytest.approx(np.asarray(own))


def test_a_blend_of_two_labels_costs_each_by_its_share():
    mixing = Mixing("features", lambda: tf.zeros(1))
    mixing.mixup.assign(1.0)
    mixing._step.own = tf.constant([1.0, 0.25])

    def plain(y, y_pred, sample_weight):
        return tf.reduce_sum(sample_weight * (y - y_pred) ** 2)

    y, answers = tf.constant([1.0, 3.0]), tf.constant([0.0, 0.0])
    weight = tf.constant([1.0, 2.0])
    # row 0 is all its own: 1; row 1: 0.25 of weight 2 and 9, 0.75 of row 0's weight 1 and 1
    assert float(mixing.loss(plain, y, answers, weight)) == pytest.approx(1 + 0.25 * 2 * 9 + 0.75 * 1 * 1)
