import pytest

from wizard.core import costs
from wizard.core.budget import EFFORTS, SHARES, parse_budget
from wizard.core.errors import OptionError
from wizard.core.result import STAGES
from wizard.stages.stage import steps_of


@pytest.mark.parametrize(
    ("budget", "effort", "seconds"),
    [
        (None, "standard", None), ("quick", "quick", None), ("thorough", "thorough", None), ("90s", "quick", 90),
        ("10m", "standard", 600), ("2h", "thorough", 7200), (" 1.5 h ", "thorough", 5400), ("3min", "quick", 180),
        (45, "quick", 45), (600.5, "standard", 600.5), ("30", "quick", 30),
    ],
)  # fmt: skip
def test_times_and_levels_are_read(budget, effort, seconds):
    plan = parse_budget(budget)
    assert (plan.effort, plan.seconds) == (EFFORTS[effort], seconds)


@pytest.mark.parametrize(
    "budget", ["", "fast", "10 apples", "-5m", "9s", 0, float("nan"), float("inf"), True, [], "1e9s"]
)
def test_anything_else_is_refused(budget):
    with pytest.raises(OptionError, match=r"budget must be .*Received"):
        parse_budget(budget)


def test_stages_share_what_is_free_and_the_last_one_ends_with_the_time():
    assert list(SHARES) == list(STAGES)
    assert sum(SHARES.values()) == pytest.approx(1)
    budget, left = parse_budget("10m"), 600.0
    for stage in STAGES:
        seconds = budget.allotted(stage, left)
        assert costs.needed(stage) < seconds < left or stage == STAGES[-1]
        left -= seconds
    assert left == pytest.approx(0)


def test_time_that_a_stage_used_too_much_is_missing_in_all_later_ones_and_what_they_need_is_kept():
    budget = parse_budget("10m")
    usual, late, hopeless = ([budget.allotted(stage, left) for stage in STAGES[2:]] for left in (400, 200, 0))
    assert all(a > b > c for a, b, c in zip(usual, late, hopeless, strict=True))
    assert hopeless == [costs.needed(stage) for stage in STAGES[2:]]


def test_a_slow_machine_keeps_more_for_what_cannot_be_left_out():
    budget = parse_budget("3m")
    assert budget.allotted("baseline", 150, pace=2.0) > budget.allotted("baseline", 150, pace=1.0)


def test_the_plan_is_said_in_words():
    plan = parse_budget("600s").plan()
    assert plan.startswith("600 s in all, at standard effort: explore ")
    seconds = [float(part.split()[1]) for part in plan.partition(": ")[2].split(", ")]
    assert sum(seconds) == pytest.approx(600, abs=3)
    assert parse_budget("quick").plan() == "quick effort: up to 6 trials, 2 seeds"


def test_a_budget_that_is_too_small_says_so_beforehand():
    assert "less than what cannot be left out may take here" in parse_budget("30s").plan(25.0, pace=2.0)


def test_every_cost_is_one_of_a_step_and_no_gate_is_spared():
    for stage in STAGES:
        steps = {step.name: step for step in steps_of(stage)}
        assert not set(costs.NEEDED[stage]) & set(costs.SPARED[stage])
        assert set(costs.NEEDED[stage]) | set(costs.SPARED[stage]) <= set(steps)
        assert not [name for name in costs.SPARED[stage] if steps[name].is_gate]


def test_the_pace_is_measured_by_like_steps_and_believed_after_seconds_of_them():
    assert costs.pace([]) == 1.0
    usual = {step: costs.usual("baseline", step) for step in ("fixed_seed", "decreasing_loss")}
    assert costs.pace([("baseline", "fixed_seed", usual["fixed_seed"])]) == pytest.approx(1.0)
    slow = costs.pace([("baseline", "fixed_seed", 12 * usual["fixed_seed"])])
    assert 4 < slow < 12
    assert costs.pace([("baseline", step, 12 * seconds) for step, seconds in usual.items()]) > slow
    assert costs.pace([("regularize", "dropout", 1e9)]) == 1.0


def test_steps_that_fill_the_time_they_have_tell_nothing_of_the_pace():
    took = [("ensemble", "members", 70.0), ("regularize", "early_stopping", 70.0)]
    assert costs.pace(took, 2.0) == 2.0
    assert costs.pace([*took, ("ensemble", "test_once", 4.0)], 2.0) == 2.0
    known = {step for stage in costs.NEEDED for step in costs.NEEDED[stage]}
    assert known > costs.FILLING
