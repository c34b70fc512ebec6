"""Which inputs each output depends on."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.stages.context import Context
from wizard.stages.experiments.dependencies import SAME
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.step import Outcome, failed, step
from wizard.stages.words import listed


@step(gate=True)
def dependencies(context: Context) -> Outcome:
    """The output of an example depends on that example, on all of it, and on nothing else.

    A reshape where a transposition was meant mixes the examples of a batch, and the network still trains, only worse.
    So single inputs are changed, and what moves is written down.
    """
    links = evidence_of(context).links_after
    rows: list[tuple[str, float, str]] = [
        ("other examples of the batch", finite(links.mixing), "nothing"),
        ("the example itself", finite(links.own), "something"),
        ("nothing (predicted twice)", finite(links.twice), "nothing"),
        ("the size of the batch (predicted alone)", finite(links.alone), "nothing"),
    ]
    if np.isfinite(links.future):
        rows.append(("later steps, for earlier outputs", finite(links.future), "nothing, if it forecasts"))
    table = Table(
        title="What moves an output",
        caption="Largest change of an output, in standard deviations of the outputs over examples.",
        columns=(Column(name="what was changed"), Column(name="outputs moved by"), Column(name="should move")),
        rows=tuple(rows),
    )
    numbers: dict[str, Any] = {
        "measured": finite(links.mixing),
        "expected": 0.0,
        "unit": "of the outputs' spread",
        "blocks": (table,),
    }
    n_unused = len(links.unused)
    told = f"; {n_unused} of {links.n_parts} parts move no output ({listed(links.unused)})" if n_unused else ""
    outcome = judged(
        context, "dependencies", f"Outputs depend on their own example only, and on every part of it{told}."
        if not told else f"Outputs depend on their own example only{told}.", **numbers,
    )  # fmt: skip
    if outcome.status == "passed" and links.mixing > max(SAME, 3 * links.twice):
        return failed("After a short training, outputs move when only other examples of the batch change.", **numbers)
    return outcome
