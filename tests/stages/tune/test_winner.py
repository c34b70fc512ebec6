from tests.stages.tune.started import MLP, tuned_from
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.core.seeds import derive
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
