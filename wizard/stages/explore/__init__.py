"""Stage 1: become one with the data."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.explore.questions import answers_of, to_do_of
from wizard.stages.stage import Summary
from wizard.stages.words import count, listed, problems, problems_in_words

STEPS = (
    "readable",
    "examples",
    "distributions",
    "imbalance",
    "biases",
    "duplicates",
    "leakage",
    "drift",
    "local_or_global",
    "position",
    "variation",
    "spurious_variation",
    "downsampling",
    "enough_data",
)  # fmt: skip
READS: tuple[str, ...] = ()
PLAIN = ("readable", "imbalance", "duplicates")  # what the data are, beside what the questions ask


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words: what the data are, the recipe's questions answered, and what to do about them."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    split = context.split
    plain = (
        f"{count(len(context.dataset), 'usable example')}: {count(len(split.train), 'row')} to train on, "
        f"{count(len(split.validation), 'row')} to decide on, {count(len(split.test), 'row')} sealed until the end.",
        *(by_step[name].headline for name in PLAIN if name in by_step),
    )
    return Summary(
        _verdict(bad), plain, _next_move(bad), answers_of(findings, context.dataset.modality), to_do_of(findings)
    )


def _verdict(bad: tuple[Finding, ...]) -> str:
    if not bad:
        return "Nothing in the data stands in the way of training."
    names = list(dict.fromkeys(finding.step.replace("_", " ") for finding in bad))
    return f"{problems_in_words(bad)} to look at before training: {listed(names)}."


def _next_move(bad: tuple[Finding, ...]) -> str:
    if any(finding.stops for finding in bad):
        return "Mend what closed the gate, then call explore() again."
    if not bad:
        return "Look through the examples, then call baseline()."
    return f"Look through the examples, settle {problems_in_words(bad)}, worst first, then call baseline()."
