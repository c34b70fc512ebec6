"""Stage 4: give up training accuracy for validation accuracy, one change at a time."""

from __future__ import annotations

from typing import Any

from wizard.core.errors import OptionError, nearest
from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.gains import signed
from wizard.stages.regularize.experiment import ledger, table
from wizard.stages.stage import Summary
from wizard.stages.words import listed

STEPS = (
    "more_data", "augment", "creative_augment", "pretrain", "smaller_input", "smaller_model", "smaller_batch",
    "dropout", "weight_decay", "label_smoothing", "early_stopping", "larger_model", "first_layer", "class_weights",
    "other_order",
)  # fmt: skip
READS: tuple[str, ...] = ("metric", "incumbent", "stage_configs", "smallest_input", "spare", "normalise", "vary")


def left_out(only: Any, skip: Any) -> list[str]:
    """Names of the steps that are not to run.

    Args:
        only: Names of those to run; None for all.
        skip: Names of those to leave out.

    Raises:
        OptionError: For a name that is no step.
    """
    chosen = STEPS if only is None else _names(only, "only")
    skipped = _names(skip, "skip")
    return [step for step in STEPS if step not in chosen or step in skipped]


def _names(wanted: Any, option: str) -> tuple[str, ...]:
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    for name in names:
        if name not in STEPS:
            raise OptionError(
                f"{option}= must name steps of regularize: {', '.join(STEPS)}. Received: {name!r}."
                f"{nearest(name, STEPS)}"
            )
    return names


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words, and the table of all that was tried."""
    trials = ledger(context)
    kept = [trial.name for trial in trials if trial.is_kept]
    metric = context.metric
    if not trials:
        return Summary("Nothing was tried.", tuple(f.headline for f in findings), "Call tune().")
    judged = context.shared["judged"]
    first, last = context.shared["first_score"], judged.score
    verdict = (
        f"{listed(kept, 4)[:1].upper()}{listed(kept, 4)[1:]} {'helps' if len(kept) == 1 else 'help'}: {metric.label} "
        f"goes from {metric.words(first)} to {metric.words(last)}."
        if kept
        else f"No regulariser helps beyond the noise; {metric.label} stays at {metric.words(first)}."
    )
    plain = (
        "Each change was made alone, against the best configuration so far, with the same seeds and rows; it is kept "
        "only if it helps by more than chance would.",
        *(
            f"{trial.name[0].upper()}{trial.name[1:]} was kept: {signed(context.metric, trial.gain.value)}."
            for trial in trials
            if trial.is_kept
        ),
        _not_kept([trial.name for trial in trials if not trial.is_kept and not trial.replaced_by]),
        *(finding.headline for finding in findings if finding.step == "more_data" and finding.status != "skipped"),
    )
    whole = table(context, trials, "All changes, and what each bought")
    return Summary(
        verdict,
        tuple(line for line in plain if line),
        "Call tune() to search around this configuration.",
        product=(whole,),
    )


def _not_kept(names: list[str]) -> str:
    if not names:
        return ""
    return f"{len(names)} {'change was' if len(names) == 1 else 'changes were'} not kept: {listed(names, 4)}."
