"""Copies: where they are, and whether they contradict each other."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Block, Column, Gallery, Item, Table
from wizard.stages.context import Context
from wizard.stages.pictures import png
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, share

SHOWN = 40  # pairs in the gallery, sets in the table
MANY_CONTRADICTIONS = 0.01  # of the rows: beyond it contradictory labels visibly limit what can be reached


@step()
def duplicates(context: Context) -> Outcome:
    """No copy sits on both sides of a split, and copies agree on their label.

    A copy of a training example in the validation set makes every score too good. Copies with different labels put a
    floor under the training loss that no network can get below.
    """
    exact, sets = context.copies.exact, context.copies.sets
    known = context.split.known
    n_copies = int(sum(np.bincount(exact[known]) > 1) and (np.bincount(exact[known])[exact[known]] > 1).sum())
    crossing = _crossing(context)
    floor, contradictory = _contradictions(context)
    blocks: list[Block] = []
    if crossing:
        blocks.append(_crossing_table(context, crossing))
    if contradictory:
        blocks.append(_contradiction_table(context, contradictory))
    near = context.copies.near
    near = near[np.isin(near, known).all(1)]
    if len(near):
        blocks.append(_near_gallery(context, near))
    n_near = len(np.unique(near))
    numbers = {
        "measured": float(n_copies), "unit": "rows that have an exact copy", "blocks": tuple(blocks),
        "decides": {"contradiction_floor": floor},
    }  # fmt: skip
    words = f"{count(n_copies, 'row')} of {len(known):,} have an exact copy" if n_copies else "No exact copies"
    words += f", {n_near:,} a near copy" if n_near else ""
    if crossing:
        return warned(
            f"{count(len(crossing), 'copy')} of training rows in the sets that you gave. {words}.",
            advice="Your sets are left as they are; remove the listed copies, or the scores on them flatter the model.",
            **numbers,
        )
    if contradictory and sum(map(len, contradictory)) > MANY_CONTRADICTIONS * len(known):
        return warned(
            f"{count(sum(map(len, contradictory)), 'row')} have a copy with another label. {words}.",
            advice="Decide which label is right; until then no model can get all of them.",
            **numbers,
        )
    if n_copies or n_near:
        together = "; each set of copies is kept on one side of the split" if len(np.unique(sets)) < len(sets) else ""
        return noted(f"{words} ({share((n_copies + n_near) / len(known))}){together}.", **numbers)
    return passed(f"{words}, and no near ones.", **numbers)


def _crossing(context: Context) -> list[tuple[int, int]]:
    """(training row, its copy in another set) pairs: only sets given by the user can have them."""
    exact = context.copies.exact
    first = {int(exact[row]): int(row) for row in context.split.train[::-1]}
    others = np.concatenate([context.split.validation, context.split.test])
    return [(first[int(exact[row])], int(row)) for row in others if int(exact[row]) in first]


def _crossing_table(context: Context, crossing: list[tuple[int, int]]) -> Table:
    where, test = context.dataset.where, set(context.split.test.tolist())
    return Table(
        title="Copies across sets",
        columns=(Column(name="training row"), Column(name="its copy"), Column(name="in")),
        rows=tuple((str(where[a]), str(where[b]), "test" if b in test else "validation") for a, b in crossing[:SHOWN]),
    )


def _contradictions(context: Context) -> tuple[float, list[np.ndarray]]:
    """Lowest training error that labels allow, and the sets of equal inputs whose labels differ.

    The error is the share of rows in the minority of their set (classification), or the mean square around the set's
    mean, in variances of the target (regression).
    """
    rows = context.train_rows
    y, exact = context.y(rows), context.copies.exact[rows]
    order = np.argsort(exact, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(exact[order])) + 1)
    differing = [group for group in groups if len(group) > 1 and len(np.unique(y[group])) > 1]
    if context.task.is_classification:
        lost = sum(len(group) - np.bincount(y[group]).max() for group in differing)
        return float(lost / len(rows)), [rows[group] for group in differing]
    lost = sum(((y[group] - y[group].mean()) ** 2).sum() for group in differing)
    return float(lost / len(rows) / max(np.var(y), 1e-300)), [rows[group] for group in differing]


def _contradiction_table(context: Context, contradictory: list[np.ndarray]) -> Table:
    labels, where = context.dataset.labels, context.dataset.where
    return Table(
        title="Same input, different labels",
        columns=(Column(name="rows"), Column(name="labels")),
        rows=tuple(
            (
                ", ".join(str(where[row]) for row in group[:5]),
                ", ".join(sorted({str(labels[row]) for row in group})[:5]),
            )
            for group in contradictory[:SHOWN]
        ),
    )


def _near_gallery(context: Context, near: np.ndarray) -> Block:
    where, labels = context.dataset.where, context.dataset.labels
    if context.dataset.modality != "image":
        return Table(
            title="Near copies",
            columns=(Column(name="one"), Column(name="other"), Column(name="labels")),
            rows=tuple((str(where[a]), str(where[b]), f"{labels[a]}, {labels[b]}") for a, b in near[:SHOWN]),
        )
    items = []
    for number, pair in enumerate(near[: SHOWN // 2], start=1):
        for row in pair:
            picture = png(np.asarray(context.dataset.examples[int(row)]))
            items.append(
                Item(label=str(labels[row]), asset=context.asset(picture), caption=str(where[row]), attributes={"pair": number})
            )  # fmt: skip
    return Gallery(title="Near copies", caption="Pairs that a person would call the same picture.", items=tuple(items))
