from types import SimpleNamespace

import numpy as np
import pytest

from tests.stages.tune.started import MLP, given, tuned_from
from tests.stages.walk import checked, context_of
from wizard.core.decisions import Decisions
from wizard.stages.tune.importance import importances
from wizard.stages.tune.race import Tried
from wizard.stages.tune.sensitivity import sensitivity
from wizard.training.space import Dimension

SPACE = (
    Dimension(name="learning_rate", kind="log", low=1e-4, high=1e-2, now=1e-3),
    Dimension(name="dropout", kind="linear", low=0.0, high=0.5, now=0.0),
    Dimension(name="batch", kind="choice", options=(16, 32, 64), now=32),
)


def found_on(journey, score, n=30):
    """What the step says of trials whose score is a function of the rate's place, 0–1, and noise."""
    random = np.random.default_rng(0)
    tried = []
    for number in range(n):
        place = random.random()
        values = {"learning_rate": 1e-4 * 100**place, "dropout": random.uniform(0, 0.5),
                  "batch": int(random.choice([16, 32, 64]))}  # fmt: skip
        tried.append(Tried(number, MLP, values, score(place, random), 1.0, judged=SimpleNamespace()))
    context = context_of(journey, "tune")
    context.decisions = Decisions.model_validate(given())
    race = SimpleNamespace(tried=tried, complete=sorted(tried, key=lambda one: -one.score))
    context.shared.update(race=race, space=SPACE)
    return checked(sensitivity.finding(sensitivity.run(context), 0.0))


def test_what_matters_is_named_and_where_it_is_best_inside_nothing_is_warned_of(journeys):
    finding = found_on(journeys["classes"], lambda place, r: 0.9 - (place - 0.5) ** 2 + r.normal(0, 0.01))
    assert finding.status == "passed"
    assert "learning_rate" in finding.headline
    assert "dropout" not in finding.headline
    assert finding.interval is None, "30 trials say that it matters, not how much"
    assert {"bars", "scatter", "parallel"} <= {block.kind for block in finding.blocks}


def test_the_best_at_the_edge_is_warned_of_with_the_call(journeys):
    finding = found_on(journeys["classes"], lambda place, r: 0.8 + 0.1 * place + r.normal(0, 0.003))
    assert finding.status == "warned"
    assert "learning_rate at its upper end" in finding.headline
    assert 'space={"learning_rate": (0.0001, 1, "log")}' in finding.advice


def test_noise_is_not_called_importance(journeys):
    finding = found_on(journeys["classes"], lambda place, r: 0.9 + r.normal(0, 0.01))
    assert finding.status == "noted"
    assert "chance" in finding.headline
    assert "tune(trials=60)" in finding.advice


def test_a_start_without_a_place_is_left_out(journeys):
    clip = Dimension(name="clip", kind="linear", low=0.1, high=5.0, now=None)
    context = context_of(journeys["classes"], "tune")
    context.decisions = Decisions.model_validate(given())
    random = np.random.default_rng(0)
    start = Tried(0, MLP, {}, 0.99, 1.0, judged=SimpleNamespace())
    others = [
        Tried(
            number, MLP, {"clip": random.uniform(0.1, 5)}, 0.5 + random.normal(0, 0.01), 1.0, judged=SimpleNamespace()
        )
        for number in range(1, 20)
    ]
    race = SimpleNamespace(tried=[start, *others], complete=[start, *sorted(others, key=lambda one: -one.score)])
    context.shared.update(race=race, space=(clip,))
    finding = checked(sensitivity.finding(sensitivity.run(context), 0.0))
    bars, scatter, parallel = finding.blocks
    assert "19 trials" in bars.caption
    assert sum(len(cloud.x) for cloud in scatter.clouds) == len(parallel.paths) == 19
    assert "The start is no line here" in parallel.caption


def test_few_trials_tell_nothing(tuned):
    assert tuned["sensitivity"].status == "noted"
    assert "cannot tell" in tuned["sensitivity"].headline


def test_no_share_is_more_than_the_whole():
    for seed in range(4):
        random = np.random.default_rng(seed)
        places = random.random((20, 3))
        found, by_chance = importances(places, places[:, 0] + random.normal(0, 0.03, 20), random)
        assert all(0 <= one.low <= one.share <= one.high <= 1 for one in found)
        assert by_chance <= 1


def test_the_intervals_ends_lie_around_what_is_true():
    random = np.random.default_rng(1)
    places = random.random((200, 2))
    (strong, _), _ = importances(places, places[:, 0] + random.normal(0, 0.29, 200), random)
    assert 0.3 < strong.low < 0.5 < strong.high < 0.7  # half of the spread is noise


def test_what_explains_all_explains_all_of_every_resample():
    random = np.random.default_rng(0)
    places = (np.arange(40) % 4 == 0).astype(float)[:, None]  # a resample has more or less of the few that differ
    (found,), _ = importances(places, places[:, 0], random, [2])
    assert found.low > 0.95


def test_each_value_of_a_choice_counts_as_much():
    random = np.random.default_rng(0)
    places = random.integers(0, 3, (90, 1)) / 2
    (found,), _ = importances(places, (places[:, 0] == 0).astype(float), random, [3])
    assert found.effect == pytest.approx((1, 0, 0), abs=0.01)
    assert found.share > 0.95, "a third of the trials each, not half of them in the middle"


def test_without_a_search_there_is_nothing_to_look_at(journeys):
    assert tuned_from(journeys["classes"], "sensitivity")["sensitivity"].status == "skipped"


def test_many_trials_tell_how_much(journeys):
    finding = found_on(journeys["classes"], lambda place, r: 0.9 + 0.1 * place + r.normal(0, 0.02), 60)
    low, high = finding.interval
    assert 0.2 < low < finding.measured < high <= 1.0


def test_equal_scores_have_no_cause():
    found, _ = importances(np.random.default_rng(0).random((10, 2)), np.ones(10), np.random.default_rng(0))
    assert not any(one.is_beyond_chance for one in found)
