import numpy as np
import pytest

from wizard.stages.smoother import smoother


def waves(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two numbers a row, of which a third is made."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 2)).astype("float32")
    return x, np.sin(2 * x[:, :1]) * x[:, 1:] + 0.1 * random.normal(size=(n, 1))


def of(x, y, units):
    return smoother(x, y, units, np.random.default_rng(0))


def test_other_rows_are_told_as_well_as_rows_that_are_left_out():
    x, y = waves(600)
    smooth = of(x[:300], y[:300], np.arange(300))
    missed = (smooth.elsewhere(y[:300], x[300:], np.arange(300, 600)) - y[300:]).std()
    assert missed < 0.5 * y.std()
    assert missed == pytest.approx((smooth.left_out(y[:300]) - y[:300]).std(), rel=0.5)


def test_a_row_is_left_out_wherever_it_is_asked_for():
    x, y = waves(200)
    smooth = of(x, y, np.arange(200))
    np.testing.assert_allclose(smooth.elsewhere(y, x, np.arange(200)), smooth.left_out(y), atol=2e-3)


def test_a_group_is_left_out_wherever_it_is_asked_for():
    x, y = waves(200)
    units = np.arange(200) // 5
    smooth = of(x, y, units)
    np.testing.assert_allclose(smooth.elsewhere(y, x, units), smooth.left_out(y), atol=2e-3)


def test_a_copy_in_the_sample_does_not_speak_for_its_own_label():
    x, y = waves(200)
    y[0] = 9.0  # wrong, and row 0 stands in the sample
    smooth = of(x, y, np.arange(200))
    own, stranger = (float(smooth.elsewhere(y, x[:1], np.array([unit]))[0, 0]) for unit in (0, 999))
    assert abs(own) < 0.5 * stranger
