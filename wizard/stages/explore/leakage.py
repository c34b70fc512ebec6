"""Leakage: whether the inputs hold the target, or the training rows hold those that are held out."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Block, Column, Table, Text
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.dependence import Loss, hidden_groups, known_groups, time_leak
from wizard.stages.leak import Leak
from wizard.stages.step import Outcome, failed, passed, step, warned
from wizard.stages.words import count

LEAKS = "wizard.stages.leaks"  # a file a modality
WHY = {
    "S05": "The inputs hold what was only known after the fact, or the target in other words.",
    "P10": "The window of the inputs reaches into the moment that is to be predicted.",
    "S03": "Rows of one group (a person, a machine, a place) lie in several sets.",
    "S04": "Rows near in time lie in several sets.",
}


@step(gate=True)
def leakage(context: Context) -> Outcome:
    """The inputs do not give the target away.

    A column that was written down after the fact, or a group with rows on both sides of the split, makes every score
    splendid, and the network worthless on the day that it is used.
    """
    inside = load(LEAKS, context.dataset.modality)
    leaks: list[Leak] = inside.hidden(context)
    groups, tried = hidden_groups(context)
    leaks += known_groups(context) + groups
    if not groups:  # rows of one group mostly follow each other: the group is the better name
        times, stretches = time_leak(context)
        leaks, tried = leaks + times, tried + stretches
    columns = tuple(dict.fromkeys(name for leak in leaks for name in leak.columns))
    if not leaks:
        return passed(
            f"Nothing gives {context.task.target!r} away: {inside.LOOKED_AT}.",
            blocks=_blocks(context, leaks, tried), decides={"leaking": ()},
        )  # fmt: skip
    leaks.sort(key=lambda leak: leak.status != "failed")
    worst = leaks[0]
    more = f" ({count(len(leaks) - 1, 'more leak')} in the table)" if len(leaks) > 1 else ""
    return (failed if worst.status == "failed" else warned)(
        f"{worst.sentence}{more}.",
        measured=worst.measured,
        expected=0.0,
        unit=worst.unit,
        causes=tuple(Cause(fault=fault, sentence=WHY[fault]) for fault in dict.fromkeys(leak.fault for leak in leaks)),
        advice=_advice(leaks, columns),
        blocks=_blocks(context, leaks, tried),
        decides={"leaking": columns},
    )


def _advice(leaks: list[Leak], columns: tuple[str, ...]) -> str:
    """The call that mends it."""
    if columns:
        call = f"Wizard(…, ignore=({', '.join(map(repr, columns))}{',' if len(columns) == 1 else ''}))"
        if all(leak.status == "warned" for leak in leaks):
            return f"Make sure that this is known at prediction time; otherwise call {call}."
        return f"Call {call}, beside what you ignore already."
    option = next((leak.option for leak in leaks if leak.option), "")
    if "=" in option:
        return f"Call Wizard(…, {option}), unless new rows will come from the same groups and times as these."
    if option:
        return f"Give {option}, or the scores on them flatter the model."
    return "Take it out of the inputs, or make sure that it is there at prediction time, too."


def _blocks(context: Context, leaks: list[Leak], tried: list[tuple[str, Loss]]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if leaks:
        blocks.append(
            Table(
                title="What leaks",
                columns=(Column(name="what"), Column(name="columns"), Column(name="proof")),
                rows=tuple((leak.sentence, ", ".join(leak.columns),
                            "exact" if leak.status == "failed" else "measured") for leak in leaks),
            )
        )  # fmt: skip
    if tried:
        blocks.append(
            Table(
                title="Rows that answer for each other",
                caption="Share of the labels' variance that the same probe tells of rows held out at random, and of "
                "rows whose group or stretch of time is held out whole.",
                columns=(Column(name="kept whole"), Column(name="at random", format="share"),
                         Column(name="held out whole", format="share"),
                         Column(name="difference", unit="standard errors")),
                rows=tuple((name, loss.at_random, loss.apart, float(np.round(loss.errors, 1))) for name, loss in tried),
            )
        )  # fmt: skip
    if not blocks:
        blocks.append(Text(text=f"Looked at {count(len(context.train_rows), 'training row')}: "
                           f"{load(LEAKS, context.dataset.modality).LOOKED_AT}."))  # fmt: skip
    return tuple(blocks)
