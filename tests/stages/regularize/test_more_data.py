import numpy as np
import pytest

from tests.stages.regularize.started import MLP, tried
from tests.stages.walk import diabetes, journey_on, noise
from wizard.stages.regularize import more_data
from wizard.stages.regularize.more_data import Curve, _by_fold, _by_seed, continued, power_law


def test_a_power_law_is_found_and_followed():
    n = np.array([100.0, 200, 400, 800])
    for floor, slope, exponent in ((0.1, 3.0, 0.5), (0.0, 1.0, 0.25), (0.3, 20.0, 1.0)):
        truth = floor + slope * n**-exponent
        ahead = floor + slope * 1600**-exponent
        assert power_law(n, truth, np.array([1600.0]))[0] == pytest.approx(ahead, rel=0.02)


def test_an_error_that_does_not_fall_is_followed_as_it_is():
    assert power_law(np.array([10.0, 20, 40]), np.array([0.2, 0.2, 0.2]), np.array([80.0]))[0] == pytest.approx(0.2)


@pytest.mark.slow
def test_more_pictures_help(journeys):
    finding, decided = tried(journeys["pictures"], "more_data", MLP.but(hp={"width": 64, "depth": 1}))
    assert finding.status == "noted"
    assert finding.measured > 0
    x, y = finding.blocks[0].lines[0].x, finding.blocks[0].lines[0].y
    assert list(x) == sorted(x)
    assert y[-1] > y[0]
    assert decided["stage_configs"]["regularize"] == decided["incumbent"]


@pytest.mark.slow
def test_errors_of_amounts_fall_as_well(journeys):
    finding, _ = tried(journeys["amounts"], "more_data", MLP.but(epochs=15), metric="rmse")
    assert "would bring RMSE from" in finding.headline
    y = finding.blocks[0].lines[0].y
    assert y[-1] < y[0]


@pytest.mark.slow
def test_folds_have_one_network_each_and_what_is_left_of_them_is_their_noise(journeys, monkeypatch):
    seen = []
    curve = more_data._curve
    monkeypatch.setattr(more_data, "_curve", lambda *given: seen.append(given) or curve(*given))
    tried(journeys["classes"], "more_data", MLP)
    ((context, judged),) = seen
    assert [len(one.predictions) for _, one in judged] == [1, 1, 1]
    base = judged[-1][1]
    errors = _by_fold(context, judged)
    for (_, one), own in zip(judged, errors, strict=True):
        runs = [run for repeat in one.runs for run in repeat]
        assert own == pytest.approx([1 - run.scores["val_accuracy"] for run in runs])
    n = np.array([size for size, _ in judged])
    falling = np.sqrt(n[-1] / n)
    left = errors - errors.mean(0) - errors.mean(1, keepdims=True) + errors.mean()
    spread = np.sqrt((left**2 / falling[:, None] ** 2).sum() / 4 / 3)  # (3 − 1)(3 − 1) free numbers, mean of 3 folds
    assert _by_seed(context, judged, context.y(base.rows), None) == pytest.approx(spread * falling)
    assert spread > 0


@pytest.mark.slow
def test_without_folds_each_part_has_two_networks_on_other_rows(tmp_path, monkeypatch):
    seen = []
    curve = more_data._curve
    monkeypatch.setattr(more_data, "_curve", lambda *given: seen.append(given) or curve(*given))
    journey = journey_on(noise(7_000), tmp_path, "label")
    tried(journey, "more_data", MLP.but(epochs=1))
    ((context, judged),) = seen
    assert not context.split.folds
    assert [len(one.predictions) for _, one in judged[:-1]] == [2, 2]
    assert all((one.predictions[0] != one.predictions[1]).any() for _, one in judged[:-1])


def test_few_rows_make_no_curve(tmp_path):
    finding, _ = tried(journey_on(diabetes(80), tmp_path, "progression"), "more_data", MLP.but(epochs=2), metric="rmse")
    assert finding.headline.endswith("too few to see how the error falls with them.")


SIZES, AHEAD = np.array([100.0, 200.0, 400.0]), np.array([800.0, 1e12])


def test_draws_are_continued_together_as_they_are_one_by_one():
    draws = np.array([[0.4, 0.3, 0.25], [0.1, 0.12, 0.09], [0.3, 0.1, 0.02], [0.0, 0.0, 0.0]])
    together = continued(SIZES, draws, AHEAD)
    assert together.shape == (3, 4, 2)
    for number, one in enumerate(draws):
        assert together[:, number] == pytest.approx(continued(SIZES, one, AHEAD))


def test_draws_go_on_in_each_of_the_ways_in_turn():
    one = np.array([0.4, 0.3, 0.25])
    ways = continued(SIZES, one, AHEAD)
    assert len(np.unique(ways[:, 0])) == 3
    assert Curve(SIZES, one, np.tile(one, (7, 1))).drawn(AHEAD) == pytest.approx(ways[[0, 1, 2, 0, 1, 2, 0]])


def test_no_error_is_below_nothing():
    assert (power_law(SIZES, np.array([0.3, 0.1, 0.02]), AHEAD) >= 0).all()
