from tests.stages.regularize.started import MLP, given
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.stages.regularize import STEPS, summarise
from wizard.stages.regularize.experiment import experiment, incumbent, ledger


def started(journey, config):
    context = context_of(journey, "regularize")
    context.decisions = Decisions.model_validate(given(config))
    return context


def test_a_change_that_ruins_everything_is_given_up_after_its_first_fold(journeys):
    context = started(journeys["classes"], MLP)
    outcome = experiment(context, "test", [{"learning_rate": 1e-9}], ["no learning"])
    assert outcome.headline.endswith("given up after its first fold; not kept.")
    assert outcome.decides["incumbent"] == MLP
    assert len(ledger(context)) == 1


def test_a_change_that_breaks_the_training_is_no_crash(journeys):
    outcome = experiment(started(journeys["classes"], MLP), "test", [{"learning_rate": 1e38}], ["madness"])
    assert outcome.headline.startswith("Madness breaks the training")


def test_a_change_that_repairs_the_net_is_kept_and_is_the_next_incumbent(journeys):
    context = started(journeys["classes"], MLP.but(learning_rate=1e-5))
    changes = [{"learning_rate": rate} for rate in (1e-9, 3e-3)]
    outcome = experiment(context, "test", changes, ["nothing", "a rate that learns"])
    assert outcome.status == "passed"
    assert outcome.headline.startswith("A rate that learns")
    assert outcome.decides["incumbent"].learning_rate == 3e-3
    context.decisions = Decisions.model_validate({**dict(context.decisions), **outcome.decides})
    assert incumbent(context).config.learning_rate == 3e-3
    assert [trial.is_kept for trial in ledger(context)] == [False, True]


def test_the_table_of_the_whole_stage_closes_it(regularized):
    summary = summarise(tuple(regularized.values()), regularized.context)
    assert summary.blocks[0].title == "The whole stage, one change a line"
    assert len(summary.blocks[0].rows) == len(ledger(regularized.context))
    assert tuple(regularized) == STEPS
    assert all(line.endswith(".") for line in (summary.verdict, *summary.plain, summary.next_move))
