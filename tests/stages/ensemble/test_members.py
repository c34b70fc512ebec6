from dataclasses import replace

import numpy as np
import pytest

from tests.stages.ensemble.started import GIVEN, SHORT, step_of
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.pool import FRESH, LONGER_RUN, POOL, REFIT, again, pool
from wizard.stages.ensemble.selection import select


def with_pool(journey, candidates, **options):
    return step_of(journey, "members", shared={POOL: candidates}, **options)


def test_weights_sum_to_one_and_nothing_is_wrong_with_clean_networks(small, candidates):
    finding, walked = with_pool(small, candidates)
    assert finding.status in ("passed", "noted")
    assert not finding.causes
    assert sum(weight for _, weight in walked.decided["members"]) == pytest.approx(1)


def test_one_pick_is_one_network(small, candidates):
    finding, walked = with_pool(small, candidates, size=1)
    assert walked.decided["members"] == ((SHORT, 1.0),)
    assert "alone" in finding.headline


def test_networks_that_earlier_stages_trained_may_join_but_not_what_was_cut_short(small):
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    linear = SHORT.but(family="linear", hp={}, epochs=8)
    runs = [context.train(linear.but(fold=fold)) for fold in range(3)]
    runs += [context.train(SHORT.but(epochs=1, n_rows=16, fold=fold)) for fold in range(3)]
    runs += [context.train(SHORT.but(epochs=2, fold=0))]
    found = pool(replace(context, earlier_runs=tuple(run.key for run in runs)))
    others = [one.config for one in found if one.config.but(seed=0) not in GIVEN["candidates"]]
    assert others == [linear]


def test_the_same_network_under_two_seeds_is_named(small, candidates):
    twin = replace(candidates[0], config=candidates[0].config.but(seed=101))
    finding, walked = with_pool(small, [*candidates, twin])
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["E10"]
    assert "seed" in finding.causes[0].sentence
    assert all(config.seed != 101 for config, _ in walked.decided["members"])


def test_a_network_whose_classes_are_swapped_is_named(small, candidates):
    swapped = replace(candidates[0], config=SHORT.but(seed=102), predictions=candidates[0].predictions[:, ::-1])
    finding, walked = with_pool(small, [*candidates, swapped])
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["E11"]
    assert "'" not in finding.headline
    assert "benign as malignant" in finding.causes[0].sentence
    assert all(config.seed != 102 for config, _ in walked.decided["members"])


def test_stored_answers_that_do_not_score_as_they_did_are_named(small, candidates, monkeypatch):
    stored = type(small.trainer).held_predictions
    wrong = candidates[1].runs[0].key
    monkeypatch.setattr(
        type(small.trainer), "held_predictions",
        lambda self, run: np.roll(stored(self, run), 7, 0) if run.key == wrong else stored(self, run),
    )  # fmt: skip
    finding, _ = with_pool(small, candidates)
    assert [cause.fault for cause in finding.causes] == ["E11"]
    assert "when it was trained" in finding.causes[0].sentence


def test_complementary_networks_help_and_the_gain_is_of_rows_they_were_not_chosen_by(small, candidates):
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    y = context.y(context.deciding_rows)
    random = np.random.default_rng(0)
    noisy = []
    for seed in range(6):  # networks that are right on average, each with noise of its own
        odds = 1.5 * (2 * y - 1) + random.normal(0, 2.5, len(y))
        p = 1 / (1 + np.exp(-odds))
        noisy.append(replace(candidates[0], config=SHORT.but(seed=seed), predictions=np.column_stack([1 - p, p])))
    selection = select(context, noisy)
    assert selection.helps
    assert len(set(selection.picks)) > 1
    assert selection.gain.low > 0


def test_copies_of_one_network_do_not_help(small, candidates):
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    assert not select(context, [candidates[0]] * 3).is_joined


@pytest.mark.parametrize("has_folds", [True, False])
def test_a_network_costs_its_runs_and_what_training_the_picked_ones_again_takes(small, monkeypatch, has_folds):
    context = context_of(small, "ensemble")
    if not has_folds:
        context.split = replace(context.split, folds=())
    context.decisions = Decisions.model_validate(GIVEN)
    asked = {}
    monkeypatch.setattr(context.pacing, "allows", lambda what, seconds: asked.update({what: seconds}))
    found = pool(context)
    seconds = sum(run.seconds for run in found[0].runs)
    times = REFIT if has_folds else 1 + (len(found) + 1) * again(context)
    assert asked[f"members: seed {FRESH} of the winner"] == pytest.approx(times * seconds)


@pytest.mark.parametrize(("has_time", "n_more"), [(True, 0), (False, 2)])
def test_more_seeds_are_trained_where_there_is_time_for_them_but_for_no_longer_run(
    small, monkeypatch, has_time, n_more
):
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    n = context.effort.repeats
    room = {f"members: seed {FRESH + number} of the winner": True for number in range(n + 2)} | {LONGER_RUN: has_time}
    monkeypatch.setattr(context.pacing, "allows", lambda what, seconds: room.get(what, False))
    seeds = {one.config.seed for one in pool(context)}
    assert sum(seed >= FRESH for seed in seeds) == n + n_more
