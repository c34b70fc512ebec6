import numpy as np
import pandas as pd
import pytest

from wizard.data.sampling import step_of

RANDOM = np.random.default_rng(0)


def test_even_times_have_a_step_and_no_gap():
    assert step_of([np.arange(0, 50, 5.0), np.arange(3, 40, 5.0)]) == (5.0, 0)


def test_lacking_rows_are_counted():
    assert step_of([np.delete(np.arange(20) * 0.1, [4, 5, 11])]) == (pytest.approx(0.1), 3)


def test_a_clock_may_jitter_and_months_have_several_lengths():
    step, lost = step_of([np.arange(100) + RANDOM.normal(0, 0.02, 100)])
    assert step == pytest.approx(1, abs=0.01)
    assert lost == 0
    months = pd.date_range("2020-01-01", periods=36, freq="MS").to_numpy().astype("int64") / 1e9
    assert step_of([months])[1] == 0


def test_odd_times_have_none():
    assert step_of([np.cumsum(RANDOM.exponential(1, 100))])[0] is None
    assert step_of([np.array([1.0])]) == (None, 0)
    assert step_of([np.array([0.0, 1, 2, 3, 1000])])[0] is None  # a grid of a thousand steps for five rows
