import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import keras_tuner
import pytest

from tests.small import ROOT
from tests.stages.tune.started import MLP, given, tuned_from
from tests.stages.walk import TINY, context_of, journey_on, tumours
from wizard.core import costs
from wizard.core.budget import Budget
from wizard.core.clock import Clock
from wizard.core.decisions import Decisions
from wizard.stages.length import own_epochs
from wizard.stages.tune.race import Race
from wizard.stages.tune.random_search import MOST_TRIALS, trials_for
from wizard.stages.tune.timing import PROOF_SHARE, Timing
from wizard.training.oracles import opened_tuner
from wizard.training.search import TrialFailed

SEARCH = ("search_space", "random_search")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A journey on few rows, with folds; what is trained is shared by the tests below."""
    return journey_on(tumours(150), tmp_path_factory.mktemp("small") / "run", "diagnosis")


def rows_of(finding):
    """The trials' rows in the order of their numbers, without what they took."""
    table = next(block for block in finding.blocks if block.title == "Trials, best first")
    return sorted((row[:-2] + row[-1:] for row in table.rows), key=lambda row: row[0])


def unpaced(journey):
    """Takes back what a test before answered about the time left."""
    (journey.folder / "store" / "pacing" / "test-tune.json").unlink(missing_ok=True)


def test_the_incumbent_is_trial_0_and_never_lost(tuned, regularized):
    assert [row[0] for row in rows_of(tuned["random_search"])] == list(range(TINY.trials))
    assert tuned["random_search"].status in ("passed", "noted")
    assert tuned.decided["candidates"][0] == tuned.decided["incumbent"]


