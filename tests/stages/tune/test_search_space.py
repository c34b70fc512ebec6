from dataclasses import replace

import pytest

from tests.stages.tune.started import MLP, given, tuned_from
from tests.stages.walk import context_of, diabetes
from wizard import Wizard
from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.core.errors import OptionError
from wizard.stages.tune.search_space import space_around
from wizard.training.own_space import read_space


def space_of(journey, effort="quick", **changes):
    context = context_of(replace(journey, budget=Budget(EFFORTS[effort])), "tune")
    context.decisions = Decisions.model_validate(given(MLP.but(**changes)))
    return {dimension.name: dimension for dimension in space_around(context, MLP.but(**changes))}


def test_ranges_lie_around_the_incumbent(tuned, regularized):
    space = tuned.decided["search_space"]
    rate = regularized.decided["incumbent"].learning_rate
    assert space["learning_rate"]["low"] < rate < space["learning_rate"]["high"]
    assert tuned["search_space"].measured == len(space)
    assert "augment" not in space  # of pictures, texts and series only


@pytest.mark.parametrize(("kind", "is_smoothed", "is_augmented"), [("pictures", True, True), ("amounts", False, False)])
def test_only_what_the_data_have_varies(journeys, kind, is_smoothed, is_augmented):
    space = space_of(journeys[kind])
    assert ("label_smoothing" in space) == is_smoothed
    assert ("augment" in space) == is_augmented


def test_what_regularize_kept_varies_and_what_it_dropped_does_not(journeys):
    assert "mixup" not in space_of(journeys["classes"])
    space = space_of(journeys["classes"], mixup=0.2, creative=0.5)
    assert space["mixup"].low < 0.2 < space["mixup"].high
    assert {"mixup", "creative"} <= set(space)
    assert "cutmix" not in space


def test_the_networks_shape_varies_where_the_effort_pays_for_it(journeys):
    assert "hp.width" not in space_of(journeys["classes"])
    space = space_of(journeys["classes"], effort="standard")
    assert space["hp.width"].options == (32, 128)
    assert space["hp.depth"].options == (1, 2)


def test_a_space_of_ones_own_replaces_adds_and_takes_away(journeys):
    given_space = read_space({"dropout": (0.1, 0.2), "schedule": ["cosine", "constant"], "batch": None}, MLP.hp)
    walked = tuned_from(journeys["classes"], "search_space", space=given_space)
    space = walked.decided["search_space"]
    assert (space["dropout"]["low"], space["dropout"]["high"]) == (0.1, 0.2)
    assert space["schedule"]["now"] == "constant"
    assert "batch" not in space
    assert "2 of them as you asked" in walked["search_space"].headline


def test_what_the_start_does_without_is_not_said_to_be_the_low_end(journeys):
    walked = tuned_from(journeys["classes"], "search_space", space=read_space({"clip": (0.1, 5.0)}, MLP.hp))
    assert walked.decided["search_space"]["clip"]["now"] is None
    assert next(row for row in walked["search_space"].blocks[0].rows if row[0] == "clip")[2] == "none"


def test_tune_refuses_what_would_change_nothing_on_these_data(tmp_path, monkeypatch):
    wizard = Wizard(diabetes(60), "progression", out=tmp_path)
    monkeypatch.setattr(Wizard, "decisions", Decisions.model_validate(given()))
    for name in ("augment", "label_smoothing", "class_weights"):
        with pytest.raises(OptionError, match=f"space\\['{name}'\\] would change nothing here"):
            wizard.tune(space={name: [False, True] if name == "class_weights" else [0, 0.5]})
