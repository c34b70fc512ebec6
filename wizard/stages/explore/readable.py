"""Every file and row opened."""

from __future__ import annotations

from collections import Counter

import numpy as np

from wizard.core.blocks import Column, Table, Text
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import count, listed, share

LEFT_OUT_SHARE = 0.05  # more unusable examples than this, and what is left may no longer stand for the whole
LISTED = 200  # bad items in the table; the count covers all
BLANK_SHARE = 0.01  # pictures of one single colour beyond this share are hardly chance
MISSING_SHARE = 0.5  # a column emptier than this says more by being empty than by its values


@step()
def readable(context: Context) -> Outcome:
    """Every example can be read.

    A file that does not open, a row without a label or a column of infinities does not stop a training run; it only
    makes it quietly worse. Here each one is named.
    """
    dataset = context.dataset
    n_left_out, n_seen = len(dataset.left_out), len(dataset.left_out) + len(dataset)
    odd = _blank_pictures(context) if dataset.modality == "image" else _odd_columns(context)
    blocks = []
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
            f"All but {count(n_left_out, 'example')} can be used; {count(len(odd), 'oddity')} stand out."
            if n_left_out
            else f"Every example can be read; odd: {listed([f'{where} ({what})' for where, what in odd], 2)}.",
            advice="Look at the listed items: an empty picture or column teaches nothing.",
            **numbers,
        )
    if n_left_out:
        return noted(f"{count(n_left_out, 'example')} of {n_seen:,} left out, each listed.", **numbers)
    return passed(f"All {n_seen:,} examples can be read.", **numbers)


def _blank_pictures(context: Context) -> list[tuple[str, str]]:
    """Pictures of one single colour, where there are more than a few."""
    rows = context.sample(context.split.known, 20_000, "blank")
    blank = [row for row in rows if np.ptp(np.asarray(context.dataset.examples[int(row)])) == 0]
    if len(blank) <= BLANK_SHARE * len(rows):
        return []
    return [(str(context.dataset.where[row]), "one single colour") for row in blank]


def _odd_columns(context: Context) -> list[tuple[str, str]]:
    """Columns that are mostly missing."""
    frame = context.examples(context.split.known).frame  # type: ignore[attr-defined]
    odd = []
    for column in context.dataset.columns:
        values = frame[column.name]
        missing = float((values == "").mean()) if column.kind == "category" else float(values.isna().mean())
        if missing > MISSING_SHARE:
            odd.append((f"column {column.name!r}", f"missing in {share(missing)} of the rows"))
    return odd
