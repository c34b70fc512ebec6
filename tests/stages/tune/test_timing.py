import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.stages.tune.started import MLP, tuned_from
from tests.stages.walk import TINY, context_of, journey_on, tumours
from wizard.core.budget import Budget
from wizard.core.clock import Clock
from wizard.core.pacing import CAUTION
from wizard.core.progress import Progress
from wizard.stages.tune.race import Race, Tried
from wizard.stages.tune.timing import Timing


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A journey on few rows, with folds."""
    return journey_on(tumours(150), tmp_path_factory.mktemp("small") / "run", "diagnosis")


class Searched:
    """A search whose trials train for a second each; what passes between their ends is credited."""

    def __init__(self, journey, limit=20, at_a_time=1):
        self.context = context_of(journey, "tune")
        self.race = Race(self.context, MLP)
        self.timing = Timing(self.context, self.race, limit, lambda: at_a_time)
        self.trial(0.0)
        self.timing.begins()

    def trial(self, passes, seconds=1.0):
        self.context.trainer.clock.credit(passes)
        judged = SimpleNamespace(score=0.9, seconds=seconds)
        self.race.tried.append(Tried(len(self.race.tried), MLP, {}, 0.9, seconds, judged))
        self.timing.ended()


def test_what_passes_between_trials_is_part_of_the_time_left(small):
    searched = Searched(small)
    for passes in (1.0, 1.0, 1.0, 1.0):
        searched.trial(passes)
    assert searched.timing.between_ends == pytest.approx(1.0, abs=0.2)
    for passes in (6.0, 8.0, 10.0):  # proposals take longer and longer
        searched.trial(passes)
    assert searched.timing.between_ends == pytest.approx(8.0, abs=0.2)
    assert searched.timing.last(7) == 19
    assert searched.timing.time_left(7) == "2 min left"  # 12 × 8 s


def test_trials_that_were_stored_pass_at_once_but_those_to_come_do_not(small):
    searched = Searched(small)
    for passes in (0.0, 0.0, 0.0):
        searched.trial(passes)
    assert searched.timing.between_ends == pytest.approx(1.0, abs=0.2)


def test_side_by_side_trials_end_more_often(small):
    searched = Searched(small, at_a_time=2)
    for passes in (5.0, 5.0, 5.0, 5.0):
        searched.trial(passes, seconds=10.0)
    assert searched.timing.pause == pytest.approx(0.0, abs=0.2)
    assert searched.timing.between_ends == pytest.approx(41 / 5 / 2, abs=0.2)  # the start took one second


def test_the_time_until_workers_are_ready_is_no_pause(small):
    searched = Searched(small)
    searched.context.trainer.clock.credit(30.0)
    searched.timing.begins()
    searched.trial(1.0)
    assert searched.timing.pause == pytest.approx(0.0, abs=0.2)


def test_count_and_time_left_keep_what_the_winner_needs(small):
    timed = replace(small, budget=Budget(TINY, 600.0), clock=Clock())
    searched = Searched(timed, limit=1000)
    searched.context.shared["time for the search"] = searched.context.pacing.left
    for passes in (2.0, 2.0, 2.0):
        searched.trial(passes)
    timing, pacing = searched.timing, searched.context.pacing
    assert timing.proof > 0
    expected = timing.last(3)
    while timing.to_come:
        assert pacing.left >= CAUTION * timing.cost, "it says that there is time for one more"
        searched.trial(2.0)
    assert pacing.left < CAUTION * timing.cost
    assert pacing.left > timing.proof
    assert timing.time_left(len(searched.race.tried) - 1) == "0 s left"
    assert len(searched.race.tried) == pytest.approx(expected, rel=0.1)


def test_the_search_is_told_its_pauses(small, monkeypatch, capsys):
    from wizard.training import search

    proposed = search.oracle_for

    def slow(*arguments):
        oracle = proposed(*arguments)
        create = oracle.create_trial

        def create_trial(worker):
            small.clock.credit(100.0)
            return create(worker)

        oracle.create_trial = create_trial
        return oracle

    monkeypatch.setattr(search, "oracle_for", slow)
    tuned_from(small, "search_space", "random_search", trials=4)
    said = capsys.readouterr().out
    assert re.search(r"trial 1 of 3: .* · [34] min left", said), said


def test_the_live_line_says_what_each_time_is_of():
    progress, shown = Progress("tune", 1, left=lambda: 40.0), []
    progress._status = SimpleNamespace(update=shown.append)
    progress.part("trial 3 of 12 · 15 s left")
    progress.detail("seed 1 of 1")
    assert shown[-1] == "[dim] · trial 3 of 12 · 15 s left · seed 1 of 1 · 40 s left of the journey[/]"
