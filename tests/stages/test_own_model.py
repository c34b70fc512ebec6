"""The stages after baseline on models of the user's own."""

from dataclasses import replace

import numpy as np
import pytest

from tests.stages.walk import context_of, walk
from tests.training.own_models import amounts, declared, journey_of, plain, stepping, wine
from wizard.core.budget import EFFORTS, Budget
from wizard.stages.length import is_cut_short, own_epochs

CLASSES = {"metric": "accuracy", "signal": True, "is_learnable": True}
AMOUNTS = {"metric": "rmse", "signal": True, "is_learnable": True}


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return journey_of(wine(), declared, tmp_path_factory.mktemp("classes"))


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    return journey_of(amounts(), plain, tmp_path_factory.mktemp("numbers"))


def test_the_ladder_is_made_of_declared_sizes(classes):
    steps = ("pick_model", "capacity_ladder", "no_decay", "learning_curves")
    found = walk(classes, "overfit", *steps, given=CLASSES)
    assert "it declares units, dropout, lr; 5 sizes from 71 to 1,091 parameters" in found["pick_model"].headline
    assert found["capacity_ladder"].status == "passed"
    incumbent = found.decided["incumbent"]
    assert (incumbent.family, incumbent.hp["dropout"], incumbent.learning_rate) == ("own", 0.0, 0.01)
    assert incumbent.hp["units"] in (4, 16)


def test_a_model_of_ones_own_is_cut_short_by_a_budget_as_any_other(classes):
    context = context_of(replace(classes, budget=Budget(EFFORTS["standard"], 600.0)), "tune")
    start = classes.own.family.recipe(None, len(classes.split.train), classes.task)
    assert own_epochs(context, start) == start.epochs
    short = start.but(epochs=start.look_every)
    assert [is_cut_short(context, one) for one in (start, short)] == [False, True]
    assert not is_cut_short(context_of(classes, "tune"), short), "nobody was in a hurry"


@pytest.mark.slow
def test_a_model_of_one_size_is_its_own_ladder(numbers):
    found = walk(numbers, "overfit", "pick_model", "one_at_a_time", "capacity_ladder", given=AMOUNTS)
    assert found["one_at_a_time"].status == "skipped"
    assert "declares no hyperparameter that makes the network larger" in found["one_at_a_time"].headline
    assert "as you built it (193 parameters)" in found["capacity_ladder"].headline
    assert found["capacity_ladder"].status in ("passed", "warned")
    assert found.decided["incumbent"].weight_decay == 0
    after = walk(
        numbers, "regularize", "augment", "pretrain", "smaller_input", "smaller_model", "dropout", "label_smoothing",
        "larger_model", given=found.decided,
    )  # fmt: skip
    assert {step: finding.status for step, finding in after.items()} == dict.fromkeys(after, "skipped")
    decay = walk(numbers, "regularize", "weight_decay", given=found.decided)["weight_decay"]
    assert decay.headline.startswith("Weight decay 0.1")


def test_declared_regularisers_are_tried_and_searched(classes):
    own = classes.own
    start = own.family.recipe(None, 80, classes.task).but(epochs=4, look_every=4)
    given = {**CLASSES, "incumbent": start.but(hp={**own.calm, "units": 8}), "stage_configs": {}}
    tried = walk(classes, "regularize", "dropout", given=given)["dropout"]
    assert tried.headline.startswith("Dropout 0.2")
    space = walk(classes, "tune", "search_space", given=given).decided["search_space"]
    assert set(space) == {"hp.units", "hp.dropout", "hp.lr", "batch", "weight_decay"}
    assert (space["hp.units"]["now"], space["hp.dropout"]["now"], space["hp.lr"]["now"]) == (8, 0.0, 0.01)


@pytest.mark.long
@pytest.mark.parametrize("is_instance", [True, False], ids=["instance", "build"])
def test_what_cannot_be_joined_is_handed_over_alone(is_instance, tmp_path):
    data = wine()
    model = stepping() if is_instance else stepping
    if is_instance:
        model(data[0][:1])
    journey = journey_of(data, model, tmp_path)
    start = journey.own.family.recipe(None, 80, journey.task).but(epochs=8, look_every=4)
    given = {**CLASSES, "incumbent": start, "candidates": (), "stage_configs": {}, "dumb_scores": None}
    found = walk(journey, "ensemble", "members", "leave_training", "calibrate", "hand_over", given=given)
    handed = found["hand_over"]
    folder = journey.store.path("predictor", found.decided["predictor"])
    if is_instance:
        assert "one instance that cannot be copied" in found["members"].headline
        assert len(found.decided["members"]) == 1
        assert handed.status == "warned"
        assert "cannot be made a part of another model" in handed.headline
    else:
        assert handed.status == "warned"
        assert "Keras cannot build Mine again" in handed.headline
    assert (folder / "network_1.keras").is_file() or (folder / "network_1.weights.npz").is_file()
    assert np.isfinite(found["calibrate"].measured)