def test_more_trials_go_on_where_fewer_ended(small, capsys):
    first = tuned_from(small, *SEARCH, trials=3)
    before = small.trainer.n_trained
    again = tuned_from(small, *SEARCH, trials=3)
    assert small.trainer.n_trained == before
    assert again["random_search"].model_dump(exclude={"seconds"}) == first["random_search"].model_dump(
        exclude={"seconds"}
    )
    more = tuned_from(small, *SEARCH, trials=5)
    assert 0 < small.trainer.n_trained - before <= 2 * len(small.split.folds)
    assert rows_of(more["random_search"])[:3] == rows_of(first["random_search"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert (
        sum(line.startswith("trial 4 of 4: ") and " · best " in line and line.endswith("left") for line in lines) == 1
    )
    assert any(line.startswith("learning_rate: ") for line in lines)


def test_under_a_budget_in_seconds_the_time_ends_the_search_and_keeps_some_for_the_winner(small):
    timed = replace(small, budget=Budget(TINY, 600.0))
    context = context_of(timed, "tune")
    assert trials_for(context, MLP) == MOST_TRIALS
    assert trials_for(context_of(timed, "tune", trials=3), MLP) == 3
    late = replace(small, budget=Budget(TINY, 10.0), clock=Clock(), beside=[60.0])
    found = tuned_from(late, *SEARCH, config=MLP.but(epochs=own_epochs(context, MLP)))
    assert found["random_search"].status == "warned"
    assert "no time for a search" in found["random_search"].headline
    assert found.context.pacing.cuts == ["random_search: trial 1"]


def test_a_search_that_ends_before_its_budget_says_so(small, monkeypatch):
    monkeypatch.setattr("wizard.stages.tune.random_search.MOST_TRIALS", 3)
    unpaced(small)
    timed = replace(small, budget=Budget(TINY, 6000.0), clock=Clock())
    found = tuned_from(timed, *SEARCH, config=MLP.but(epochs=own_epochs(context_of(timed, "tune"), MLP)))
    told = "the most that a budget in seconds may take"
    assert told in found["random_search"].headline
    assert len(rows_of(found["random_search"])) == 3
    assert told not in tuned_from(small, *SEARCH, trials=3)["random_search"].headline
    unpaced(small)
    assert (
        told
        not in tuned_from(timed, *SEARCH, config=found.context.decided("incumbent"), trials=3)["random_search"].headline
    ), "as many as were asked for"


def test_runs_that_the_budget_cut_short_are_not_searched_unless_trials_are_asked_for(small):
    timed = replace(small, budget=Budget(TINY, 600.0))
    own = own_epochs(context_of(timed, "tune"), MLP)
    cut = MLP.but(epochs=own // 2 - 1)
    unpaced(small)
    walked = tuned_from(timed, *SEARCH, config=cut)
    found = walked["random_search"]
    assert "time for the search" not in walked.context.shared, "what is left belongs to the longer run"
    assert found.status == "warned"
    assert f"leaves a run {cut.epochs} of {own} epochs, so the time goes to a longer one." in found.headline
    assert [row[0] for row in rows_of(found)] == [0]
    asked = tuned_from(timed, *SEARCH, config=cut, trials=1)["random_search"]
    assert asked.headline.startswith("Nothing was searched: one trial was asked for")
    assert len(rows_of(tuned_from(timed, *SEARCH, config=cut, trials=2)["random_search"])) == 2
    unhurried = tuned_from(small, *SEARCH, config=cut)  # the effort's two
    assert len(rows_of(unhurried["random_search"])) == 2


def test_the_search_takes_what_the_ensemble_has_no_use_for(small):
    timed = replace(small, budget=Budget(replace(TINY, name="standard"), 600.0))
    config = MLP.but(epochs=own_epochs(context_of(timed, "tune"), MLP))
    context = tuned_from(timed, *SEARCH, config=config, trials=2).context
    seconds = context.judge(config).seconds
    proof_runs, ensemble_runs = 8 + 10, 4 + 10  # folds are the seeds of a comparison
    left_to_the_ensemble = context.pacing.left_in_all - context.pacing.left
    assert left_to_the_ensemble == pytest.approx(costs.needed("ensemble") + ensemble_runs * seconds, rel=0.2)
    for kept in (1e-3, 1e6):
        race = race_on(small, config)
        context.shared["time for the search"] = kept
        assert Timing(context, race, 2).proof == pytest.approx(
            min(PROOF_SHARE * kept, proof_runs * race.seconds_a_trial)
        )


def race_on(journey, config=MLP):
    context = context_of(journey, "tune")
    context.decisions = Decisions.model_validate(given(config))
    race = Race(context, config)
    race.evaluate(0, {}, None)
    return race


def test_what_cannot_learn_is_given_up_after_its_first_fold(small):
    race = race_on(small, MLP.but(epochs=12))
    before = small.trainer.n_trained
    score = race.evaluate(1, {"learning_rate": 1e-9}, None)
    assert small.trainer.n_trained - before == 1
    assert race.tried[1].given_up == "clearly worse than the start after its first fold"
    assert score < race.tried[0].score
    assert race.tried[1] not in race.complete


def test_below_the_median_of_five_is_given_up(small):
    race = race_on(small)
    for number, rate in enumerate((1e-3, 2e-3, 4e-3, 6e-3), start=1):
        race.evaluate(number, {"learning_rate": rate}, None)
    race.evaluate(5, {"learning_rate": 1e-7}, None)
    assert race.tried[5].given_up
    firsts = [one.score for one in race._first.values()]
    median = sorted(firsts[:5])[2]
    race.evaluate(6, {"learning_rate": 1.5e-7}, None)
    assert bool(race.tried[6].given_up) == (race._first[6].score < median)
    assert race.tried[6].given_up


def test_a_trial_that_breaks_is_recorded_with_its_reason_and_the_next_goes_on(small):
    race = race_on(small)
    with pytest.raises(TrialFailed, match="loss was no number"):
        race.evaluate(1, {"learning_rate": 1e38}, None)
    assert "loss was no number" in race.tried[1].failure
    race.evaluate(2, {"dropout": 0.1}, None)
    assert race.tried[2].score is not None


def test_a_network_too_large_for_any_memory_fails_and_the_batch_is_halved_first(small):
    race = race_on(small)
    with pytest.raises(TrialFailed, match="out of memory"):
        race.evaluate(1, {"hp.width": 10**13}, None)  # 400 TB of weights
    assert race.tried[1].remark == "batch halved to 8 for want of memory"


def test_a_batch_too_large_is_halved_until_it_fits(small, monkeypatch):
    from wizard.core.backend import tf

    race, train = race_on(small), small.trainer.train

    def train_in_little_memory(config):
        if config.batch > 16:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        return train(config)

    monkeypatch.setattr(small.trainer, "train", train_in_little_memory)
    race.evaluate(1, {"batch": 64}, None)
    assert race.tried[1].config.batch == race.tried[1].values["batch"] == 16
    assert race.tried[1].remark == "batch halved to 16 for want of memory"
    assert race.tried[1].score is not None


def test_hyperband_trains_short_ones_first_and_only_whole_ones_are_candidates(small):
    walked = tuned_from(small, *SEARCH, config=MLP.but(epochs=3), trials=3, tuner="hyperband")
    remarks = [row[-1] for row in rows_of(walked["random_search"])]
    assert "trained for part of its epochs" in remarks
    assert all(config.stop_after in (None, 3) for config in walked.decided["candidates"])


def test_bayesian_optimisation_begins_at_the_start_and_goes_on_from_what_it_found(small):
    walked = tuned_from(small, *SEARCH, trials=3, tuner="bayesian")
    assert walked["random_search"].headline.startswith("3 trials of Bayesian optimisation")
    rows = rows_of(walked["random_search"])
    assert [row[0] for row in rows] == [0, 1, 2]
    assert "the start" in rows[0][-1]
    assert MLP in walked.decided["candidates"]


def test_an_oracle_of_ones_own_says_how_many_trials(small):
    class Mine(keras_tuner.oracles.RandomSearchOracle):
        pass

    walked = tuned_from(small, *SEARCH, tuner=opened_tuner(Mine(max_trials=2, seed=3)))
    assert walked["random_search"].headline.startswith("2 trials of Mine")


def test_one_trial_is_the_start_itself(small):
    finding = tuned_from(small, *SEARCH, trials=1)["random_search"]
    assert finding.status == "noted"
    assert "that is the start itself" in finding.headline


SCRIPT = """
import sys
from pathlib import Path
from tests.stages.tune.started import tuned_from
from tests.stages.walk import journey_on, tumours
journey = journey_on(tumours(120), Path(sys.argv[1]), "diagnosis")
walked = tuned_from(journey, "search_space", "random_search", trials=int(sys.argv[2]))
rows = [block for block in walked["random_search"].blocks if block.kind == "table"][0].rows
print("ROWS", sorted(row[:-2] + row[-1:] for row in rows))
"""


def run(folder, trials, kill_after=None):
    """The rows that the script prints; or, where it is killed once so many runs are stored, how many there are."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder), str(trials)], cwd=ROOT, env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    store = folder / "store" / "training"
    while kill_after is not None and process.poll() is None:
        if store.is_dir() and len(list(store.glob("[0-9a-f]*"))) >= kill_after:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return len(list(store.glob("[0-9a-f]*")))
        time.sleep(0.02)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-2000:]
    return next(line for line in out.splitlines() if line.startswith("ROWS"))


@pytest.mark.long
def test_killed_in_the_midst_of_a_trial_it_goes_on_to_the_same_result(tmp_path):
    expected = run(tmp_path / "whole", 3)
    n = run(tmp_path / "killed", 3, kill_after=6)
    assert n < len(list((tmp_path / "whole" / "store" / "training").glob("[0-9a-f]*")))
    assert run(tmp_path / "killed", 3) == expected


@pytest.mark.kill
@pytest.mark.timeout(3600)
def test_killed_again_and_again_nothing_is_lost(tmp_path):
    expected = run(tmp_path / "whole", 6)
    for n in range(1, 20, 2):
        run(tmp_path / "killed", 6, kill_after=n)
    assert run(tmp_path / "killed", 6) == expected
