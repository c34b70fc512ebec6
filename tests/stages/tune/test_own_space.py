"""A search of what build(hp) declares: trial 0 is what was trained, and an equal trial is the same run."""

import pytest

from tests.stages.tune.started import given, tuned_from
from tests.stages.walk import context_of
from tests.training.own_models import declared, journey_of, wine
from wizard.core.decisions import Decisions
from wizard.stages.tune.race import Race
from wizard.training.own_space import read_space


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A journey with a model of one's own, and the configuration that it begins with."""
    journey = journey_of(wine(), declared, tmp_path_factory.mktemp("own"))
    config = journey.own._recipe(None, 120, journey.task)
    return journey, config.but(epochs=config.look_every)


def test_a_default_written_out_is_the_run_that_left_it_out(own):
    journey, config = own
    context = context_of(journey, "tune")
    context.decisions = Decisions.model_validate(given(config))
    race = Race(context, config)
    assert config.hp == {"dropout": 0.0}
    same, _ = race.planned(1, {"hp.units": 16, "hp.lr": 1e-2, "hp.dropout": 0.0}, None)
    assert same == config
    other, _ = race.planned(2, {"hp.units": 16, "hp.lr": 1e-3, "hp.dropout": 0.2}, None)
    assert other.hp == {"lr": 1e-3, "dropout": 0.2}


def test_trial_0_is_said_to_be_what_build_takes(own):
    journey, config = own
    space = read_space(
        {"lr": (1e-4, 1e-3, "log"), "units": None, "batch": None, "dropout": None}, ["lr", "units", "dropout"], True
    )
    found = tuned_from(journey, "search_space", "random_search", config=config, trials=3, space=space)
    rows = {row[0]: row[2] for row in found["search_space"].blocks[0].rows}
    assert rows["lr"] == 0.01, "the default of build(hp), not an end of the user's range"
    table = next(block for block in found["random_search"].blocks if block.title == "Trials, best first")
    assert next(row[2] for row in table.rows if row[0] == 0) == 0.01
