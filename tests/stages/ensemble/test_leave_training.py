from dataclasses import replace

import pytest

from tests.stages.ensemble.started import GIVEN, SHORT, step_of
from tests.stages.walk import TINY, context_of
from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.leave_training import leave_training
from wizard.stages.ensemble.pool import FRESH, pool
from wizard.stages.length import SHORT as SHORTER
from wizard.stages.length import own_epochs
from wizard.stages.regularize.experiment import incumbent, ledger


def test_many_wrong_labels_forbid_it(small):
    finding, walked = step_of(small, "leave_training", {"label_noise": 0.3})
    assert finding.status == "skipped"
    assert "30%" in finding.headline
    assert "incumbent" not in (set(walked.decided) - {"incumbent"})


def test_what_was_stopped_too_early_is_left_training_and_offered(small, monkeypatch):
    reserved = []
    monkeypatch.setattr("wizard.stages.ensemble.leave_training.reserve", lambda _, seconds: reserved.append(seconds))
    early = SHORT.but(epochs=2, learning_rate=1e-3)
    given = {"incumbent": early, "candidates": (early,), "members": ((early, 1.0),)}
    finding, walked = step_of(small, "leave_training", given)
    kept = walked.decided["incumbent"]
    assert finding.status == "passed", finding.headline
    assert (kept.epochs, kept.average) == (6, 0.25)
    assert walked.decided["members"] != ((early, 1.0),)
    assert [seconds > 0 for seconds in reserved] == [True], "for training the new members again"
    n = len(walked.decided["members"])
    assert ("handed over alone" if n == 1 else f"one of {n} networks that are joined now") in finding.headline
    assert ". " not in finding.headline, "a stage's summary takes the first sentence"
    titles = [block.title for block in finding.blocks]
    assert ("Members" in titles) == ("Gain against number of members" in titles) == (n > 1)


def test_what_does_not_gain_changes_nothing(small):
    long = SHORT.but(epochs=24)
    finding, walked = step_of(small, "leave_training", {"incumbent": long, "members": ((long, 1.0),)})
    assert finding.status == "noted"
    assert walked.decided["incumbent"] == long
    assert walked.decided["members"] == ((long, 1.0),)


@pytest.mark.parametrize(("times", "epochs"), [(1.2, None), (2.1, 4), (9.0, 6)])
def test_it_is_left_training_for_as_long_as_there_is_time(small, times, epochs):
    early = SHORT.but(epochs=2, learning_rate=1e-3)
    context = context_of(small, "ensemble")
    context.decisions = Decisions(
        metric="accuracy", incumbent=early, candidates=(early,), members=((early, 1.0),), stage_configs={"tune": early}
    )
    context.shared["decided_here"] = tuple(Decisions.model_fields)
    runs = [run for repeat in incumbent(context).runs for run in repeat]
    an_epoch = sum(run.seconds_an_epoch for run in runs)
    asked = []

    def cap(what, wanted, seconds_each, seconds):
        if not what.startswith("leave_training"):
            return wanted
        asked.append((wanted, seconds_each))
        return min(wanted, int(2 * times))

    context.pacing.cap = cap
    outcome = leave_training.run(context)
    assert asked == [(6, pytest.approx(an_epoch))]
    if epochs is None:
        assert outcome.status == "skipped"
        assert "no time left" in outcome.headline
    else:
        assert f"{epochs} epochs instead of 2" in outcome.headline


def test_where_the_budget_cut_runs_short_the_longest_one_that_fits_comes_here(small, monkeypatch):
    timed = replace(small, budget=Budget(TINY, 1e5))
    context = context_of(timed, "ensemble")
    cut = SHORT.but(epochs=2)
    own = own_epochs(context, cut)
    assert own > 3 * 2 / SHORTER
    context.split = replace(context.split, folds=())
    context.budget = Budget(EFFORTS["standard"], 1e5)
    context.decisions = Decisions.model_validate(
        {**GIVEN, "incumbent": cut, "metric": "accuracy", "members": ((cut, 1.0),)}
    )
    context.shared["decided_here"] = tuple(Decisions.model_fields)
    assert not any(one.config.seed >= FRESH for one in pool(context)), "no fresh seeds of a run that is too short"
    judged, asked, cap = incumbent(context), {}, context.pacing.cap
    assert len(judged.predictions) == 3
    monkeypatch.setattr(
        context.pacing, "cap", lambda what, n, each, left: asked.update({what: each}) or cap(what, n, each, left)
    )
    leave_training.run(context)
    ((run,), *_) = judged.runs
    assert asked["leave_training: epochs of a longer run"] == run.seconds_an_epoch, "of one seed"
    trial = ledger(context)[0]
    assert trial.change["epochs"] == 2 * own, "the family's own, times the effort's"
    assert len(context.shared["judged"].predictions) == 1, "all the time goes to one run"
