import numpy as np
import pytest

from tests.stages.walk import digits, journey_on, noise, tumours, walk


def first_loss(journey):
    return walk(journey, "baseline", "loss_at_init")["loss_at_init"]


def test_silent_on_clean_data(based, kind):
    assert based[kind]["loss_at_init"].status == "passed"


@pytest.mark.parametrize("kind", ["pictures"])
def test_even_classes_start_at_log_k(based, kind):
    finding = based[kind]["loss_at_init"]
    assert finding.expected == pytest.approx(np.log(10), abs=0.05)  # folds of a few dozen rows are not quite even
    assert finding.measured == pytest.approx(np.log(10), rel=0.03)


@pytest.mark.parametrize("scale", [30.0, 1000.0])
@pytest.mark.parametrize("kind", ["pictures", "amounts"])
def test_a_last_layer_that_starts_too_large_fails(tmp_path, monkeypatch, scale, kind):
    monkeypatch.setattr("wizard.models.build.HEAD_SCALE", scale)
    frame = noise()
    frame["label"] = frame["a"] + frame["b"]
    finding = first_loss(
        journey_on(digits(200), tmp_path) if kind == "pictures" else journey_on(frame, tmp_path, "label")
    )
    assert finding.status == "failed"
    assert finding.stops
    assert finding.causes[0].fault == "M09"
    assert finding.measured > finding.expected


def test_a_rare_class_is_no_alarm(tmp_path):
    frame = noise(1000)
    frame["label"] = np.where(frame["a"] > 2, "rare", "usual")
    finding = first_loss(journey_on(frame, tmp_path, "label"))
    assert finding.status == "passed"
    assert finding.expected < 0.2


def test_outputs_that_overflow_fail(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.models.build.HEAD_SCALE", 1e300)
    finding = first_loss(journey_on(tumours(200), tmp_path, "diagnosis"))
    assert finding.status == "failed"
    assert "no finite number" in finding.headline
