"""A search whose start breaks: the others are judged without it, and every step says what there is."""

import pytest

from tests.stages.tune.started import MLP, given, tuned_from
from tests.stages.walk import context_of, journey_on, tumours
from wizard.core.decisions import Decisions
from wizard.stages.tune.race import Race
from wizard.stages.tune.winner import winner
from wizard.training.own_space import read_space
from wizard.training.search import TrialFailed

BROKEN = MLP.but(learning_rate=1e38)
ALONE = {"dropout": None, "weight_decay": None, "batch": None, "label_smoothing": None}
STEPS = ("search_space", "random_search", "sensitivity", "schedule", "winner")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return journey_on(tumours(150), tmp_path_factory.mktemp("broken") / "run", "diagnosis")


def test_a_start_that_breaks_is_said_to_and_is_nobodys_yardstick(small):
    space = read_space({"learning_rate": [1e-3, 1e-2], **ALONE}, MLP.hp)
    found = tuned_from(small, *STEPS, config=BROKEN, trials=3, space=space)
    search = found["random_search"]
    assert search.status == "passed"
    assert "the start breaks (the training loss was no number any more" in search.headline
    assert "0.0%" not in search.headline
    assert search.expected is None
    assert found["winner"].headline.startswith("The start breaks with fresh seeds")
    assert found.decided["incumbent"].learning_rate in (1e-3, 1e-2)


def test_where_every_trial_breaks_there_is_nothing_to_rank(small):
    space = read_space({"learning_rate": (1, 10), **ALONE}, MLP.hp)
    space["learning_rate"] |= {"low": 1e37, "high": 1e38}
    found = tuned_from(small, *STEPS, config=BROKEN, trials=3, space=space)
    assert found["random_search"].status == "warned"
    assert "every one breaks, the start among them" in found["random_search"].headline
    assert (found["sensitivity"].status, found["schedule"].status) == ("skipped", "skipped")
    assert found["winner"].status == "warned"
    assert found["winner"].headline.startswith("The start breaks (")
    assert found.decided["incumbent"] == BROKEN


def test_a_broken_start_alone_was_no_search(small):
    found = tuned_from(small, *STEPS, config=BROKEN, trials=1)["random_search"]
    assert found.status == "warned"
    assert found.headline.startswith("Nothing was searched: the start breaks (")


def test_a_trial_given_up_is_estimated_by_the_first_that_was_sound(small):
    context = context_of(small, "tune")
    context.decisions = Decisions.model_validate(given(BROKEN))
    race = Race(context, BROKEN)
    with pytest.raises(TrialFailed):
        race.evaluate(0, {}, None)
    for number, rate in enumerate((1e-2, 1.1e-2, 1.2e-2, 1.3e-2, 1.4e-2, 1e-7), start=1):
        race.evaluate(number, {"learning_rate": rate}, None)
    last = race.tried[-1]
    assert last.given_up == "below the median of the earlier trials after its first fold"
    assert "the start" not in "".join(one.given_up for one in race.tried)
    first = race.tried[1]
    assert last.score == pytest.approx(first.score + race._first[6].score - race._first[1].score)


def test_without_time_for_fresh_seeds_what_does_not_break_is_taken(small):
    context = context_of(small, "tune")
    decided = given(BROKEN, candidates=(MLP,))
    context.decisions = Decisions.model_validate(decided)
    context.shared["decided_here"] = tuple(decided)
    context.judge(MLP)
    context.pacing.allows = lambda what, seconds: False
    outcome = winner.run(context)
    assert outcome.decides["incumbent"] == MLP
    assert "the start breaks" in outcome.headline
