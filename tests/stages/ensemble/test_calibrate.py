import numpy as np
import pytest

from tests.stages.ensemble.started import SHORT, TWO, step_of
from tests.stages.walk import diabetes, journey_on, tumours
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
