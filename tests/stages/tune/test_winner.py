from tests.stages.tune.started import MLP, tuned_from
from wizard.core.seeds import derive
from wizard.stages.tune.winner import FRESH


def won(journey, start, *others):
    walked = tuned_from(journey, "winner", config=start, decisions={"candidates": (*others, start)})
    return walked["winner"], walked.decided


def test_the_better_one_wins_with_seeds_that_nobody_saw(journeys):
    poor, good = MLP.but(learning_rate=1e-6), MLP
    finding, decided = won(journeys["classes"], poor, good)
    assert finding.status == "passed"
    assert "beyond the noise" in finding.headline
    assert "The search's figure for its best" in finding.headline
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
