from dataclasses import replace

import pytest

from tests.stages.regularize.started import MLP, given
from tests.stages.walk import context_of, journey_on, noise
from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.stages.regularize import STEPS, summarise
from wizard.stages.regularize.experiment import PROMISING_FOLDS, _on_folds, experiment, incumbent, ledger
from wizard.training.compare import Interval, Z


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


def test_what_was_given_up_is_held_against_the_incumbent_on_the_same_folds(journeys):
    context = started(journeys["classes"], MLP)
    first = incumbent(context).runs[0][0]
    experiment(context, "test", [{"learning_rate": 1e-9}], ["no learning"])
    (trial,) = ledger(context)
    assert trial.given_up == "its first fold"
    assert trial.train_before == first.scores["train_loss"]


def test_more_of_what_is_a_loss_is_not_tried(journeys):
    changes, words = [{"learning_rate": rate} for rate in (1e-9, 1e-8)], ["no learning", "hardly any"]
    for are_doses, n_tried in ((True, 1), (False, 2)):
        context = started(journeys["classes"], MLP)
        outcome = experiment(context, "test", changes, words, are_doses=are_doses)
        assert len(ledger(context)) == n_tried
        assert outcome.headline.endswith("; not kept, and more of it not tried.") == are_doses


def test_what_promises_little_after_its_first_fold_costs_one_run(journeys):
    context = started(journeys["classes"], MLP)
    base = incumbent(context)
    assert len(context.split.folds) == 3
    n_before = context.trainer.n_trained
    experiment(context, "test", [{"dropout": 1e-6}], ["next to nothing"])
    first = context.gain(*(_on_folds(context, config, 1) for config in (MLP.but(dropout=1e-6), MLP)))
    promises = first.value > PROMISING_FOLDS[0] * (first.high - first.value) / Z
    assert context.trainer.n_trained - n_before == (3 * len(base.predictions) if promises else 1)


@pytest.mark.parametrize(
    ("has_folds", "gained", "given_up", "n_runs"),
    [
        (True, [0.4], "its first fold", 1),
        (True, [0.6, 0.9], "2 folds", 2),
        (True, [0.6, 1.1], "", 3),
        (False, [0.9], "its first seed", 1),
        (False, [1.1, 1.2], "2 seeds", 2),
        (False, [1.1, 1.4], "", 3),
    ],
)
def test_a_change_goes_on_while_it_promises_to_be_kept(journeys, monkeypatch, has_folds, gained, given_up, n_runs):
    context = started(journeys["classes"], MLP)
    context.budget = Budget(EFFORTS["standard"])
    if not has_folds:
        context.split = replace(context.split, folds=())
    incumbent(context)
    errors = iter([*gained, 1.5, 1.5])
    monkeypatch.setattr(context, "gain", lambda *_: Interval(error := next(errors), error - Z, error + Z))
    n_before, change = context.trainer.n_trained, {"dropout": 1e-6 * (1 + sum(gained))}
    experiment(context, "test", [change], ["next to nothing"])
    (trial,) = ledger(context)
    assert (trial.given_up, context.trainer.n_trained - n_before) == (given_up, n_runs)
    assert trial.has_promise == (given_up not in ("its first fold", "its first seed"))


def test_more_of_what_brought_nothing_in_the_end_is_not_tried(journeys, monkeypatch):
    context = started(journeys["classes"], MLP)
    incumbent(context)
    errors = iter([1.0, 1.5, -0.1])
    monkeypatch.setattr(context, "gain", lambda *_: Interval(error := next(errors), error - Z, error + Z))
    doses = [{"dropout": 2e-6}, {"dropout": 3e-6}]
    outcome = experiment(context, "test", doses, ["little", "a little more"], are_doses=True)
    assert len(ledger(context)) == 1
    assert outcome.headline.endswith("within the noise; not kept, and more of it not tried.")


def test_what_promises_much_but_has_no_time_to_go_on_costs_one_run_and_is_not_kept(journeys, monkeypatch):
    context = started(journeys["classes"], MLP.but(learning_rate=1e-5))
    base, asked = incumbent(context), {}
    monkeypatch.setattr(context.pacing, "allows", lambda what, s: asked.update({what: s}) or "beyond" not in what)
    n_before = context.trainer.n_trained
    outcome = experiment(context, "test", [{"learning_rate": 2e-3}], ["a rate that learns"], cost=3.0)
    assert context.trainer.n_trained - n_before == 1
    assert "beyond the noise so far, given up after its first fold for lack of time; not kept" in outcome.headline
    assert outcome.decides["incumbent"] == base.config
    (run, *others) = [run for repeat in base.runs for run in repeat]
    assert asked == {
        "test: a rate that learns": 3 * run.seconds,
        "test: a rate that learns, beyond its first run": pytest.approx(3 * sum(one.seconds for one in others)),
    }


@pytest.mark.parametrize(("seconds", "n_seeds"), [(None, 3), (1e6, 3), (1.0, 2)])
def test_the_incumbent_has_fewer_seeds_where_they_would_take_most_of_the_time(tmp_path, seconds, n_seeds):
    journey = replace(journey_on(noise(7_000), tmp_path, "label"), budget=Budget(EFFORTS["standard"], seconds))
    context = context_of(journey, "regularize")
    context.decisions = Decisions.model_validate(given(MLP.but(epochs=1)))
    assert len(incumbent(context).predictions) == n_seeds
    assert any("seeds of what is compared with" in cut for cut in context.pacing.cuts) == (n_seeds < 3)


def test_folds_have_a_network_each_and_are_the_repeats(journeys):
    context = started(journeys["classes"], MLP)
    for effort, n_seeds in (("quick", 1), ("standard", 1), ("thorough", 2)):
        context.budget = Budget(EFFORTS[effort])
        assert context.repeats == n_seeds
    context.split = replace(context.split, folds=())
    context.budget = Budget(EFFORTS["standard"])
    assert context.repeats == 3


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


def test_the_table_of_the_whole_stage_has_all_changes(regularized):
    summary = summarise(tuple(regularized.values()), regularized.context)
    assert summary.product[0].title == "All changes, and what each bought"
    assert len(summary.product[0].rows) == len(ledger(regularized.context))
    assert tuple(regularized) == STEPS
    assert all(line.endswith(".") for line in (summary.verdict, *summary.plain, summary.next_move))


def test_of_two_that_help_the_one_that_is_not_kept_is_not_said_to_be_noise(journeys):
    context = started(journeys["classes"], MLP.but(learning_rate=1e-6))
    rates = {"a usual rate": 3e-3, "half of it": 1.5e-3}
    outcome = experiment(context, "test", [{"learning_rate": rate} for rate in rates.values()], list(rates))
    assert outcome.headline.endswith("beyond the noise; kept.")
    verdicts = {row[0]: row[1] for row in outcome.blocks[0].rows}
    assert {row[3] > 0 for row in outcome.blocks[0].rows} == {True}, "both help"
    assert sorted(verdicts.values()) == ["kept", "not kept: another gained more"]
