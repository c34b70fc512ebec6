from dataclasses import replace

import numpy as np
import pytest

from tests.stages.ensemble.started import GIVEN, SHORT, step_of
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.pool import FRESH, LONGER_RUN, POOL, REFIT, again, pool
from wizard.stages.ensemble.selection import _greedy, halves, select
from wizard.training.metrics import METRICS


def with_pool(journey, candidates, **options):
    return step_of(journey, "members", shared={POOL: candidates}, **options)


def noisy(journey, candidates):
    """Networks that are right on average, each with noise of its own."""
    context, random, found = context_of(journey, "ensemble"), np.random.default_rng(0), []
    y = context.y(context.deciding_rows)
    for seed in range(6):
        odds = 1.5 * (2 * y - 1) + random.normal(0, 2.5, len(y))
        p = 1 / (1 + np.exp(-odds))
        found.append(replace(candidates[0], config=SHORT.but(seed=seed), predictions=np.column_stack([1 - p, p])))
    return found


def test_weights_sum_to_one_and_nothing_is_wrong_with_clean_networks(small, candidates):
    finding, walked = with_pool(small, candidates)
    assert finding.status in ("passed", "noted")
    assert not finding.causes
    assert sum(weight for _, weight in walked.decided["members"]) == pytest.approx(1)


def test_the_curve_of_gains_shows_how_sure_each_is(small, candidates):
    finding, _ = with_pool(small, noisy(small, candidates))
    line = finding.blocks[0].lines[0]
    assert len(line.low) == len(line.high) == len(line.y) == 8
    points = list(zip(line.low, line.y, line.high, strict=True))
    assert all(low <= gain <= high for low, gain, high in points)
    assert all(low < gain < high for low, gain, high in points[2:])


def test_a_network_may_be_picked_again():
    """Two thirds of what is one too high and a third of what is two too low are right."""
    y, order = np.zeros(20), (METRICS["rmse"], METRICS["mae"])
    assert _greedy([y + 1, y - 2, y + 5], order, y, None, size=3, most=5) == [0, 1, 0]
    assert _greedy([y + 1, y - 2, y + 5], order, y, None, size=3, most=1) == [0, 0, 0]


def test_guesses_gain_nothing_on_rows_that_they_were_not_chosen_by(small, candidates, monkeypatch):
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    rows = context.deciding_rows
    first, second = halves(context, rows)
    assert sorted([*first, *second]) == list(range(len(rows)))
    random = np.random.default_rng(0)

    def selected():
        guesses = random.dirichlet([2, 2], (20, len(rows)))
        return select(context, [replace(candidates[0], predictions=p) for p in guesses])

    def reached(selections):
        return np.mean([METRICS["accuracy"].score(context.y(rows), one.together, None) for one in selections])

    found = [selected() for _ in range(4)]
    assert reached(found) == pytest.approx(0.5, abs=0.05)
    assert np.mean([one.optimism for one in found]) > 0.03
    assert not any(one.gain.low > 0 for one in found)
    both = np.arange(len(rows))
    monkeypatch.setattr("wizard.stages.ensemble.selection.halves", lambda *_: (both, both))
    assert reached([selected() for _ in range(4)]) > reached(found) + 0.03  # chosen by the rows that judge


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
    selection = select(context, noisy(small, candidates))
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
