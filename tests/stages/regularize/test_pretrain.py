import pytest

from tests.stages.regularize.started import MLP, is_a_sound_trial, tried
from wizard.core.config import TrainingConfig
from wizard.models.families.pretrained import FILES
from wizard.models.pretrained_layers import Backbone

SMALL = "MobileNetV3Small"
LINEAR = MLP.but(family="linear", hp={}, epochs=2)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A folder where Keras keeps weights; empty."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def at_hand(cache, monkeypatch):
    """A small network whose weights seem to be there: random ones, as those of ImageNet cannot be shipped."""
    (cache / FILES[SMALL]).touch()
    monkeypatch.setattr(Backbone, "_imagenet", lambda layer: layer._application(None))


def test_skipped_for_tables(journeys):
    finding, _ = tried(journeys["classes"], "pretrain")
    assert finding.status == "skipped"
    assert "no weights to start from" in finding.headline


def test_without_weights_it_says_how_to_give_them(journeys, cache):
    finding, _ = tried(journeys["pictures"], "pretrain", LINEAR)
    assert finding.status == "skipped"
    assert finding.headline.endswith("into ~/.keras/models.")


@pytest.mark.slow
def test_with_weights_it_is_an_experiment_against_scratch(journeys, at_hand):
    finding, decided = tried(journeys["pictures"], "pretrain", LINEAR)
    assert is_a_sound_trial(finding)
    assert [row[0] for row in finding.blocks[0].rows] == [f"pretrained weights under a new head ({SMALL})"]
    assert TrainingConfig.model_validate(decided["incumbent"]).family in ("linear", "pretrained")


@pytest.mark.long
def test_a_pretrained_network_whose_head_was_trained_is_trained_on_as_a_whole(journeys, at_hand):
    base = TrainingConfig(
        family="pretrained", hp={"application": SMALL, "frozen": True, "weights": "imagenet"}, batch=32, epochs=1
    )
    finding, _ = tried(journeys["pictures"], "pretrain", base)
    assert is_a_sound_trial(finding)
    assert [row[0] for row in finding.blocks[0].rows] == ["pretrained weights, all of them trained on"]
