"""Stage 6: squeeze out the juice, open the test set once, hand over."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary
from wizard.stages.words import listed, problems

STEPS = ("members", "leave_training", "distill", "calibrate", "error_analysis", "test_once", "hand_over")
READS: tuple[str, ...] = (
    "metric", "incumbent", "candidates", "stage_configs", "dumb_scores", "label_noise", "ceiling", "human",
    "calibration",
)  # fmt: skip
READS_RUNS = True  # all networks that the earlier stages trained may join


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    cuts = context.pacing.cuts
    plain = (
        *(_first(by_step[name]) for name in STEPS if name != "test_once" and by_step[name].status != "skipped"),
        _sealed(context.shared.get("openings", 0)),
        *_time_taken(context),
        *((f"Left out for lack of time: {listed([_without_step(cut) for cut in cuts], 4)}.",) if cuts else ()),
    )
    advice = next((finding.advice for finding in bad if finding.advice), "")
    return Summary(
        _verdict(by_step["test_once"]),
        plain,
        advice or "Load predictor/model.keras with `import wizard`, or call wizard.predict.",
    )


def _sealed(openings: int) -> str:
    """What the test rows are worth, by how often they have been opened."""
    if not openings:
        return "The test rows are sealed still."
    if openings > 1:
        return f"The test rows have been opened {openings} times: earlier results may have led to this one."
    return "The test rows had been sealed until now: nothing before this stage could be fitted to them."


def _time_taken(context: Context) -> tuple[str, ...]:
    """What became of a budget in seconds."""
    given = context.budget.seconds
    if given is None:
        return ()
    taken = given - context.pacing.left_in_all
    return (f"The journey was given {given:,.0f} s and took {taken:,.0f} s.",)


def _without_step(cut: str) -> str:
    """What was left out, without the name of the step that would have done it."""
    head, _, rest = cut.partition(": ")
    return rest if head in STEPS and rest else cut


def _first(finding: Finding) -> str:
    """The first sentence of a headline; the rest stands in the list of steps."""
    return finding.headline if finding.status == "crashed" else f"{finding.headline.split('. ')[0].rstrip('.')}."


def _verdict(opened: Finding) -> str:
    """What the test rows say, and, where it calls for a decision, what that is about."""
    sentences = opened.headline.split(". ")
    chosen = sentences if len(sentences) < 3 or opened.status == "crashed" else sentences[:1]
    if opened.status == "warned" and chosen != sentences:
        chosen = [sentences[0], sentences[-1]]
    return f"{'. '.join(chosen).rstrip('.')}."
