import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small import dataset_of, fresh
from wizard.core.registry import load
from wizard.data.form import MEASURED
from wizard.data.series_layers import FitSteps

NAN = np.nan
SERIES = load("wizard.data.modalities", "series")


def fitted(series, length=4, block=1, means=(9.0,), marks=False):
    layer = FitSteps(length, block, list(means), marks)
    return np.asarray(layer(tf.constant(np.asarray(series, "float32")[None])))[0]


def column(*values):
    return np.array(values)[:, None]


def test_short_ones_are_padded_with_the_mean_and_long_ones_cut():
    assert fitted(column(1, 2))[:, 0].tolist() == [1, 2, 9, 9]
    assert fitted(column(1, 2, 3, 4, 5, 6))[:, 0].tolist() == [1, 2, 3, 4]
    assert fitted(np.empty((0, 1)))[:, 0].tolist() == [9, 9, 9, 9]


def test_series_of_another_number_of_channels_are_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="not compatible"):
        FitSteps(4, 1, [9.0, 8.0], False)(tf.ones((4, 6, 1)))


def test_a_gap_takes_the_value_before_or_the_mean():
    assert fitted(column(NAN, 2, NAN, 4))[:, 0].tolist() == [9, 2, 2, 4]
    assert fitted(column(1, NAN, np.inf, NAN))[:, 0].tolist() == [1, 9, 9, 9]  # behind the last measured step
    two = fitted([[1, 5], [NAN, NAN], [NAN, NAN], [2, NAN]], means=(9.0, 8.0))
    assert two.tolist() == [[1, 5], [1, 5], [1, 5], [2, 5]]


@pytest.mark.parametrize("n", [1, 2, 3, 63, 64, 65])
def test_a_value_is_carried_over_a_gap_of_any_length(n):
    series = np.full((n + 1, 1), NAN)
    series[0], series[n] = 3, 4
    assert fitted(series, length=n + 1)[:, 0].tolist() == [3] * n + [4]


def test_blocks_are_means_of_what_was_measured_and_the_share_is_marked():
    series = column(1, 3, NAN, 5, NAN, NAN, 7, 7)
    assert fitted(series, block=2, marks=True).tolist() == [[2, 1], [5, 0.5], [5, 0], [7, 1]]


def test_the_length_is_that_of_the_longest_training_series_and_marks_tell_of_gaps():
    x = [np.arange(n, dtype=float) for n in (5, 7, 6, 20)]
    data = dataset_of((x, ["a", "b", "a", "b"]))
    preparation = SERIES.PREPARATION.fit(data, np.array([0, 1, 2]), {})
    assert (preparation.form.length, preparation.form.channels) == (7, ("value", MEASURED))
    alike = SERIES.PREPARATION.fit(data, np.array([1]), {})
    assert alike.form.channels == ("value",)
    assert SERIES.PREPARATION.fit(data, np.array([3]), {"length": 8}).block == 3
    assert SERIES.in_words(data) == "series of 5 to 20 steps, 1 channel"
    assert "NaN" in SERIES.usage(preparation)


def test_very_long_series_are_averaged():
    data = dataset_of((np.random.default_rng(0).normal(size=(4, 1300, 2)), ["a", "b"] * 2))
    preparation = SERIES.PREPARATION.fit(data, np.arange(4), {})
    assert (preparation.block, preparation.form.length) == (3, 434)
    encoded = preparation.encode(data.examples)["series"]
    assert encoded[0, 0] == pytest.approx(data.examples[0][:3].mean(0), rel=1e-5)


def test_level_and_scale_stay():
    x = np.random.default_rng(0).normal(size=(6, 20, 1)) * np.arange(1, 7)[:, None, None] + 100
    data = dataset_of((x, ["a", "b"] * 3))
    assert np.array_equal(
        SERIES.PREPARATION.fit(data, np.arange(4), {}).encode(data.examples)["series"], data.examples.values
    )


@pytest.mark.slow
def test_it_loads_in_a_fresh_process(tmp_path):
    raw = keras.Input((None, 2), name="series")
    model = keras.Model(raw, FitSteps(5, 2, [0.5, 0.25], True)(raw))
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(3, 7, 2)).astype("float32")
    x[0, 2] = NAN
    np.save(tmp_path / "x.npy", x)
    fresh(
        "import sys, numpy as np, keras, wizard; folder = sys.argv[1]\n"
        "model = keras.saving.load_model(folder + '/model.keras')\n"
        "np.save(folder + '/y.npy', model(np.load(folder + '/x.npy')))",
        tmp_path,
    )
    assert np.array_equal(np.load(tmp_path / "y.npy"), model(x))
