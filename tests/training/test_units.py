"""Rows of one group, and copies, are no witnesses of their own."""

import numpy as np
import pytest
from scipy.stats import binomtest

from wizard.data.task import Task
from wizard.training.calibration import chance_error, reliability
from wizard.training.compare import association, bootstrap, gain_between, wilson
from wizard.training.metrics import METRICS
from wizard.training.units import effective_rows, shuffled

ACCURACY, RMSE = METRICS["accuracy"], METRICS["rmse"]
BINARY = Task(kind="binary", target="t", classes=("a", "b"))
ROWS = 30  # of a person


def visits(random, n_persons, rows=ROWS):
    """Truth, answers and persons: each person is harder or easier than others, 0.8 are right on average."""
    is_right = (random.random((n_persons, rows)) < random.beta(4, 1, n_persons)[:, None]).ravel()
    return np.zeros(len(is_right), int), np.eye(2)[1 - is_right], np.repeat(np.arange(n_persons), rows)


@pytest.mark.parametrize("n_persons", [2, 5, 20])
def test_an_interval_over_persons_covers_the_truth_as_often_as_it_says(n_persons):
    random, held, alike = np.random.default_rng(0), 0, 0
    for seed in range(100):
        y, p, person = visits(random, n_persons)
        _, other, _ = visits(random, n_persons)
        found = bootstrap(ACCURACY, y, p, None, seed, 200, person)
        gain = gain_between(ACCURACY, y, [p], [other], None, seed, 200, person)
        held += found.low <= 0.8 <= found.high
        alike += gain.low <= 0 <= gain.high
    assert held >= 85  # over rows: 54 of 100 for 20 persons
    assert alike >= 88


def test_of_one_unit_nothing_is_known():
    y, p, person = visits(np.random.default_rng(0), 1)
    assert bootstrap(ACCURACY, y, p, None, 0, units=person).ends == (0.0, 1.0)
    gain = gain_between(ACCURACY, y, [p], [p[:, ::-1]], None, 0, units=person)
    assert gain.ends == (-1.0, 1.0)
    amounts = gain_between(RMSE, p[:, 0], [p[:, 1]], [0.9 * p[:, 1]], None, 0, units=person)
    assert amounts.low < 0 < amounts.high < np.inf


def test_all_right_on_one_person_promises_less_than_on_many():
    y, p = np.zeros(600, int), np.eye(2)[np.zeros(600, int)]
    low = [bootstrap(ACCURACY, y, p, None, 0, units=np.arange(600) // size).low for size in (600, 30, 1)]
    assert low[0] < 0.1 < 0.7 < low[1] < 0.9 < low[2]
    assert low[2] == pytest.approx(binomtest(600, 600).proportion_ci(method="wilson").low)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "roc_auc", "log_loss"])
def test_units_of_one_row_change_no_bit(name):
    random = np.random.default_rng(0)
    y, (p, q), weight = random.integers(0, 2, 90), random.dirichlet([1, 1], (2, 90)), random.uniform(0.5, 2, 90)
    units, fold = random.permutation(500)[:90], np.arange(90) % 3
    calls = [
        lambda units: bootstrap(METRICS[name], y, p, weight, 0, 50, units),
        lambda units: gain_between(METRICS[name], y, [p], [q], weight, 0, 50, units),
        lambda units: association(y, p, fold, 0, units),
        lambda units: chance_error(p, weight, BINARY, np.random.default_rng(0), 20, y, units).tolist(),
        lambda units: reliability(p, y, weight, BINARY, units).worth.tolist(),
    ]
    assert all(call(units) == call(None) for call in calls)


def test_labels_of_persons_and_predictions_of_persons_go_together_by_chance():
    random, alarms, by_rows = np.random.default_rng(0), 0, 0
    person = np.repeat(np.arange(24), 10)
    for seed in range(30):
        y = random.integers(0, 2, 24)[person]
        p = 1 / (1 + np.exp(-random.normal(size=24)[person]))
        p = np.column_stack([1 - p, p])
        alarms += association(y, p, np.zeros(240), seed, person).is_beyond_chance
        by_rows += association(y, p, np.zeros(240), seed).is_beyond_chance
    assert alarms <= 1 < by_rows
    known = np.eye(2)[y] * 0.4 + 0.6 * p
    assert association(y, known, np.zeros(240), 0, person).is_beyond_chance


def test_probabilities_that_are_true_on_average_over_persons_are_within_chance():
    random, off, off_by_rows = np.random.default_rng(0), 0, 0
    person = np.repeat(np.arange(20), ROWS)
    for _ in range(40):
        sure = random.uniform(0.6, 0.8, len(person))
        y = (random.random(len(person)) > sure + random.choice([-0.2, 0.2], 20)[person]).astype(int)
        p = np.column_stack([sure, 1 - sure])
        error = reliability(p, y, None, BINARY).error
        off += error > np.quantile(chance_error(p, None, BINARY, random, 100, y, person), 0.975)
        off_by_rows += error > np.quantile(chance_error(p, None, BINARY, random, 100), 0.975)
    assert off <= 4 < off_by_rows
    surer = reliability(np.column_stack([sure + 0.19, 0.81 - sure]), y, None, BINARY).error
    assert surer > np.quantile(chance_error(p, None, BINARY, random, 100, y, person), 0.975)


def test_copies_are_worth_one_row_and_rows_that_have_nothing_in_common_all_of_them():
    random = np.random.default_rng(0)
    values, unit = random.random(200), np.repeat(np.arange(200), 5)
    assert effective_rows(np.repeat(values, 5), unit) == pytest.approx(200, rel=0.02)
    assert 700 < effective_rows(random.random(1000), unit) <= 1000
    assert effective_rows(np.ones(1000), unit) == pytest.approx(200, rel=0.02)
    assert effective_rows(np.ones(1000), np.zeros(1000)) < 1
    weight = np.repeat([1.0, 3.0], 50)
    assert effective_rows(values[:100], None, weight) == effective_rows(values[:100], None, 1000 * weight) == 80


def test_shuffled_rows_stay_with_those_of_their_unit():
    random = np.random.default_rng(0)
    unit = random.permutation(np.repeat(np.arange(12), 5))
    taken = shuffled(random, unit, 60)
    assert sorted(taken) == list(range(60))
    assert all(len(np.unique(unit[taken][unit == one])) == 1 for one in range(12))
    assert (unit[taken] != unit).any()


@pytest.mark.parametrize(("right", "n"), [(0, 24), (24, 24), (3, 40), (500, 501)])
def test_wilson_is_that_of_scipy(right, n):
    found = binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right / n, n).ends == pytest.approx((found.low, found.high), abs=1e-12)
    assert wilson(right / n, 0).ends == (0.0, 1.0)
