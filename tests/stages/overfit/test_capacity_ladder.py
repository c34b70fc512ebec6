from dataclasses import replace

import numpy as np
import pytest

from tests.stages.walk import journey_on, noise, tumours, walk
from wizard.models.families import mlp

GIVEN = {"metric": "accuracy", "contradiction_floor": 0.0, "signal": True, "stage_configs": {}}


def climbed(journey, **given):
    return walk(journey, "overfit", "capacity_ladder", given={**GIVEN, **given})


def test_silent_on_clean_data(overfitted):
    finding = overfitted["capacity_ladder"]
    assert finding.status in ("passed", "warned")
    assert overfitted.decided["incumbent"].family == "mlp"
    assert overfitted.decided["stage_configs"]["overfit"] == overfitted.decided["incumbent"]


def test_a_network_that_cannot_see_its_inputs_fails(tmp_path, monkeypatch):
    build = mlp.FAMILY.build
    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=lambda hp, x, form: build(hp, x, form) * 0))
    finding = climbed(journey_on(tumours(200), tmp_path, "diagnosis"))["capacity_ladder"]
    assert finding.status == "failed"
    assert finding.stops


def test_labels_without_signal_do_not_fail(tmp_path, monkeypatch):
    build = mlp.FAMILY.build
    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=lambda hp, x, form: build(hp, x, form) * 0))
    walked = climbed(journey_on(noise(), tmp_path, "label"), signal=False)
    assert walked["capacity_ladder"].status == "warned"


@pytest.mark.parametrize("floor", [0.4])
def test_contradictions_lower_what_is_asked(tmp_path, floor):
    frame = noise()
    frame["label"] = np.where(np.arange(300) % 3 == 0, "rare", "usual")
    finding = climbed(journey_on(frame, tmp_path, "label"), contradiction_floor=floor)["capacity_ladder"]
    assert finding.status == "passed"
    assert finding.expected == floor
