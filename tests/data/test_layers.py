import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from scipy.stats import spearmanr
from sklearn.preprocessing import QuantileTransformer

from wizard.data.layers import CategoryCodes, Columns, DateParts, QuantileNormal, Resize


def normal(train, columns):
    return np.asarray(QuantileNormal.fitted(train)(tf.constant(columns)))


@pytest.mark.parametrize("draw", ["normal", "lognormal", "uniform"])
def test_scores_agree_with_scikit_learn(draw):
    random = np.random.default_rng(0)
    train, new = (getattr(random, draw)(size=(3000, 2)) for _ in range(2))
    ours = normal(train, new)
    reference = QuantileTransformer(n_quantiles=100, output_distribution="normal").fit(train).transform(new)
    inside = np.abs(reference) < 2
    assert ours[inside] == pytest.approx(reference[inside], abs=0.06)
    assert spearmanr(ours[:, 0], new[:, 0]).statistic == pytest.approx(1, abs=1e-4)


def test_scores_rise_with_the_value_and_stay_bounded_outside_the_training_range():
    train = np.random.default_rng(0).normal(size=(500, 1))
    scores = normal(train, np.linspace(-100, 100, 2001)[:, None])[:, 0]
    assert np.all(np.diff(scores) >= 0)
    assert np.abs(scores).max() < 4


def test_a_missing_value_becomes_the_median_and_an_indicator():
    train = np.array([[1.0, 1], [2, np.nan], [3, 3], [4, 4], [5, 5]])
    out = normal(train, np.array([[np.nan, 3.0], [3.0, np.nan]]))
    assert out.shape == (2, 3)  # the second column has an indicator, the first was never missing
    assert out[0, 0] == out[1, 1] == 0
    assert out[:, 2].tolist() == [0, 1]


@pytest.mark.parametrize("value", [7.0, np.nan, 0.0])
def test_a_column_with_one_value_or_none_says_nothing_and_breaks_nothing(value):
    out = normal(np.full((10, 1), value), np.array([[value], [1e30], [-1e30]]))
    assert np.all(out[:, 0] == 0)


def test_a_column_with_two_values_keeps_them_apart():
    out = normal(np.repeat([[0.0], [1.0]], [90, 10], axis=0), np.array([[0.0], [1.0]]))[:, 0]
    assert out[0] < out[1]
    assert np.isfinite(out).all()


def test_missing_is_0_unseen_is_1_and_known_values_follow():
    codes = CategoryCodes([["red", "größe"], []])
    out = np.asarray(codes(tf.constant([["red", "x"], ["größe", ""], ["", "y"], ["new", ""]])))
    assert out.tolist() == [[2, 1], [3, 0], [0, 1], [1, 0]]
    assert out.dtype == np.int32


DATES = [
    "1600-02-29", "1899-12-31", "1900-02-28", "1900-03-01", "1969-12-31T23:59:59", "1970-01-01", "2000-02-29T12:30:15",
    "2000-03-01", "2023-12-31T00:00:01", "2024-02-29", "2024-12-31", "2100-02-28", "2261-01-01",
]  # fmt: skip


def test_dates_agree_with_pandas_before_1970_and_in_leap_years():
    random = np.random.default_rng(0)
    drawn = np.array(random.integers(-9_000_000_000, 9_000_000_000, 500), "datetime64[s]").astype(str)
    dates = [*DATES, *drawn]
    out = np.asarray(DateParts()(tf.constant(dates)[:, None]))
    expected = pd.Series(np.array(dates, "datetime64[s]"))
    assert out[:, 0] == pytest.approx(expected.astype("int64").to_numpy(), rel=0, abs=1e-4)
    hour = expected.dt.hour + expected.dt.minute / 60 + expected.dt.second / 3600
    assert out[:, 1] == pytest.approx(hour.to_numpy())
    turn = 2 * np.pi * expected.dt.day_of_week.to_numpy() / 7
    weekday = np.arctan2(out[:, 4], out[:, 5]) % (2 * np.pi)
    assert np.cos(weekday - turn - weekday[9] + turn[9]) == pytest.approx(np.cos(0 * turn))  # equal but for the start
    assert np.hypot(out[:, 2::2], out[:, 3::2]) == pytest.approx(np.ones((len(dates), 3)))


