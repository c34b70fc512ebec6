"""Stage 1: become one with the data."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary
from wizard.stages.words import count, problems, problems_in_words

STEPS = (
    "readable",
    "examples",
    "distributions",
    "imbalance",
    "duplicates",
    "label_noise",
)  # fmt: skip
READS: tuple[str, ...] = ()


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    if not bad:
        verdict = "Nothing in the data stands in the way of training."
    else:
        verdict = f"{problems_in_words(bad)} to look at before training."
    split = context.split
    plain = (
        f"{count(len(context.dataset), 'usable example')}: {count(len(split.train), 'row')} to train on, "
        f"{count(len(split.validation), 'row')} to decide on, {count(len(split.test), 'row')} sealed until the end.",
        *(by_step[name].headline for name in ("readable", "imbalance", "duplicates")),
    )
    advice = next((finding.advice for finding in bad if finding.advice), "")
    return Summary(verdict, plain, advice or "Look through the examples, then call baseline().")
