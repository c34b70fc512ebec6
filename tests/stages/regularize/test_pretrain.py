from dataclasses import replace
from types import SimpleNamespace

from tests.stages.regularize.started import is_a_sound_trial, tried
from wizard.models.families import mlp
from wizard.stages.regularize import pretrain as module


def test_skipped_for_tables(journeys):
    finding, _ = tried(journeys["classes"], "pretrain")
    assert finding.status == "skipped"
    assert "no weights to start from" in finding.headline


def at_hand(monkeypatch, is_there):
    """A family of pretrained networks: a multilayer perceptron that stands in for one."""
    family = replace(mlp.FAMILY, name="pretrained", title="Stand-in")
    stand_in = SimpleNamespace(
        FAMILY=family,
        weights_at_hand=lambda: "ResNet50" if is_there else "",
        HOW_TO_GIVE_WEIGHTS="Put them into ~/.keras/models.",
    )
    monkeypatch.setattr(module, "FAMILY", "mlp")  # a name that the registry knows
    monkeypatch.setattr(module.registry, "load", lambda package, name: stand_in)


def test_without_weights_it_says_how_to_give_them(journeys, monkeypatch):
    config = tried_config()
    with monkeypatch.context() as patched:
        at_hand(patched, False)
        finding, _ = tried(journeys["pictures"], "pretrain", config)
    assert finding.status == "skipped"
    assert finding.headline.endswith("Put them into ~/.keras/models.")


def tried_config():
    from tests.stages.regularize.started import MLP

    return MLP.but(family="linear", hp={}, epochs=2)


def test_with_weights_it_is_an_experiment_against_scratch(journeys, monkeypatch):
    from wizard.core import registry

    real = registry.load
    with monkeypatch.context() as patched:
        at_hand(patched, True)
        stand_in = module.registry.load("", "")
        patched.setattr(
            module.registry,
            "load",
            lambda package, name: stand_in if name == "mlp" and package.endswith("families") else real(package, name),
        )
        finding, _ = tried(journeys["pictures"], "pretrain", tried_config())
    assert is_a_sound_trial(finding)
    assert "Stand-in" in finding.headline
