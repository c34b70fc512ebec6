"""MiniRocket's features against a plain implementation of the paper, loop by loop."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wizard.core.config import TrainingConfig
from wizard.data.form import MEASURED, SeriesForm
from wizard.data.task import Task
from wizard.models.build import build_network
from wizard.models.families.minirocket import prepare
from wizard.models.rocket_layers import GRAIN, KERNELS, RocketFeatures, channels_of, dilations

TASK = Task(kind="multiclass", target="y", classes=("a", "b", "c"))


def some_series(n, t, c=1, seed=0):
    steps = np.random.default_rng(seed).normal(size=(n, t, c)).cumsum(1)
    return (np.round((steps - steps.mean()) / steps.std() / GRAIN) * GRAIN).astype("float32")


def answer(series, kernel, dilation, channels):
    """The convolution of one series (t, c) with one kernel, zeros beyond the ends: (t,)."""
    t = len(series)
    result = np.zeros(t)
    for step in range(t):
        for tap in range(9):
            place = step + (tap - 4) * dilation
            if 0 <= place < t:
                result[step] += kernel[tap] * sum(float(series[place, c]) for c in channels)
    return result


def fitted(series, n_a_kernel, n_measured):
    layer = RocketFeatures(n_a_kernel, n_measured)
    layer(series[:1])
    layer.fit(series, np.random.default_rng(5))
    return layer


def test_the_84_kernels_are_those_of_the_paper():
    assert KERNELS.shape == (84, 9)
    assert len({tuple(kernel) for kernel in KERNELS}) == 84
    assert np.all(np.sort(KERNELS, axis=1) == [-1] * 6 + [2] * 3)


@pytest.mark.parametrize(("length", "n"), [(5, 11), (9, 11), (24, 119), (150, 119), (512, 35)])
def test_dilations_are_even_in_their_logarithm_and_share_all_features(length, n):
    found = dilations(length, n)
    assert sum(count for _, count in found) == n
    sizes = [dilation for dilation, _ in found]
    assert sizes[0] == 1
    assert sizes == sorted(set(sizes))
    assert len(sizes) <= 32
    assert max(sizes) <= max(1, (length - 1) / 8)
    assert max(sizes) >= max(1, int((length - 1) / 8 * 0.99))


@pytest.mark.parametrize(("length", "n_channels"), [(40, 1), (40, 3), (7, 1)])
def test_features_are_shares_above_thresholds_as_a_plain_loop_counts_them(length, n_channels):
    series = some_series(4, length, n_channels)
    layer = fitted(series, 11, n_channels)
    shares, thresholds = np.asarray(layer.shares(tf.constant(series))), np.asarray(layer.thresholds)
    random = np.random.default_rng(1)
    start = 0
    for number, (dilation, count) in enumerate(dilations(length, 11)):
        for kernel in random.choice(84, 12, replace=False):
            channels = np.flatnonzero(layer.chosen[number, kernel])
            for i, one in enumerate(series):
                values = answer(one, KERNELS[kernel], dilation, channels)
                end = 4 * dilation
                if (number + kernel) % 2 and length > 2 * end:
                    values = values[end:-end]
                for column in range(start, start + count):
                    expected = np.mean(values > thresholds[kernel, column])
                    assert shares[i, kernel, column] == pytest.approx(expected, abs=1e-6)
        start += count


def test_thresholds_are_quantiles_of_answers_to_the_rows_that_were_drawn():
    series = some_series(3, 40)
    thresholds = np.asarray(fitted(series, 11, 1).thresholds)
    golden = (5**0.5 + 1) / 2
    start = 0
    for dilation, count in dilations(40, 11):
        for kernel in (0, 17, 83):
            share = [(kernel * 11 + column + 1) * golden % 1 for column in range(start, start + count)]
            possible = [np.quantile(answer(one, KERNELS[kernel], dilation, [0]), share) for one in series]
            assert min(np.abs(thresholds[kernel, start : start + count] - one).max() for one in possible) < 1e-5
        start += count


def test_features_of_the_fitted_rows_have_mean_0_and_at_most_deviation_1():
    series = some_series(70, 30)
    features = np.asarray(fitted(series, 11, 1)(tf.constant(series)))
    assert features.shape == (70, 84 * 11)
    assert np.abs(features.mean(0)).max() < 1e-4
    assert features.std(0).max() < 1 + 1e-4
    assert np.median(features.std(0)) == pytest.approx(1, abs=1e-4)


def test_a_flat_stretch_answers_exactly_0_wherever_it_lies():
    flat = np.full((1, 60, 2), 0.7371, "float32")
    layer = RocketFeatures(11, 2)
    layer(flat)
    for threshold, share in ((0.0, 0.0), (-1e-7, 1.0)):
        layer.thresholds.assign(np.full((84, 11), threshold))
        shares = np.asarray(layer.shares(tf.constant(flat)))
        assert np.all(shares[0, 1::2, 0] == share), "those that see no padding at the first dilation"


def test_a_series_has_the_same_features_alone_and_among_others():
    series = some_series(33, 50, 3)
    layer = fitted(series, 11, 3)
    together = np.asarray(layer(tf.constant(series)))
    assert np.array_equal(np.asarray(layer(tf.constant(series[7:8]))), together[7:8])
    assert np.array_equal(np.asarray(tf.function(layer)(tf.constant(series[5:19]))), together[5:19])


def test_a_kernel_adds_up_some_measured_channels_or_looks_at_where_something_was_measured():
    chosen = channels_of(5, 7, 6)
    marked = chosen[:, :, 6] == 1
    assert 0.05 < marked.mean() < 0.25
    assert np.all(chosen[marked].sum(1) == 1)
    assert set(np.unique(chosen[~marked].sum(1))) <= {1, 2, 3, 4, 5, 6}
    assert np.array_equal(channels_of(5, 7, 6), chosen)
    assert np.all(channels_of(3, 1, 1) == 1)


def test_what_was_fitted_is_saved_with_the_network_and_comes_from_the_seed(tmp_path):
    series = 3 + 2 * some_series(20, 40, 2)
    form = SeriesForm(length=40, channels=("x", MEASURED))
    config = TrainingConfig(family="minirocket", hp={"features": 1000})

    def thresholds(seed):
        model = build_network(config, form, TASK).model
        prepare(model, {"series": series}, seed)
        return model, np.asarray(model.get_layer("rocket").thresholds)

    model, first = thresholds(0)
    assert np.array_equal(thresholds(0)[1], first)
    assert not np.array_equal(thresholds(1)[1], first)
    assert all("rocket" not in v.path for v in model.trainable_variables)
    model.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras", compile=False)
    assert np.array_equal(again({"series": series}), model({"series": series}))
