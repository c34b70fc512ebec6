"""Which rows the handed-over networks learn from."""

from dataclasses import replace

import numpy as np
import pytest

from tests.stages.ensemble.started import GIVEN, SHORT
from tests.stages.walk import TINY, context_of
from wizard.core.budget import Budget
from wizard.core.decisions import Decisions
from wizard.core.pacing import CAUTION
from wizard.export.current import current_members
from wizard.stages.ensemble.final import REFITS, candidates_of, final_config, final_run, refitted
from wizard.stages.ensemble.members import members
from wizard.stages.ensemble.pool import again, pool, reserve


@pytest.fixture
def context(small):
    """The last stage where the validation rows decide, as with many rows."""
    found = context_of(small, "ensemble")
    found.decisions = Decisions.model_validate({**GIVEN, "metric": "accuracy", "members": ((SHORT, 1.0),)})
    found.shared["decided_here"] = tuple(Decisions.model_fields)
    found.split = replace(found.split, folds=())
    return found


def test_with_folds_all_known_rows(small):
    context = context_of(small, "ensemble")
    run = final_run(context, SHORT)
    assert run.n_train == len(context.split.known)
    assert run.config.refit


def test_without_folds_all_known_rows_too_where_there_is_time(context):
    assert final_run(context, SHORT).n_train == len(context.split.known)


def test_where_there_is_no_time_the_judged_network_is_handed_over(context, monkeypatch):
    monkeypatch.setattr(context.pacing, "allows", lambda what, seconds: not what.startswith("test_once: training"))
    assert not refitted(context)
    assert final_config(context, SHORT) == SHORT.but(fold=None)


def test_a_validation_set_of_the_users_own_stays_apart(context):
    part = context.dataset.part.copy()
    part[context.split.validation] = 1
    context.dataset = replace(context.dataset, part=part)
    assert len(context.dataset.rows_of("validation")) == len(context.split.validation)
    assert not refitted(context)


def test_what_was_stopped_by_its_validation_loss_stops_there_again(context, small):
    stopping = SHORT.but(epochs=20, learning_rate=3e-2, patience=2)
    judged = context.judge(stopping, 1)
    best = judged.runs[0][0].best_epoch
    assert best < 20
    context.shared[REFITS] = (stopping,)
    final = final_config(context, stopping)
    assert (final.refit, final.patience, final.stop_after) == (True, None, best)
    context.shared[REFITS] = ()
    assert final_config(context, stopping) == stopping
    assert np.isfinite(judged.score)


def test_what_was_trained_until_its_loss_fell_no_more_is_trained_as_long_again(context):
    fitted = SHORT.but(epochs=40, learning_rate=3e-2, fit_to=0.5)
    epochs = context.judge(fitted, 1).runs[0][0].best_epoch
    assert 1 < epochs < 40
    context.shared[REFITS] = (fitted,)
    final = final_config(context, fitted)
    assert (final.refit, final.fit_to, final.stop_after) == (True, None, epochs)
    assert context.train(final).best_epoch == epochs


def test_time_is_kept_for_it_where_there_is_so_much_and_used_by_nothing_else(context, small):
    timed = context_of(replace(small, budget=Budget(TINY, 1e3)), "ensemble")
    timed.split, timed.shared = context.split, context.shared
    timed.decisions = context.decisions.model_copy(update={"incumbent": SHORT.but(epochs=500)})
    share = len(context.split.known) / len(context.split.train)
    assert again(timed) == pytest.approx(share)
    before = timed.pacing.left
    reserve(timed, 10.0)
    assert timed.pacing.left == pytest.approx(before - CAUTION * share * 10.0, abs=1.0)
    reserve(timed, 1e6)
    assert timed.pacing.left == pytest.approx(before, abs=1.0)
    timed.decisions = context.decisions
    assert again(timed) == 0, "the time goes to a longer run"
    assert again(context_of(small, "ensemble")) == 0, "folds have theirs already"


def test_what_predicts_afterwards_is_what_was_handed_over(small):
    """Also where validation rows decide and the networks were trained once more."""
    final = SHORT.but(refit=True, stop_after=4)
    decisions = Decisions(members=((SHORT, 1.0),), handed_over=((final, 1.0),), incumbent=SHORT)
    (member,) = current_members(small.trainer, decisions, small.seed)
    assert (member.config.refit, member.config.stop_after) == (True, 4)
    (member,) = current_members(small.trainer, decisions.model_copy(update={"handed_over": ()}), small.seed)
    assert member.config.stop_after is None


def test_time_that_is_not_reserved_goes_into_more_seeds(context, small, monkeypatch):
    timed = context_of(replace(small, budget=Budget(TINY, 1e3)), "ensemble")
    timed.split, timed.shared = context.split, {**context.shared}
    timed.decisions = Decisions.model_validate({**GIVEN, "metric": "accuracy"})
    monkeypatch.setattr("wizard.stages.ensemble.pool.is_cut_short", lambda *_: False)
    asked = []
    monkeypatch.setattr(
        timed.pacing, "allows", lambda what, seconds: "one more" in what and (asked.append(seconds) or len(asked) < 3)
    )
    found = pool(timed)
    outcome = members.run(timed)
    assert len(timed.shared["fit to join"]) == len(found) + 2
    assert asked == [pytest.approx((1 + again(timed)) * found[0].seconds)] * 3
    assert outcome.decides["members"]


def test_as_many_are_trained_again_as_there_is_time_for_together(context, monkeypatch):
    two = ((SHORT, 0.5), (SHORT.but(seed=100), 0.5))
    context.decisions = context.decisions.model_copy(update={"members": two})
    share, both = len(context.split.known) / len(context.split.train), sum(c.seconds for c, _ in candidates_of(context))
    monkeypatch.setattr(context.pacing, "allows", lambda what, seconds: seconds < 0.999 * share * both)
    assert len(refitted(context)) == 1
