from dataclasses import replace

import numpy as np
import pytest

from tests.stages.walk import diabetes, journey_on, noise, tumours, walk
from wizard.models.families import mlp

GIVEN = {"metric": "accuracy"}


def blind(journey, metric="accuracy"):
    walked = walk(journey, "baseline", "dumb_baselines", "input_independent", given={"metric": metric})
    return walked["input_independent"]


def test_silent_on_clean_data(based, kind):
    finding = based[kind]["input_independent"]
    assert finding.status == "passed"
    assert finding.measured < finding.expected


@pytest.fixture
def disconnected(monkeypatch):
    """A family whose network multiplies its inputs by zero."""
    build = mlp.FAMILY.build

    def cut(hp, inputs, form):
        return build(hp, {name: values * 0 for name, values in inputs.items()}, form)

    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=cut))


@pytest.mark.usefixtures("disconnected")
@pytest.mark.parametrize(("frame", "target", "metric"), [
    (tumours(), "diagnosis", "accuracy"), (diabetes(), "progression", "rmse"),
])  # fmt: skip
def test_inputs_that_do_not_reach_the_network_fail(tmp_path, frame, target, metric):
    finding = blind(journey_on(frame, tmp_path, target), metric)
    assert finding.status == "failed"
    assert finding.stops
    assert finding.causes[0].fault == "M16"


def test_no_signal_is_warned_of_and_does_not_fail(tmp_path):
    finding = blind(journey_on(noise(), tmp_path, "label"))
    assert finding.status == "warned"
    assert "no usable signal" in finding.headline


@pytest.mark.parametrize("seed", range(2))
def test_a_faint_signal_does_not_close_the_gate(tmp_path, seed):
    frame = noise(900, seed)
    chance = np.random.default_rng(seed).random(900)
    frame["label"] = np.where(chance < 0.3 + 0.08 * np.tanh(2 * frame["a"]), "rare", "usual")
    assert blind(journey_on(frame, tmp_path, "label")).status in ("passed", "warned")


def test_a_run_that_breaks_down_fails_without_a_crash(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", float("nan"))
    finding = blind(journey_on(tumours(200), tmp_path, "diagnosis"))
    assert finding.status == "failed"
    assert finding.headline.startswith("The short training broke down: the training loss was no number any more")
