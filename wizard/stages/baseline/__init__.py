"""Stage 2: an end-to-end skeleton you can trust, and dumb baselines."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary
from wizard.stages.words import problems, problems_in_words

STEPS = (
    "fixed_seed",
    "simplify",
    "special_case",
    "just_before_the_net",
    "dumb_baselines",
    "full_evaluation",
    "loss_at_init",
    "final_layer_init",
    "input_independent",
    "overfit_one_batch",
    "decreasing_loss",
    "prediction_dynamics",
    "dependencies",
    "signal_health",
    "learning_rate",
    "human_baseline",
)
TOLD = ("dumb_baselines", "loss_at_init", "input_independent", "overfit_one_batch")  # in the summary
READS: tuple[str, ...] = ("metric",)


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    stops = [finding for finding in findings if finding.stops]
    if stops:
        named = [cause.sentence for cause in stops[0].causes] if context.foreign is not None else []
        verdict = f"Do not train further yet: {(named or [stops[0].headline])[0]}"
    elif bad:
        verdict = f"The training pipeline can be trusted, with {problems_in_words(bad)} to look at."
    else:
        verdict = "The training pipeline passes every check, so later numbers can be trusted."
    plain = (
        f"{'A tiny network' if context.foreign is None else 'Your model'} was put through experiments whose outcome is "
        "known beforehand; a bug in data, loss or training would have made one of them miss.",
        *(by_step[name].headline for name in (*TOLD, *_measured_person(by_step))),
    )
    advice = next((finding.advice for finding in bad if finding.advice), "")
    can_go_on = context.foreign is None or context.own is not None
    go_on = "Call overfit() for a network that is large enough." if can_go_on else "Train it."
    return Summary(verdict, plain, advice or go_on)


def _measured_person(by_step: dict[str, Finding]) -> tuple[str, ...]:
    return ("human_baseline",) if by_step["human_baseline"].measured is not None else ()
