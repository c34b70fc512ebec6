"""Stage 4: give up training accuracy for validation accuracy, one change at a time."""

from __future__ import annotations

from typing import Any

from wizard.core.errors import OptionError, nearest
from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import ledger, signed
from wizard.stages.stage import Summary
from wizard.stages.words import listed

STEPS = ("augment", "dropout", "weight_decay", "early_stopping")
READS: tuple[str, ...] = ("metric", "incumbent", "stage_configs")


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
    """The stage in plain words."""
    trials = ledger(context)
    kept = [trial.name for trial in trials if trial.is_kept]
    metric = context.metric
    if not trials:
        return Summary("Nothing was tried.", tuple(f.headline for f in findings), "Call tune().")
    first, last = trials[0].before, trials[-1].after if trials[-1].is_kept else trials[-1].before
    verdict = (
        f"{listed(kept, 4).capitalize()} {'helps' if len(kept) == 1 else 'help'}: {metric.label} goes from "
        f"{metric.words(first)} to {metric.words(last)}."
        if kept
        else f"No regulariser helps beyond the noise; {metric.label} stays at {metric.words(first)}."
    )
    plain = (
        "Each change was made alone, against the best configuration so far, with the same seeds and rows; it is kept "
        "only if it helps by more than chance would.",
        *(
            f"{trial.name[0].upper()}{trial.name[1:]} {'was kept' if trial.is_kept else 'was not kept'}: "
            f"{signed(context, trial.gain.value)}."
            for trial in trials
        ),
    )
    return Summary(verdict, plain, "Call tune() to search around this configuration.")
