import numpy as np
import pytest

from tests.small import some_series
from wizard.data.dataset import Examples
from wizard.data.series import SeriesExamples, resampled
from wizard.data.series_sets import cleaned

NAN = np.nan


def test_series_of_one_length_are_one_array_and_others_a_list():
    alike = SeriesExamples([np.zeros((4, 2), "float32")] * 3, ("x", "y"))
    assert isinstance(alike, Examples)
    assert alike.values.shape == (3, 4, 2)
    series, _ = some_series(6)
    examples = SeriesExamples(series, ("x", "y"))
    assert examples.lengths.tolist() == [len(one) for one in series]
    taken = examples.take(np.array([4, 0]))
    assert np.array_equal(taken[0], series[4], equal_nan=True)
    assert len(taken) == 2


def test_equal_content_has_an_equal_hash_and_channels_are_content():
    x = np.arange(24, dtype="float32").reshape(3, 4, 2)
    hashes = SeriesExamples(x, ("x", "y")).hashes()
    assert len(set(hashes)) == 3
    assert SeriesExamples([*x[:1], x[1, :3]], ("x", "y")).hashes()[0] == hashes[0]
    assert SeriesExamples(x, ("x", "z")).hashes()[0] != hashes[0]
    assert SeriesExamples(x.reshape(3, 8, 1), ("x",)).hashes()[0] != hashes[0]


def test_blocks_are_means_of_what_was_measured():
    series = np.array([[1.0], [3.0], [NAN], [5.0], [NAN], [NAN]])
    assert resampled(series, 3)[:, 0] == pytest.approx([2, 5, NAN], nan_ok=True)
    assert resampled(series, 6) is series
    assert len(resampled(np.zeros((7, 2)), 3)) == 3


def test_infinite_values_are_missing_and_a_missing_tail_is_no_part_of_a_series():
    raw = [np.array([[1.0, np.inf], [-np.inf, 2.0], [NAN, NAN]]), np.array([[1e300, 0.0]]), np.full((3, 2), NAN)]
    series, notes = cleaned(raw)
    assert [len(one) for one in series] == [2, 1, 0]
    assert np.array_equal(series[0], [[1, NAN], [NAN, 2]], equal_nan=True)
    assert np.array_equal(series[1], [[NAN, 0]], equal_nan=True)
    assert notes == ["3 infinite values read as missing.", "1 series ends in missing values: taken as shorter series."]
