"""Layers of networks for tables, against plain NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wizard.models.layers import MeanOfMembers, MemberHeads
from wizard.models.losses import CrossEntropy, OverMembers
from wizard.models.table_layers import (
    FeatureScale,
    Members,
    PeriodicEmbedding,
    PiecewiseLinear,
    TangentDense,
    bin_edges,
)


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


def some(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def test_a_number_grows_through_its_bins_and_on_beyond_the_last():
    layer = PiecewiseLinear(4, 3)
    layer.build((None, 1))
    rows = np.arange(1001, dtype="float32")[:, None] / 100  # quantiles at 0, 2.5, 5, 7.5 and 10
    layer.fit(rows)
    layer.linear.assign(np.zeros((1, 3)))
    layer.offset.assign(np.zeros((1, 3)))
    layer.bend.assign(np.tile(np.array([1.0, 10.0, 100.0, 1000.0])[None, :, None], (1, 1, 3)))
    x = np.array([[-2.5], [1.25], [2.5], [6.25], [12.5]], "float32")
    parts = np.array([[-1, 0, 0, 0], [0.5, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0.5, 0], [1, 1, 1, 2]])
    assert np.asarray(layer(x))[:, 0, 0] == pytest.approx(parts @ [1, 10, 100, 1000], rel=1e-3)


def test_a_column_of_one_value_bends_nowhere():
    layer = PiecewiseLinear(4, 3)
    layer.build((None, 1))
    layer.fit(np.full((50, 1), 2.0, "float32"))
    layer.bend.assign(np.ones((1, 4, 3)))
    assert np.asarray(layer(np.array([[5.0]], "float32")))[0] == pytest.approx(
        5 * layer.linear.numpy() + layer.offset.numpy(), rel=1e-6
    )


def test_a_value_that_most_rows_have_leaves_the_bins_to_the_others():
    gains = np.concatenate([np.zeros(9_200), np.arange(1.0, 801.0)])  # as capital gains are: mostly none
    edges = bin_edges(gains, 40)
    assert len(edges) <= 41
    assert (edges > 0).sum() >= 38  # plain quantiles: 4
    assert np.diff(edges)[1:].max() < 2 * 800 / 38


def test_few_values_have_an_edge_each():
    assert bin_edges(np.repeat([3.0, 1.0, 2.0], [50, 1, 7]), 8).tolist() == [1, 2, 3]


def test_values_that_do_not_repeat_are_cut_at_their_quantiles():
    x = some(10_000).astype("float64") ** 3
    assert bin_edges(x, 16) == pytest.approx(np.quantile(x, np.linspace(0, 1, 17)), rel=0.02, abs=2e-3)


@pytest.mark.parametrize("is_normal", [True, False])
def test_members_scale_each_feature_by_a_number_of_their_own(is_normal):
    layer = Members(5, [1, 3, 2], is_normal)
    x = some(4, 6)
    out = np.asarray(layer(x))
    scales = np.repeat(layer.scales.numpy(), [1, 3, 2], axis=1)
    assert out == pytest.approx(x[:, None] * scales)
    assert (set(np.unique(layer.scales.numpy())) <= {-1.0, 1.0}) == (not is_normal)


def test_the_loss_is_the_mean_of_the_members_losses_and_the_answer_the_mean_of_their_probabilities():
    z, y = some(6, 3, 4), np.array([0, 1, 2, 3, 0, 1])
    own = np.stack([np.asarray(CrossEntropy().call(y, z[:, member])) for member in range(3)])
    assert np.asarray(OverMembers(CrossEntropy()).call(tf.constant(y), tf.constant(z))) == pytest.approx(own.mean(0))
    p = np.asarray(tf.nn.softmax(z)).mean(1)
    assert np.asarray(tf.nn.softmax(MeanOfMembers("classes")(z))) == pytest.approx(p, rel=1e-5)
    flags = np.asarray(tf.sigmoid(MeanOfMembers("labels")(z)))
    assert flags == pytest.approx(np.asarray(tf.sigmoid(z)).mean(1), rel=1e-5)
    assert np.asarray(MeanOfMembers("numbers")(z)) == pytest.approx(z.mean(1), rel=1e-5)


def test_each_member_has_a_head_of_its_own():
    layer, x = MemberHeads(2), some(3, 4, 5)
    out = np.asarray(layer(x))
    for member in range(4):
        assert out[:, member] == pytest.approx(x[:, member] @ layer.kernel.numpy()[member], rel=1e-4, abs=1e-6)


def test_fitted_weights_give_answers_of_unit_deviation():
    layer, x = TangentDense(7), 5 * some(400, 3) + 2
    layer.build((None, 3))
    layer.fit(tf.constant(x))
    assert np.asarray(layer(x)).std(0) == pytest.approx(np.ones(7), rel=1e-4)


def test_a_scale_starts_at_1_and_waves_stand_beside_the_numbers():
    x = some(5, 3)
    assert np.asarray(FeatureScale()(x)) == pytest.approx(x, rel=1e-6)
    made = np.asarray(PeriodicEmbedding()(x)).reshape(5, 3, 4)
    assert made[:, :, 0] == pytest.approx(x)
    assert np.abs(made[:, :, 1:]).max() < 10


def test_layers_come_back_from_their_settings():
    for layer in (PiecewiseLinear(4, 3), Members(5, [1, 2]), FeatureScale(), TangentDense(7), PeriodicEmbedding(),
                  MemberHeads(2), MeanOfMembers("classes")):  # fmt: skip
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()
