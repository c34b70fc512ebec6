"""Every file and row opened."""

from __future__ import annotations

from collections import Counter

from wizard.core.blocks import Block, Column, Table, Text
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import count, listed, share

LEFT_OUT_SHARE = 0.05  # more unusable examples than this, and what is left may no longer stand for the whole
LISTED = 200  # bad items in the table; the count covers all
LOOKS = "wizard.stages.looks"  # a file a modality


@step()
def readable(context: Context) -> Outcome:
    """Every example can be read.

    A file that does not open, a row without a label or a column of infinities does not stop a training run; it only
    makes it quietly worse. Here each one is named.
    """
    dataset = context.dataset
    n_left_out, n_seen = len(dataset.left_out), len(dataset.left_out) + len(dataset)
    odd = load(LOOKS, dataset.modality).odd(context)
    blocks: list[Block] = []
    if n_left_out:
        rows = tuple((item.where, item.why) for item in dataset.left_out[:LISTED])
        blocks.append(
            Table(
                title="Left out",
                caption=f"{count(n_left_out, 'example')} of {n_seen:,} cannot be used.",
                columns=(Column(name="where"), Column(name="why")),
                rows=rows,
            )
        )
    if odd:
        blocks.append(
            Table(title="Odd but kept", columns=(Column(name="where"), Column(name="what")), rows=tuple(odd[:LISTED]))
        )
    if dataset.notes:
        blocks.append(
            Text(title="How the data were read", text=" ".join(f"{note.rstrip('.')}." for note in dataset.notes))
        )
    numbers = {"measured": float(n_left_out), "expected": 0.0, "unit": "examples left out", "blocks": tuple(blocks)}
    if n_left_out > LEFT_OUT_SHARE * n_seen:
        reasons = Counter(item.why for item in dataset.left_out).most_common(3)
        return failed(
            f"{share(n_left_out / n_seen)} of the examples cannot be used ({listed([r for r, _ in reasons])}).",
            advice="Mend or remove the listed items: what is left may not stand for the whole.",
            **numbers,
        )
    if odd:
        return warned(
            f"{_all_or_some(n_left_out, n_seen)}, but this stands out: "
            f"{listed([f'{where} ({what})' for where, what in odd], 2)}.",
            advice="Look at the listed items: an empty picture, text or column teaches nothing.",
            **numbers,
        )
    if n_left_out:
        return noted(f"{_all_or_some(n_left_out, n_seen)}; what is left out is listed.", **numbers)
    return passed(f"All {n_seen:,} examples can be read.", **numbers)


def _all_or_some(n_left_out: int, n_seen: int) -> str:
    if not n_left_out:
        return "Every example can be read"
    return f"{n_seen - n_left_out:,} of {count(n_seen, 'example')} can be used"
