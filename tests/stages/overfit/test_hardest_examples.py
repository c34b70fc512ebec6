import numpy as np
import pytest

from tests.stages.overfit.trained import MADE, SHORT, answered, flipped
from tests.stages.walk import journey_on, walk
from wizard.stages.overfit.hardest_examples import hardest_examples


@pytest.mark.parametrize("kind", ["pictures", "classes", "amounts", "labels", "targets", "texts", "series"])
def test_every_kind_is_shown_hardest_first(kind, tmp_path):
    journey = MADE[kind](tmp_path)
    finding = answered(hardest_examples, journey)
    assert finding.status == "noted"
    items = finding.blocks[0].items
    losses = [item.attributes["loss"] for item in items]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(finding.measured, abs=1e-3)
    assert all(item.caption.startswith("predicted: ") and item.label for item in items)
    assert {item.attributes["row"] for item in items} <= set(journey.split.train.tolist())


def test_silent_on_labels_that_are_right(tmp_path):
    finding = answered(hardest_examples, MADE["classes"](tmp_path))
    assert "suspects none of their labels" in finding.headline
    assert finding.advice.startswith("Look through them")


def test_wrong_labels_are_hard_and_suspected(tmp_path):
    frame, wrong = flipped(40)
    finding = answered(hardest_examples, journey_on(frame, tmp_path, "diagnosis"), SHORT.but(epochs=10))
    assert finding.advice.startswith("Correct the labels that are both hard and suspected first")
    both = [item.attributes["row"] for item in finding.blocks[0].items if item.attributes["suspected"] == "yes"]
    assert np.isin(both, wrong).mean() > 0.8


def test_skipped_without_a_ladder(journeys):
    assert walk(journeys["classes"], "overfit", "hardest_examples")["hardest_examples"].status == "skipped"
