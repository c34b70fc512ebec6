"""Every file and row opened."""

from __future__ import annotations

from collections import Counter

import numpy as np

from wizard.core.blocks import Block, Column, Table, Text
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.odd import Odd, causes_of
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import count, listed, share

LEFT_OUT_SHARE = 0.05  # more unusable examples than this, and what is left may no longer stand for the whole
SOME_SHARE, SOME = 0.01, 3  # more unusable examples than both are no chance any more
REPEATED, REPEATED_SHARE = 5, 0.005  # training examples with the very same content: more come from a broken source
REPEATED_KINDS = 5  # contents repeated so often: with more of them the data were copied on purpose
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
    odd = _with_repeated(context, load(LOOKS, dataset.modality).odd(context))
    blocks: list[Block] = []
    if n_left_out:
        rows = tuple((item.where, item.why) for item in dataset.left_out[:LISTED])
        blocks.append(
            Table(
                title="Left out",
                caption=f"{count(n_left_out, 'example')} of {n_seen:,} cannot be used.",
                columns=(Column(name="where"), Column(name="why")),
                rows=rows,
                private=True,
            )
        )
    if odd:
        blocks.append(
            Table(
                title="Odd but kept",
                columns=(Column(name="where"), Column(name="what")),
                rows=tuple((one.where, one.what) for one in odd[:LISTED]),
                private=True,
            )
        )
    if dataset.notes:
        blocks.append(
            Text(
                title="How the data were read",
                text=" ".join(f"{note.rstrip('.')}." for note in dataset.notes),
                private=True,
            )
        )
    numbers = {
        "measured": float(n_left_out), "expected": 0.0, "unit": "examples left out", "blocks": tuple(blocks),
        "causes": (*_causes_of_left_out(context), *causes_of(odd)),
    }  # fmt: skip
    if n_left_out > LEFT_OUT_SHARE * n_seen:
        reasons = Counter(item.why for item in dataset.left_out).most_common(3)
        why = listed([context.private(reason) for reason, _ in reasons])
        return failed(
            f"{share(n_left_out / n_seen)} of the examples cannot be used ({why}).",
            advice="Mend or remove the listed items: what is left may not stand for the whole.",
            **numbers,
        )
    if odd:
        return warned(
            f"{_all_or_some(n_left_out, n_seen)}, but this stands out: "
            f"{listed([f'{one.where} ({one.what})' for one in odd], 2)}.",
            advice="Look at the listed items: an empty picture, text or column teaches nothing.",
            **numbers,
        )
    if n_left_out >= SOME and n_left_out > SOME_SHARE * n_seen:
        return warned(
            f"{_all_or_some(n_left_out, n_seen)}: {share(n_left_out / n_seen)} of them are left out and listed.",
            advice="Look at the listed items: whatever spoilt them may have touched others as well.",
            **numbers,
        )
    if n_left_out:
        return noted(f"{_all_or_some(n_left_out, n_seen)}; what is left out is listed.", **numbers)
    return passed(f"All {n_seen:,} examples can be read.", **numbers)


def _all_or_some(n_left_out: int, n_seen: int) -> str:
    if not n_left_out:
        return "Every example can be read"
    return f"{n_seen - n_left_out:,} of {count(n_seen, 'example')} can be used"


def _causes_of_left_out(context: Context) -> tuple[Cause, ...]:
    """Why examples are left out, most frequent reason first; numbers that are none are a fault of their own."""
    reasons = Counter(item.why for item in context.dataset.left_out).most_common(2)
    first = {item.why: item.where for item in reversed(context.dataset.left_out)}
    return tuple(
        Cause(
            fault="D03" if "NaN" in why else "" if "label" in why else "D08",
            sentence=f"{context.private(why[0].upper() + why[1:].rstrip('.'))}: {count(n, 'example')}, the first is "
            f"{context.private(first[why])}.",
        )
        for why, n in reasons
    )


def _with_repeated(context: Context, odd: list[Odd]) -> list[Odd]:
    """Adds the few contents that many training examples share, where equal content is no coincidence."""
    if load(LOOKS, context.dataset.modality).DO_COINCIDE:
        return odd
    rows = context.train_rows
    content, counts = np.unique(context.copies.exact[rows], return_counts=True)
    often = content[counts >= max(REPEATED, REPEATED_SHARE * len(rows))]
    if len(often) > REPEATED_KINDS:
        return odd
    known = {one.where for one in odd}
    found = list(odd)
    for one in often:
        own = rows[context.copies.exact[rows] == one]
        what = f"the very same content as {count(len(own) - 1, 'other example')}"
        found += [
            Odd(context.private(context.dataset.where[row]), what)
            for row in own
            if str(context.dataset.where[row]) not in known
        ]
    return found
