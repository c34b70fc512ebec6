import numpy as np
import pytest

from tests.stages.overfit.trained import MADE, answered
from tests.stages.walk import walk
from wizard.stages.overfit.hardest_examples import _joined, hardest_examples
from wizard.stages.suspects import Suspects


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


def test_labels_that_are_both_hard_and_suspected_come_first():
    rows = np.arange(200)
    is_called = rows < 10
    found = Suspects(rows, is_called * 1.0, np.full(200, "other", object), is_called, (), (), (), np.zeros((200, 2)))
    words, advice = _joined(rows, rows[:20], found)
    assert "of the 20 hardest, 10 are among the 10 labels that explore suspects (1 would be by chance)" in words
    assert advice.startswith("Correct the labels that are both hard and suspected first")
    assert _joined(rows, rows[150:], found)[1] == ""


def test_skipped_without_a_ladder(journeys):
    assert walk(journeys["classes"], "overfit", "hardest_examples")["hardest_examples"].status == "skipped"
