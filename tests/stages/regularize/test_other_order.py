from dataclasses import replace

import pytest

from tests.stages.regularize.started import MLP, given
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.stages.regularize.experiment import experiment, ledger
from wizard.stages.regularize.other_order import other_order
from wizard.training.compare import Interval

SLOW = MLP.but(learning_rate=1e-5)


def started(journey, config):
    context = context_of(journey, "regularize")
    context.decisions = Decisions.model_validate(given(config))
    return context


def goes_on(context, outcome):
    context.decisions = Decisions.model_validate({**dict(context.decisions), **outcome.decides})


def test_where_nothing_was_kept_nothing_stood_in_the_way(journeys):
    context = started(journeys["classes"], MLP)
    experiment(context, "test", [{"learning_rate": 1e-9}], ["no learning"])
    outcome = other_order.run(context)
    assert outcome.status == "noted"
    assert outcome.headline.startswith("Nothing was kept")


@pytest.fixture
def crowded(journeys):
    """A change that hardly helps was kept first, and one that would help more lost in the noise."""
    context = started(journeys["classes"], SLOW.but(epochs=12))
    kept = experiment(context, "early", [{"learning_rate": 1e-4}], ["a rate that learns a little"])
    assert kept.status == "passed"
    goes_on(context, kept)
    experiment(context, "late", [{"dropout": 0.1}], ["some dropout"])
    return context


@pytest.mark.parametrize("given_up", ["its first fold", "its first fold for lack of time", "its first seed"])
def test_what_pointed_the_right_way_for_one_look_only_is_not_tried_again(crowded, given_up):
    trials = ledger(crowded)
    trials[1] = replace(trials[1], gain=Interval(0.01, -0.01, 0.03), given_up=given_up, is_kept=False)
    assert other_order.run(crowded).headline.startswith("No change that was left out")


@pytest.mark.parametrize("given_up", ["", "2 folds"])
def test_what_pointed_the_right_way_is_tried_without_what_was_kept_before_it(crowded, given_up):
    trials = ledger(crowded)
    trials[1] = replace(trials[1], gain=Interval(0.01, -0.01, 0.03), given_up=given_up, is_kept=False)
    outcome = other_order.run(crowded)
    assert outcome.headline.startswith("Some dropout in place of a rate that learns a little: −")
    assert trials[0].is_kept, "without the rate nothing is learnt"
    assert outcome.decides["incumbent"].learning_rate == 1e-4


def test_what_does_better_in_the_place_of_an_earlier_change_takes_it(crowded):
    trials = ledger(crowded)
    better = {"batch": 8, "epochs": 24}  # three times eight as many steps: learns at the slow rate, too
    trials[1] = replace(trials[1], change=better, gain=Interval(0.01, -0.01, 0.03), given_up="", is_kept=False)
    trials[0] = replace(trials[0], base=SLOW.but(epochs=12, learning_rate=3e-3))
    outcome = other_order.run(crowded)
    assert outcome.status == "passed"
    incumbent = outcome.decides["incumbent"]
    assert (incumbent.learning_rate, incumbent.batch) == (3e-3, 8)
    assert [trial.is_kept for trial in trials] == [False, False, True]
    assert trials[0].replaced_by == "some dropout in place of a rate that learns a little"


def test_a_change_of_the_same_thing_is_no_obstacle_but_an_alternative(crowded):
    trials = ledger(crowded)
    trials[1] = replace(
        trials[1], change={"learning_rate": 2e-4}, gain=Interval(0.01, -0.01, 0.03), given_up="", is_kept=False
    )
    assert other_order.run(crowded).headline.startswith("No change that was left out")
