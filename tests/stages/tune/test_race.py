from types import SimpleNamespace

import numpy as np
import pytest

from tests.stages.tune.started import MLP, given
from tests.stages.walk import context_of, journey_on, tumours
from wizard.core.decisions import Decisions
from wizard.stages.context import Judged
from wizard.stages.tune.race import ENOUGH, Race, Tried
from wizard.training.metrics import METRICS

SHORT = MLP.but(hp={"width": 16, "depth": 1}, epochs=8, batch=256)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """With folds."""
    return journey_on(tumours(150), tmp_path_factory.mktemp("small") / "run", "diagnosis")


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    """So many rows that there are no folds."""
    random = np.random.default_rng(0)
    x = random.normal(size=(8000, 8))
    y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype(int)
    return journey_on((x, y), tmp_path_factory.mktemp("larger") / "run")


def race_on(journey, config):
    context = context_of(journey, "tune")
    context.decisions = Decisions.model_validate(given(config))
    return Race(context, config)


def looked_at(race, score):
    """A first look that no test tells from the start's: the same answers, said to have this score."""
    rows = race.context.split.rows(0)[1]
    answers = np.full(race.context.task.answers_shape(len(rows)), 0.5)
    return Judged(race.incumbent, (), rows, [answers], score, is_dropped=True)


def test_below_the_median_is_given_up_also_where_nothing_is_clearly_worse(small):
    race = race_on(small, MLP)
    scores = (0.90, 0.60, 0.92, 0.94, 0.96)
    assert [race.verdict(number, looked_at(race, score)) for number, score in enumerate(scores)] == [""] * ENOUGH
    assert race.verdict(5, looked_at(race, 0.93)) == ""
    assert race.verdict(6, looked_at(race, 0.91)) == "below the median of the earlier trials after its first fold"
    assert race.verdict(7, looked_at(race, 0.925)) == ""  # the median of seven is 0.92


def test_without_folds_a_trial_is_looked_at_after_a_quarter_of_its_epochs(larger):
    race = race_on(larger, SHORT)
    for number, rate in enumerate((3e-3, 2e-3, 4e-3, 5e-3, 6e-3)):
        race.evaluate(number, {"learning_rate": rate}, None)
    before = larger.trainer.n_trained
    race.evaluate(5, {"learning_rate": 1e-8}, None)
    assert race.tried[5].given_up == "below the median of the earlier trials after a quarter of its epochs"
    assert larger.trainer.n_trained - before == 1
    assert not any(one.given_up for one in race.tried[:5])
    runs = [larger.trainer.stored(key) for key in larger.trainer.used]
    assert sum(one.seconds for one in race.tried) == pytest.approx(sum(run.seconds for run in runs)), "looks count"


def test_the_first_fold_is_no_more_than_a_part_of_the_trial(small):
    race = race_on(small, MLP)
    race.evaluate(0, {}, None)
    assert race.tried[0].seconds == pytest.approx(race.tried[0].judged.seconds)


def test_equal_trials_stand_in_the_order_of_their_numbers_however_they_ended():
    race = Race(SimpleNamespace(metric=METRICS["accuracy"]), MLP)
    for number, score in ((0, 0.9), (3, 0.9), (1, 0.9), (2, 0.95)):
        race.tried.append(Tried(number, MLP, {}, score, 1.0, judged=SimpleNamespace(score=score)))
    assert [one.number for one in race.complete] == [2, 0, 1, 3]
