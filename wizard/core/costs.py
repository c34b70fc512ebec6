"""What steps take on the sample data, roughly: the prior of a plan in seconds, before a journey has measured its pace.

`tests/benchmarks/budget.py --steps` measures them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

OPENING = 7.0  # seconds until the first stage: libraries are loaded, data opened, copies found
PAGES = 1.5  # of a stage, its step of the index and the terminal's lines included
EVEN = 4.0  # seconds of like work that a pace is believed after by half
SLOWEST, FASTEST = 60.0, 0.5  # times the sample data's pace: beyond, one slow step says nothing of the others

# Two quiet cores, the smallest effort, middling of the five samples. Steps that are missing here ask for the time left
# themselves, or take none. The first training that several steps of the baseline use is counted at special_case, which
# cannot be left out, though simplify makes it where that one runs.
NEEDED: Mapping[str, Mapping[str, float]] = {  # gates, and what later steps stand on
    "explore": {"examples": 1.7, "distributions": 0.2, "leakage": 0.2},
    "baseline": {
        "fixed_seed": 2.0, "special_case": 4.5, "dumb_baselines": 2.5, "loss_at_init": 0.3, "input_independent": 1.0,
        "overfit_one_batch": 0.6, "decreasing_loss": 3.0, "dependencies": 0.3,
    },
    "overfit": {"pick_model": 2.0, "capacity_ladder": 4.0},
    "regularize": {"early_stopping": 2.0},  # what it starts from is trained once more
    "tune": {"sensitivity": 1.3},
    "ensemble": {"members": 0.5, "calibrate": 0.3, "test_once": 2.0, "hand_over": 5.0},  # a threshold is worth points
}  # fmt: skip
SPARED: Mapping[str, Mapping[str, float]] = {  # worth knowing, and left out where time is short
    "explore": {
        "biases": 0.5, "outliers": 0.4, "drift": 1.7, "local_or_global": 3.0, "position": 0.7, "variation": 0.7,
        "spurious_variation": 1.5, "downsampling": 2.2, "label_noise": 1.0, "enough_data": 0.4,
    },
    "baseline": {
        "simplify": 0.5, "full_evaluation": 0.7, "final_layer_init": 0.5, "prediction_dynamics": 0.3,
        "signal_health": 0.3, "learning_rate": 2.0,
    },
    "overfit": {"hardest_examples": 1.0},
    "regularize": {},
    "tune": {},
    "ensemble": {"error_analysis": 1.5},
}  # fmt: skip
FILLING = frozenset({"early_stopping", "members", "sensitivity"})  # as much as there is time for: no sign of the pace


def needed(stage: str, steps: Iterable[str] | None = None) -> float:
    """Seconds that some steps of a stage (all by default) and its page cannot do without, on the sample data."""
    own = NEEDED[stage]
    return PAGES + sum(own[step] for step in (own if steps is None else steps) if step in own)


def usual(stage: str, step: str) -> float | None:
    """Seconds that a step takes on the sample data; None where that is not known."""
    return NEEDED[stage].get(step, SPARED[stage].get(step))


def pace(took: Iterable[tuple[str, str, float]], before: float = 1.0) -> float:
    """How many times longer steps take here than on the sample data: larger data, or a slower or busier machine.

    Args:
        took: (stage, step, seconds) of what was done.
        before: The pace until then, which counts as much as a few seconds of work.
    """
    known = [(usual(stage, step), seconds) for stage, step, seconds in took if step not in FILLING]
    expected = sum(seconds for seconds, _ in known if seconds is not None)
    measured = sum(seconds for usually, seconds in known if usually is not None)
    return min(max((EVEN * before + measured) / (EVEN + expected), FASTEST), SLOWEST)
