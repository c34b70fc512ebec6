import numpy as np
import pytest

from tests.stages.ensemble.started import SHORT, TWO, step_of
from tests.stages.walk import context_of, diabetes, journey_on, tumours
from wizard.stages.ensemble.calibrate import crossed
from wizard.stages.ensemble.selection import halves
from wizard.training.calibration import tempered

MODULE = "wizard.stages.ensemble.calibrate.joined"


def true_odds(context, spread=2.0, shift=0.0):
    """Probabilities (n, 2) that are true of the labels: odds of two overlapping normal distributions."""
    y = context.y(context.deciding_rows)
    x = context.random("odds").normal(spread * (y - 0.5), 1.0)
    logit = spread * x + np.log(y.mean() / (1 - y.mean())) + shift
    p = 1 / (1 + np.exp(-logit))
    return np.column_stack([1 - p, p])


def test_true_probabilities_pass(small, monkeypatch):
    monkeypatch.setattr(MODULE, true_odds)
    finding, walked = step_of(small, "calibrate", {"members": TWO})
    assert finding.status == "passed"
    assert not finding.causes
    assert 0.5 < walked.decided["calibration"].temperature < 2


def test_overconfidence_is_named_and_mended(small, monkeypatch):
    monkeypatch.setattr(MODULE, lambda context: tempered(true_odds(context), 1 / 5, context.task))
    finding, walked = step_of(small, "calibrate", {"members": TWO})
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["E12"]
    assert "too sure" in finding.causes[0].sentence
    assert walked.decided["calibration"].temperature == pytest.approx(5, rel=0.4)
    assert finding.advice.startswith("The predictor corrects it")


def test_what_the_temperature_leaves_is_told_and_not_called_corrected(small, monkeypatch):
    monkeypatch.setattr(MODULE, lambda context: tempered(true_odds(context, 3.0), 40, context.task))
    finding, walked = step_of(small, "calibrate", {"members": TWO})
    assert walked.decided["calibration"].temperature == pytest.approx(0.25, rel=0.01)
    assert "not sure enough" in finding.causes[0].sentence
    assert "corrects it" not in finding.advice
    assert "a part of it" in finding.advice
    assert "its bound, 0.25" in finding.advice
    assert "Do not act on single probabilities" in finding.advice


@pytest.mark.parametrize(("temperature", "side"), [(1 / 4, "too sure"), (2.5, "not sure enough")])
def test_labels_are_told_which_way_they_are_off(tmp_path, monkeypatch, temperature, side):
    random = np.random.default_rng(0)
    x = random.normal(size=(500, 4))
    p = 1 / (1 + np.exp(1.6 - 1.5 * x))
    journey = journey_on((x, (random.random(p.shape) < p).astype(int)), tmp_path)
    monkeypatch.setattr(MODULE, lambda context: tempered(p[context.deciding_rows], temperature, context.task))
    finding, walked = step_of(journey, "calibrate", {"members": TWO})
    assert side in finding.causes[0].sentence
    assert (walked.decided["calibration"].temperature > 1) == (side == "too sure")


def test_what_is_fitted_is_judged_on_rows_that_it_was_not_fitted_to(small):
    context = context_of(small, "ensemble")
    context.shared["decided_here"] = ("metric",)
    rows = context.deciding_rows
    numbers = np.arange(len(rows), dtype="float64")
    seen = crossed(context, numbers, lambda q, y, w: set(q), lambda q, fitted: np.array([n in fitted for n in q]))
    assert not seen.any()
    sizes = crossed(context, numbers, lambda q, y, w: len(q), lambda q, fitted: np.full(len(q), fitted))
    assert set(sizes) == {len(half) for half in halves(context, rows)}


def test_the_error_after_is_that_of_what_the_other_half_fitted(small, monkeypatch):
    monkeypatch.setattr(MODULE, lambda context: tempered(true_odds(context), 1 / 5, context.task))
    monkeypatch.setattr("wizard.stages.ensemble.calibrate.fit_temperature", fitted_well_on_its_own_rows_only)
    finding, walked = step_of(small, "calibrate", {"members": TWO})
    assert walked.decided["calibration"].temperature == 1
    assert "no temperature helps" in finding.headline


def fitted_well_on_its_own_rows_only(p, y, weight, task):
    """Mends the rows that it is asked with where they are all there are; makes halves worse."""
    return 5.0 if len(p) > 150 else 0.5


def test_a_threshold_is_moved_only_where_the_metric_asks_for_it(tmp_path, monkeypatch):
    monkeypatch.setattr(MODULE, lambda context: true_odds(context, shift=-3.0))
    frame = tumours(240)
    for metric, moves in (("balanced_accuracy", True), ("roc_auc", False)):
        journey = journey_on(frame, tmp_path / metric, "diagnosis", metric=metric)
        finding, walked = step_of(journey, "calibrate", {"members": TWO})
        assert (walked.decided["calibration"].threshold is not None) == moves, finding.headline
        assert ("depends on no threshold" in finding.headline) != moves


def test_amounts_get_intervals_that_hold(tmp_path):
    journey = journey_on(diabetes(240), tmp_path, ["progression", "s5"])
    given = {"members": ((SHORT, 1.0),), "dumb_scores": {"mean": 0.0, "linear model": 0.0}}
    finding, walked = step_of(journey, "calibrate", given)
    assert finding.status in ("passed", "noted")
    assert len(walked.decided["calibration"].half_widths) == 2
    assert finding.expected == 90
    assert finding.measured == pytest.approx(90, abs=6)
