"""What came later, in place of what was kept before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.stages.context import Context
from wizard.stages.regularize.experiment import Trial, experiment, few, incumbent, ledger
from wizard.stages.step import Outcome, noted, step


@step()
def other_order(context: Context) -> Outcome:
    """A change that came too late does better in the place of an earlier one.

    Regularisers do much the same by different means, so whichever is tried first gains, and leaves the next little to
    gain: the order would decide instead of the data. What pointed the right way, but was lost in the noise beside an
    earlier change, is therefore tried again without that one.
    """
    kept = [trial for trial in ledger(context) if trial.is_kept]
    if not kept:
        return noted("Nothing was kept, so no change stood in another's way.")
    pairs = [
        (late, early)
        for late in sorted(ledger(context), key=lambda trial: -trial.gain.value)
        if late.has_promise
        for early in _in_the_way(late, context)[:1]
    ][: few(context)]
    if not pairs:
        return noted("No change that was left out had pointed the right way for long, so none stood in another's way.")
    config = incumbent(context).config
    changes = [{**_undone(early), **_still(late, config)} for late, early in pairs]
    words = [f"{late.name} in place of {early.name}" for late, early in pairs]
    outcome = experiment(context, "other_order", changes, words)
    for (_, early), label in zip(pairs, words, strict=True):
        if any(trial.step == "other_order" and trial.name == label and trial.is_kept for trial in ledger(context)):
            at = ledger(context).index(early)
            ledger(context)[at] = replace(early, is_kept=False, replaced_by=label)
    return outcome


def _in_the_way(late: Trial, context: Context) -> list[Trial]:
    """Changes kept before one, of other fields than it changes or any kept since did; the least sure first."""
    trials = ledger(context)
    found = []
    for number, early in enumerate(trials[: trials.index(late)]):
        since = {field for trial in trials[number + 1 :] if trial.is_kept for field in trial.change}
        if early.is_kept and not set(early.change) & (since | set(late.change)):
            found.append(early)
    return sorted(found, key=lambda trial: trial.gain.low)


def _undone(early: Trial) -> dict[str, Any]:
    """The fields that a change had changed, as they were."""
    return {field: getattr(early.base, field) for field in early.change}


def _still(late: Trial, config: Any) -> dict[str, Any]:
    """A change made later, where what it is made of is a part of a field: the rest of the field is as it is now."""
    return {
        field: {**getattr(config, field), **_changed(value, getattr(late.base, field))}
        if isinstance(value, dict)
        else value
        for field, value in late.change.items()
    }


def _changed(value: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in before or before[name] != one}
