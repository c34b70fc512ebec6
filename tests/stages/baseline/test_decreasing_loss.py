import pytest

from tests.stages.walk import journey_on, noise, tumours, walk


def falls(frame, folder, target, signal=True):
    journey = journey_on(frame, folder, target)
    return walk(journey, "baseline", "decreasing_loss", given={"metric": "accuracy", "signal": signal})


def test_silent_on_clean_data(based, kind):
    finding = based[kind]["decreasing_loss"]
    assert finding.status == "passed"
    assert finding.measured < 0.8 * finding.expected
    assert based[kind].decided["skeleton"].family == "mlp"
    assert based[kind].decided["stage_configs"].keys() == {"baseline"}


@pytest.mark.parametrize("rate", [0.0, 1e-9])
def test_a_rate_that_is_too_low_fails(tmp_path, monkeypatch, rate):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", rate)
    finding = falls(tumours(200), tmp_path, "diagnosis")["decreasing_loss"]
    assert finding.status == "failed"
    assert finding.stops
    assert finding.causes[0].fault == "O02"
    assert "it does not fall" in finding.headline


def test_a_rate_that_is_far_too_high_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", 1e4)
    finding = falls(noise(), tmp_path, "label")["decreasing_loss"]
    assert finding.status == "failed"
    assert finding.causes[0].fault == "O01"


def test_a_rate_that_is_no_number_fails_without_a_crash(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", float("nan"))
    walked = falls(tumours(200), tmp_path, "diagnosis")
    assert walked["decreasing_loss"].status == "failed"
    assert "skeleton" in walked.decided


def test_without_signal_a_flat_loss_is_noted(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", 1e-9)
    assert falls(noise(), tmp_path, "label", signal=False)["decreasing_loss"].status == "noted"
