"""The steps that read experiments: silent on clean data of every kind; what they fire on is in tests/drills."""

import numpy as np
import pytest

from tests.small import temporary_folders
from wizard.stages.baseline.special_case import _saved

STEPS = ("simplify", "special_case", "just_before_the_net", "full_evaluation", "prediction_dynamics", "dependencies",
         "signal_health", "learning_rate")  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_silent_on_clean_data(based, kind, step):
    finding = based[kind][step]
    assert finding.status == ("noted" if step == "full_evaluation" else "passed"), finding.headline
    assert finding.blocks


def test_a_model_is_saved_inside_the_run_folder(based, monkeypatch):
    made, context = temporary_folders(monkeypatch), based["classes"].context
    assert _saved(context)[1] == ""
    assert made  # Keras's
    assert all(path.is_relative_to(context.trainer.store.folder) for path in made)


def test_every_strip_of_the_predictions_is_an_example(based):
    strips = based["classes"]["prediction_dynamics"].blocks[0]
    assert len(strips.rows) == len(strips.values) <= 20
    assert np.mean([row[-1] for row in strips.values]) > np.mean([row[0] for row in strips.values])


def test_the_score_on_the_whole_set_lies_in_its_interval(based):
    finding = based["classes"]["full_evaluation"]
    low, high = finding.interval
    assert low <= finding.measured <= high


def test_what_enters_the_network_is_decoded_from_its_tensors(based, kind):
    shown = based[kind]["just_before_the_net"].blocks[1].items
    assert len(shown) == 12
    assert all(item.label and (item.asset or item.text or item.cells or item.curves) for item in shown)


def test_every_learning_rate_that_is_tried_gets_elsewhere(based, kind):
    tried = based[kind]["learning_rate"].blocks[0].lines[0]
    assert tried.x == tuple(sorted(set(tried.x)))
    assert len(set(tried.y)) == len(tried.y) >= 5
    assert tried.y[0] > min(tried.y), "a hundredth of the rate gets nowhere in so few steps"
