import keras_tuner
import numpy as np
import pytest

from wizard.training.oracles import hyperband_trials, opened_tuner
from wizard.training.search import TrialFailed, report
from wizard.training.search import search as run_search
from wizard.training.space import Dimension

SPACE = (
    Dimension(name="learning_rate", kind="log", low=1e-4, high=1e-1, now=3e-3),
    Dimension(name="dropout", kind="linear", low=0.0, high=0.5, now=0.1),
    Dimension(name="hp.width", kind="choice", options=(16, 32, 64), now=32),
)
INCUMBENT = {"learning_rate": 3e-3, "dropout": 0.1, "hp.width": 32}


def search(evaluate=lambda number, values: 0.0, trials=6, goes_on=lambda number: True, seed=0, **options):
    def judge(number, values, looks):
        return evaluate(number, values)

    return run_search(SPACE, judge, is_higher_better=True, trials=trials, goes_on=goes_on, seed=seed, **options)


def test_the_first_trial_is_the_incumbent_and_the_others_lie_in_the_space():
    found = search(lambda number, values: values["dropout"])
    assert found[0].values == INCUMBENT
    assert [trial.number for trial in found] == list(range(6))
    assert [trial.score for trial in found] == [trial.values["dropout"] for trial in found]
    for trial in found:
        assert 1e-4 <= trial.values["learning_rate"] <= 1e-1
        assert 0 <= trial.values["dropout"] <= 0.5
        assert trial.values["hp.width"] in (16, 32, 64)


def test_the_same_seed_proposes_the_same_whatever_the_scores():
    one = [trial.values for trial in search()]
    two = [trial.values for trial in search(lambda number, values: float(-number))]
    other = [trial.values for trial in search(seed=1)]
    assert one == two
    assert one[0] == other[0]
    assert one[1:] != other[1:]


def test_more_trials_begin_with_the_same_ones():
    assert [t.values for t in search(trials=8)][:4] == [t.values for t in search(trials=4)]


def test_rates_are_drawn_evenly_over_their_powers_of_ten():
    drawn = np.log10([trial.values["learning_rate"] for trial in search(trials=60)[1:]])
    assert np.mean(drawn < -2.5) == pytest.approx(0.5, abs=0.2)


def test_a_failed_trial_is_recorded_and_the_search_goes_on():
    def evaluate(number, values):
        if number in (1, 2, 3, 4):  # KerasTuner alone gives up after three in a row
            raise TrialFailed(f"trial {number} became NaN")
        return 1.0

    found = search(evaluate, trials=7)
    assert [trial.score is None for trial in found] == [False, True, True, True, True, False, False]
    assert found[2].failure == "trial 2 became NaN"


def test_it_stops_when_there_is_no_time():
    asked = []
    found = search(trials=50, goes_on=lambda number: asked.append(number) or number < 3)
    assert len(found) == 3
    assert sorted(set(asked)) == [0, 1, 2, 3]


def test_an_interruption_is_not_taken_for_a_failed_trial():
    def evaluate(number, values):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(evaluate)


def test_an_interruption_inside_tensorflow_is_one_too():
    def evaluate(number, values):
        raise SystemError("<built-in function TFE_Py_Execute> returned NULL; bad argument to internal function")

    with pytest.raises(KeyboardInterrupt):
        search(evaluate)


@pytest.mark.slow
def test_bayesian_search_goes_where_it_was_good_and_repeats():
    def evaluate(number, values):
        return -abs(values["dropout"] - 0.4)

    found = search(evaluate, trials=9, tuner="bayesian")
    assert found[0].values == INCUMBENT
    assert [t.values for t in found] == [t.values for t in search(evaluate, trials=9, tuner="bayesian")]
    assert [t.values for t in found[:6]] == [t.values for t in search(evaluate, trials=6, tuner="bayesian")]
    random = [t.values for t in search(evaluate, trials=9)]
    assert [t.values for t in found] != random


def test_hyperband_gives_the_best_more_looks():
    trials, looks = hyperband_trials(9, 10), 9
    given = {}

    def evaluate(number, values, n):
        given.setdefault(values["dropout"], []).append(n or looks)
        return values["dropout"]

    found = run_search(SPACE, evaluate, tuner="hyperband", is_higher_better=True, trials=trials,
                       goes_on=lambda number: True, seed=0, looks=looks)  # fmt: skip
    assert len(found) == trials
    assert found[0].looks is None
    assert sum(trial.looks or 0 for trial in found) <= 10 * looks
    longest = {dropout: max(n) for dropout, n in given.items()}
    assert {1, 3, 9} >= set(longest.values()) > {1}
    bracket = [trial.values["dropout"] for trial in found[1:10]]  # a third of them goes on
    assert [longest[dropout] > 1 for dropout in sorted(bracket)] == [False] * 6 + [True] * 3


def test_an_oracle_of_the_users_own_proposes_as_instance_and_as_class():
    class Grid(keras_tuner.oracles.GridSearchOracle):
        pass

    text = opened_tuner(Grid)
    assert "Grid" in text
    found = search(trials=4, tuner=text)
    assert found[0].values == INCUMBENT
    assert len({trial.values["dropout"] for trial in found[1:]}) < 3  # a grid changes one after the other
    own = keras_tuner.oracles.RandomSearchOracle(seed=5)
    one = [trial.values for trial in search(tuner=opened_tuner(own))]
    assert one == [trial.values for trial in search(tuner=opened_tuner(own))]  # it is not used up
    assert one != [trial.values for trial in search(tuner=opened_tuner(keras_tuner.oracles.RandomSearchOracle(seed=6)))]
    assert opened_tuner(own) == opened_tuner(keras_tuner.oracles.RandomSearchOracle(seed=5))


def test_an_incumbent_outside_its_range_is_tried_as_it_is():
    space = (Dimension(name="weight_decay", kind="log", low=1e-2, high=3.0, now=0.0),)
    found = run_search(space, lambda number, values, looks: float(number), tuner="bayesian", is_higher_better=True,
                       trials=5, goes_on=lambda number: True, seed=0)  # fmt: skip
    assert found[0].values == {"weight_decay": 0.0}
    assert all(1e-2 <= trial.values["weight_decay"] <= 3 for trial in found[1:])


@pytest.mark.parametrize(("now", "is_told"), [(0.5, True), (None, False), (9.0, False)])
def test_an_oracle_is_told_of_an_incumbent_only_where_it_was(now, is_told, monkeypatch):
    told, say = [], report
    monkeypatch.setattr(
        "wizard.training.search.report", lambda oracle, trial, tried: told.append(tried) or say(oracle, trial, tried)
    )
    space = (Dimension(name="clip", kind="linear", low=0.1, high=5.0, now=now),)
    found = run_search(space, lambda number, values, looks: 1.0, tuner="bayesian", is_higher_better=True, trials=3,
                       goes_on=lambda number: True, seed=0)  # fmt: skip
    assert found[0].values == ({} if now is None else {"clip": now})
    assert [trial.number for trial in told] == ([0, 1, 2] if is_told else [1, 2])


def test_nothing_is_printed(capsys):
    search(trials=2)
    assert capsys.readouterr().out == ""
