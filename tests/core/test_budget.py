import pytest

from wizard.core.budget import EFFORTS, SHARES, parse_budget
from wizard.core.errors import OptionError
from wizard.core.result import STAGES


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


def test_stages_share_the_time_and_the_last_one_ends_with_it():
    assert list(SHARES) == list(STAGES)
    deadlines = [parse_budget("100s").deadline(stage) for stage in STAGES]
    assert deadlines == sorted(deadlines)
    assert deadlines[-1] == pytest.approx(100)
    assert parse_budget("quick").deadline("explore") is None


def test_the_plan_is_said_in_words():
    assert parse_budget("100s").plan().startswith("100 s in all, at quick effort: explore 8 s, ")
    assert parse_budget("quick").plan() == "quick effort: up to 6 trials, 2 seeds"
