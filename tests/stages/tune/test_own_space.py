"""A search of what build(hp) declares: trial 0 is what was trained, and an equal trial is the same run."""

import pytest

from tests.stages.tune.started import given
from tests.stages.walk import context_of
from tests.training.own_models import declared, journey_of, wine
from wizard.core.decisions import Decisions
from wizard.stages.tune.race import Race


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