def test_the_season_turns_once_a_year():
    days = pd.date_range("2021-01-01", "2023-12-31").strftime("%Y-%m-%d").tolist()
    out = np.asarray(DateParts()(tf.constant(days)[:, None]))
    season = np.unwrap(np.arctan2(out[:, 2], out[:, 3]))
    assert (season[-1] - season[0]) / (2 * np.pi) == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize("text", ["", "nan", "NaT", "2021", "01.05.2021", "2021-13-01", "2021-05-01T18:30:00+02:00"])
def test_what_is_no_date_is_missing_and_harms_no_other(text):
    out = np.asarray(DateParts()(tf.constant([[text], ["2021-05-01"]])))
    assert np.isnan(out[0]).all()
    assert np.isfinite(out[1]).all()


def test_a_time_without_seconds_is_read():
    same = ["2021-05-01T18:30", "2021-05-01 18:30", "2021-05-01T18:30:00", "2021-05-01T18:30:00.0Z"]
    out = np.asarray(DateParts()(tf.constant(same)[:, None]))
    assert (out == out[0]).all()
    assert out[0, 1] == 18.5


def resized(pictures, *size, **options):
    return np.asarray(Resize(*size, **options)(tf.constant(pictures)))


def test_resized_pictures_agree_with_tensorflow_and_those_of_the_size_stay_as_they_are():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 12, 10, 3), dtype=np.uint8)
    small = resized(pictures, 6, 5)
    reference = tf.image.resize(pictures.astype("float32"), (6, 5), antialias=True)
    assert small.dtype == np.uint8
    assert np.abs(small - np.asarray(reference)).max() <= 0.5
    assert np.array_equal(resized(pictures, 12, 10), pictures)
    assert np.array_equal(resized(pictures, 12, 10, pad=True), pictures)


def test_padding_keeps_the_aspect():
    out = resized(np.full((1, 4, 8, 1), 200, "uint8"), 8, 8, pad=True)[0, :, :, 0]
    assert np.all(out[2:6] == 200)
    assert not out[[0, 1, 6, 7]].any()


def test_an_infinite_number_is_missing_as_the_readers_have_it():
    layer = QuantileNormal.fitted(np.array([[1.0], [2.0], [np.nan]]))
    out = np.asarray(layer(np.array([[np.inf], [-np.inf], [np.nan]])))
    assert out.tolist() == [[0, 1]] * 3


def test_columns_stand_side_by_side():
    assert np.asarray(Columns()([tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])])).tolist() == [[1, 3], [2, 4]]


PICTURES = np.arange(72, dtype="uint8").reshape(2, 6, 6, 1)
LAYERS = [
    (Resize(4, 3, pad=True), keras.Input((6, 6, 1), dtype="uint8"), PICTURES),
    (
        QuantileNormal.fitted(np.array([[1.0], [np.nan]])),
        keras.Input((1,), dtype="float64"),
        np.array([[1.5], [np.nan]]),
    ),
    (CategoryCodes([["é", "b"]]), keras.Input((1,), dtype="string"), np.array([["é"], ["z"], [""]])),
    (DateParts(), keras.Input((1,), dtype="string"), np.array([["2024-02-29"], [""]])),
]


@pytest.mark.parametrize(("layer", "entry", "values"), LAYERS, ids=lambda one: type(one).__name__)
def test_a_layer_gives_the_same_at_once_in_a_graph_and_loaded_from_a_file(layer, entry, values, tmp_path):
    at_once = np.asarray(layer(tf.constant(values)))
    model = keras.Model(entry, layer(entry))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        assert np.array_equal(np.asarray(one(tf.constant(values))), at_once, equal_nan=at_once.dtype.kind == "f")
        assert one.output.dtype == at_once.dtype
        assert one.output.shape[1:] == at_once.shape[1:]
