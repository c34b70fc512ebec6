from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.stages.tune.started import MLP, tuned_from
from tests.stages.walk import context_of
from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.core.seeds import derive
from wizard.stages.context import Judged
from wizard.stages.tune.winner import FRESH, _promise, winner
from wizard.training.compare import Interval


def won(journey, start, *others):
    walked = tuned_from(journey, "winner", config=start, decisions={"candidates": (*others, start)})
    return walked["winner"], walked.decided


def test_the_better_one_wins_with_seeds_that_nobody_saw(journeys):
    poor, good = MLP.but(learning_rate=1e-6), MLP
    finding, decided = won(journeys["classes"], poor, good)
    assert finding.status == "passed"
    assert "beyond the noise" in finding.headline
    assert "The search's own figure for its best differs" in finding.headline
    assert decided["incumbent"] == decided["stage_configs"]["tune"] == decided["candidates"][0] == good
    assert finding.measured > finding.expected
    assert journeys["classes"].trainer.is_stored(good.but(fold=0, seed=derive(0, "run", FRESH)))


def test_luck_is_not_selected_the_start_stays(journeys):
    finding, decided = won(journeys["classes"], MLP, MLP.but(learning_rate=1e-6))
    assert finding.status == "noted"
    assert finding.headline.startswith("The start stays: with")
    assert decided["incumbent"] == MLP
    assert len(decided["candidates"]) == 2


def test_alone_it_stays_and_nothing_is_trained(journeys):
    before = journeys["classes"].trainer.n_trained
    finding, decided = won(journeys["classes"], MLP)
    assert finding.status == "noted"
    assert journeys["classes"].trainer.n_trained == before
    assert decided["stage_configs"]["tune"] == MLP


def without_time(journey, start, *others):
    """The winner where the candidates were judged before and nothing more may be trained."""
    context = context_of(journey, "tune")
    context.decisions = Decisions(
        metric="accuracy", incumbent=start, candidates=(*others, start), stage_configs={"overfit": start}
    )
    context.shared["decided_here"] = ("candidates", "incumbent", "metric", "stage_configs")
    for config in (start, *others):
        context.judge(config)
    context.pacing.allows = lambda what, seconds: False
    before = context.trainer.n_trained
    outcome = winner.run(context)
    assert context.trainer.n_trained == before
    assert "had fresh seeds" not in context.shared
    return outcome


def test_without_time_for_fresh_seeds_only_a_lead_beyond_luck_counts(journeys):
    poor, good = MLP.but(learning_rate=1e-6), MLP
    outcome = without_time(journeys["classes"], poor, good)
    assert outcome.status == "passed"
    assert "more than luck makes of that many trials" in outcome.headline
    assert outcome.decides["incumbent"] == outcome.decides["stage_configs"]["tune"] == good
    for other in (poor, good.but(dropout=1e-6)):
        outcome = without_time(journeys["classes"], good, other)
        assert outcome.status == "warned"
        assert outcome.decides["incumbent"] == good


def test_what_the_search_promised_too_much_is_told_in_the_metrics_own_words(journeys):
    context = context_of(journeys["classes"], "tune")
    context.decisions = Decisions(metric="accuracy")
    context.shared["decided_here"] = ("metric",)
    told = " The search's own figure for its best differs by +0.93 points of accuracy (95% interval −0.09 to +2.00)."
    assert _promise(context, Interval(0.0093, -0.00089, 0.02)) == told
    assert _promise(context, None) == ""


LUCKY, STEADY, START = (MLP.but(dropout=amount) for amount in (0.3, 0.2, 0.1))
SEARCHED = {0.3: 0.95, 0.2: 0.90, 0.1: 0.85}  # accuracies by dropout
FRESHLY = {0.3: 0.80, 0.2: 0.90, 0.1: 0.85}


def judged_as(journey, *found, **shared):
    """The winner where the accuracies in the search and with fresh seeds are as said above; with its context."""
    context = context_of(replace(journey, budget=Budget(EFFORTS["standard"])), "tune")
    context.decisions = Decisions(
        metric="accuracy", incumbent=START, candidates=(*found, START), stage_configs={"overfit": START}
    )
    context.shared |= {"decided_here": ("candidates", "incumbent", "metric", "stage_configs"), **shared}
    rows = context.deciding_rows
    y = context.y(rows)
    order = np.random.default_rng(0).permutation(len(y))

    def judge(config, repeats=1, first=0, against=None):
        accuracy = (FRESHLY if first == FRESH else SEARCHED)[config.dropout]
        is_right = order < round(accuracy * len(y))
        answers = np.eye(context.task.n_outputs)[np.where(is_right, y, (y + 1) % context.task.n_outputs)]
        runs = ((SimpleNamespace(failure="", seconds=1.0),),) * repeats
        return Judged(config, runs, rows, [answers] * repeats, context.metric.score(y, answers, context.weight(rows)))

    context.judge = judge
    return winner.run(context), context


def test_the_search_s_own_score_does_not_choose(journeys):
    outcome, context = judged_as(journeys["classes"], LUCKY, STEADY)
    assert outcome.decides["incumbent"] == STEADY
    assert outcome.measured == pytest.approx(0.9, abs=0.01)
    assert "differs by +15" in outcome.headline, "what the search promised too much is above 0"
    assert context.shared["had fresh seeds"]


def test_what_the_search_did_not_see_is_not_its_promise(journeys):
    scheduled = STEADY.but(schedule="cosine")
    outcome, _ = judged_as(journeys["classes"], scheduled, LUCKY, STEADY, scheduled=scheduled)
    table = next(block for block in outcome.blocks if block.kind == "table")
    assert [row[1] is None for row in table.rows] == [False, True, False, False]
    assert "differs by +15" in outcome.headline, "of the search's best, not of the schedule's"


@pytest.mark.parametrize(
    ("others", "says"), [((), "beyond the noise"), ((LUCKY, MLP.but(dropout=0.3, batch=16)), "within")]
)
def test_the_best_of_several_needs_more_to_be_beyond_the_noise(journeys, monkeypatch, others, says):
    monkeypatch.setattr("wizard.stages.context.Context.gain", lambda self, new, old: Interval(0.02, 0.001, 0.039))
    outcome, _ = judged_as(journeys["classes"], STEADY, *others)
    assert outcome.decides["incumbent"] == STEADY
    assert says in outcome.headline
