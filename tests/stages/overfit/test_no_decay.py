import pytest

from tests.stages.overfit.trained import MADE, SHORT, answered
from tests.stages.walk import walk
from wizard.stages.overfit.no_decay import no_decay


def test_noted_on_clean_data(overfitted):
    finding = overfitted["no_decay"]
    assert finding.status == "noted"
    losses, rates = finding.blocks
    assert {line.name for line in losses.lines} == {"constant rate", "cosine decay"}
    assert len(rates.lines) == 3


@pytest.mark.parametrize("kind", ["amounts", "labels"])
def test_noted_for_other_tasks(kind, tmp_path):
    assert answered(no_decay, MADE[kind](tmp_path)).status == "noted"


def test_a_decay_that_comes_before_the_network_has_fitted_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.overfit.no_decay.CUT", 0.0)
    slow = SHORT.but(epochs=100)  # random labels are learnt by heart just in time
    finding = answered(no_decay, MADE["noise"](tmp_path), slow, target=0.04)
    assert finding.status == "warned"
    assert [(cause.fault, cause.tested) for cause in finding.causes] == [("O03", True)]
    assert finding.measured > finding.expected


def test_what_a_borrowed_decay_would_have_done_is_computed(tmp_path):
    finding = answered(no_decay, MADE["classes"](tmp_path), SHORT.but(epochs=60))
    assert "50% of the epochs at a tenth of the rate or less, and moved the weights 55% as far" in finding.headline


def test_skipped_without_a_ladder(journeys):
    assert walk(journeys["classes"], "overfit", "no_decay")["no_decay"].status == "skipped"
