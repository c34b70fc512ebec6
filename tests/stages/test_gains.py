import pytest

from wizard.stages.gains import measured_gain, signed, with_interval
from wizard.training.compare import Interval
from wizard.training.metrics import METRICS


@pytest.mark.parametrize(
    ("metric", "gain", "words"),
    [
        ("accuracy", Interval(0.0046, -0.001, 0.0102), "+0.46 points of accuracy (95% interval −0.10 to +1.02)"),
        ("rmse", Interval(-0.0066, -0.0127, 0.0259), "+0.0066 RMSE (95% interval −0.0259 to +0.0127)"),
        ("rmse", Interval(1234.5, 200.0, 2345.6), "−1,230 RMSE (95% interval −2,350 to −200)"),
        ("r2", Interval(0.02, -0.01, 0.05), "+0.02 R² (95% interval −0.01 to +0.05)"),
    ],
)
def test_a_gain_is_what_it_does_to_the_number_from_the_lower_end_to_the_higher(metric, gain, words):
    assert with_interval(METRICS[metric], gain) == words


@pytest.mark.parametrize(
    ("metric", "value", "unit"),
    [("accuracy", 2.0, "points of accuracy"), ("rmse", 0.02, "lower RMSE"), ("r2", 0.02, "higher R²")],
)
def test_a_finding_has_it_in_the_metrics_own_unit(metric, value, unit):
    found = measured_gain(METRICS[metric], Interval(0.02, -0.01, 0.03))
    assert (found["measured"], found["unit"], found["expected"]) == (pytest.approx(value), unit, 0.0)
    assert found["interval"] == pytest.approx((-value / 2, 1.5 * value))


def test_nothing_is_no_less_than_nothing():
    assert signed(METRICS["accuracy"], -1e-9) == "+0.00 points of accuracy"
    assert signed(METRICS["rmse"], 0.0) == "+0 RMSE"
