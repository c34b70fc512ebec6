"""Stage 3: a model large enough to overfit."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary
from wizard.stages.words import problems, problems_in_words

STEPS = ("pick_model", "one_at_a_time", "capacity_ladder", "no_decay", "learning_curves", "hardest_examples")
READS: tuple[str, ...] = (
    "metric", "contradiction_floor", "is_local", "is_position_free", "label_noise", "label_noise_interval",
    "is_learnable", "dumb_scores", "signal", "stage_configs",
)  # fmt: skip


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    ladder = by_step["capacity_ladder"]
    if ladder.stops or ladder.status == "warned":
        verdict = ladder.headline
    elif bad:
        verdict = f"There is a network to go on with, and {problems_in_words(bad)} to look at."
    else:
        verdict = "There is a network large enough to learn the training data by heart."
    plain = (
        "Before asking a network to generalise, one must know that it can fit at all: here training rows are all that "
        "counts.",
        *(by_step[name].headline for name in STEPS if by_step[name].status != "skipped"),
    )
    advice = next((finding.advice for finding in bad if finding.advice), "")
    return Summary(verdict, plain, advice or "Call regularize() to trade training accuracy for validation accuracy.")
