"""Copies: where they are, and whether they contradict each other."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Block, Column, Gallery, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.data.dataset import PARTS
from wizard.stages.context import Context
from wizard.stages.labels import label_of
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, share

LOOKS = "wizard.stages.looks"  # a file a modality
SHOWN = 40  # pairs in the gallery, sets in the table
CHANCE = 3.0  # times as many copies as in a table with shuffled columns: fewer are coincidences of coarse values
FEW_NEAR, FEW_NEAR_SHARE = 3, 0.01  # held-out rows with a near copy in an earlier set: fewer hardly move a score
LARGE_FLOOR = 0.01  # of the training rows (or of the target's variance): beyond it contradictions limit what is reached


@step()
def duplicates(context: Context) -> Outcome:
    """No copy sits on both sides of a split, and copies agree on their label.

    A copy of a training example in the validation set makes every score too good. Copies with different labels put a
    floor under the training loss that no network can get below.
    """
    has_copy, near = _has_copy(context.copies.exact), context.copies.near
    crossing = _crossing(context)
    nearly = _crossing_nearly(context)
    floor, contradictory = _contradictions(context)
    n_copies, n_near = int(has_copy.sum()), len(np.unique(near))
    blocks: list[Block] = []
    if crossing:
        blocks.append(_crossing_table(context, crossing))
    if nearly:
        blocks.append(_crossing_table(context, nearly, "Near copies across sets"))
    if contradictory:
        blocks.append(_contradiction_table(context, contradictory))
    if len(near):
        blocks.append(_near_gallery(context, near))
    numbers = {
        "measured": float(n_copies), "unit": "rows that have an exact copy", "blocks": tuple(blocks),
        "decides": {"contradiction_floor": floor}, "causes": _causes(n_copies, n_near, len(crossing), len(nearly)),
    }  # fmt: skip
    has_copy[np.unique(near)] = True
    words = _words(n_copies, n_near, len(has_copy), int(has_copy.sum()), context.copies.is_near_searched)
    look = load(LOOKS, context.dataset.modality)
    is_coincidence = 0 < n_copies <= CHANCE * look.coincidences(context)
    if crossing and _is_given(context) and not is_coincidence:
        return warned(
            f"{count(len(crossing), 'row')} of the sets that you gave "
            f"{_have(len(crossing), 'are copies', 'is a copy')} of rows in an earlier set. {words}.",
            advice="Your sets are left as they are; remove the listed copies, or the scores on them flatter the model.",
            **numbers,
        )
    n_later = len(context.split.validation) + len(context.split.test)
    if _is_given(context) and len(nearly) >= max(FEW_NEAR, FEW_NEAR_SHARE * n_later):
        return warned(
            f"{count(len(nearly), 'row')} of the sets that you gave are near copies of rows in an earlier set, as when "
            f"examples are augmented before they are split. {words}.",
            advice="Your sets are left as they are; split first and augment the training rows only, or remove the "
            "listed rows: the scores on them flatter the model.",
            **numbers,
        )
    is_slip = floor > LARGE_FLOOR or (floor > 0 and not look.DO_COINCIDE)
    if is_slip and not is_coincidence:
        n_rows = sum(map(len, contradictory))
        return warned(
            f"{count(n_rows, 'training row')} {_have(n_rows)} a copy with another label, so that {share(floor)} of "
            f"{_what(context)} cannot be fitted. {words}.",
            advice="Decide which of the listed labels are right, or bring inputs that tell these rows apart.",
            **numbers,
        )
    if not (n_copies or n_near):
        return passed(f"{words}.", **numbers)
    if is_coincidence:
        words += ", as many as rows of such coarse values have by chance"
    if floor:
        words += f"; their labels differ, so that {share(floor)} of {_what(context)} cannot be fitted"
    if crossing:
        words += f"; {count(len(crossing), 'held-out row')} {_have(len(crossing), 'are copies', 'is a copy')}"
        words += " of rows in an earlier set"
    elif not _is_given(context):
        words += "; copies stay on one side of the split"
    return noted(f"{words}.", **numbers)


def _causes(n_copies: int, n_near: int, n_crossing: int, n_nearly: int) -> tuple[Cause, ...]:
    """The known faults behind what was found, those across sets first."""
    found = (
        (n_crossing, "S01", "with exactly the content of a row in an earlier set"),
        (n_nearly, "S02", "nearly equal to a row in an earlier set"),
        (n_copies, "D01", "with an exact copy"),
        (n_near, "D02", "with a near copy"),
    )
    return tuple(Cause(fault=fault, sentence=f"{count(n, 'row')} {words}.") for n, fault, words in found if n)


def _words(n_copies: int, n_near: int, n: int, n_any: int, is_near_searched: bool) -> str:
    words = f"{count(n_copies, 'row')} of {n:,} {_have(n_copies)} an exact copy" if n_copies else "No exact copies"
    if not is_near_searched:
        return f"{words}; near ones were not looked for among so many pictures"
    if not n_near:
        return f"{words} ({share(n_any / n)})" if n_copies else f"{words}, and no near ones"
    if not n_copies:
        return f"{count(n_near, 'row')} of {n:,} {_have(n_near)} a near copy ({share(n_any / n)}), none an exact one"
    return f"{words}, and {n_near:,} {_have(n_near)} a near one ({share(n_any / n)} together)"


def _have(n: int, many: str = "have", one: str = "has") -> str:
    return one if n == 1 else many


def _what(context: Context) -> str:
    if context.task.is_multilabel:
        return "the training rows' labels"
    return "the training rows" if context.task.is_classification else "the target's variance"


def _has_copy(exact: np.ndarray) -> np.ndarray:
    """(n,) whether another row has the same content."""
    return np.bincount(exact)[exact] > 1


def _is_given(context: Context) -> bool:
    """Whether the user brought a validation or test set."""
    return bool((context.dataset.part != PARTS.index("main")).any())


def _crossing(context: Context) -> list[tuple[int, int]]:
    """(row, its copy in a later set) pairs: only sets given by the user, or drawn by time, can have them."""
    exact, split = context.copies.exact, context.split
    first: dict[int, int] = {int(exact[row]): int(row) for row in split.train[::-1]}
    found = []
    for later in (split.validation, split.test):
        found += [(first[int(exact[row])], int(row)) for row in later if int(exact[row]) in first]
        first |= {int(exact[row]): int(row) for row in later[::-1] if int(exact[row]) not in first}
    return found


def _crossing_nearly(context: Context) -> list[tuple[int, int]]:
    """(row, its near copy in a later set) pairs, each later row once."""
    split = context.split
    turn = np.zeros(len(context.dataset), int)
    for number, part in enumerate((split.train, split.validation, split.test)):
        turn[part] = number
    pairs = (sorted(pair, key=lambda row: turn[row]) for pair in context.copies.near)
    return list({int(b): (int(a), int(b)) for a, b in pairs if turn[a] < turn[b]}.values())


def _crossing_table(context: Context, crossing: list[tuple[int, int]], title: str = "Copies across sets") -> Table:
    where, test = context.dataset.where, set(context.split.test.tolist())
    return Table(
        title=title,
        columns=(Column(name="row", private=True), Column(name="its copy", private=True), Column(name="in")),
        rows=tuple((str(where[a]), str(where[b]), "test" if b in test else "validation") for a, b in crossing[:SHOWN]),
    )


def _contradictions(context: Context) -> tuple[float, list[np.ndarray]]:
    """Lowest training error that labels allow, and the sets of equal inputs whose labels differ.

    The error is the share of rows (or of their labels) in the minority of their set (classification), or the mean
    square around the set's mean, in variances of the target (regression).
    """
    rows = context.train_rows
    y, exact = context.y(rows), context.copies.exact[rows]
    order = np.argsort(exact, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(exact[order])) + 1)
    differing = [group for group in groups if len(group) > 1 and len(np.unique(y[group], axis=0)) > 1]
    if context.task.is_multilabel:
        shares = [(len(group), y[group].mean(0)) for group in differing]
        lost = sum(n * np.minimum(share, 1 - share).mean() for n, share in shares)
        return float(lost / len(rows)), [rows[group] for group in differing]
    if context.task.is_classification:
        lost = sum(len(group) - np.bincount(y[group]).max() for group in differing)
        return float(lost / len(rows)), [rows[group] for group in differing]
    lost = np.sum([((y[group] - y[group].mean(0)) ** 2).sum(0) for group in differing], axis=0)
    return float(np.mean(lost / len(rows) / np.maximum(np.var(y, axis=0), 1e-300))), [rows[g] for g in differing]


def _contradiction_table(context: Context, contradictory: list[np.ndarray]) -> Table:
    where = context.dataset.where
    return Table(
        title="Same input, different labels",
        columns=(Column(name="rows", private=True), Column(name="labels")),
        rows=tuple(
            (
                ", ".join(str(where[row]) for row in group[:5]),
                ", ".join(sorted({label_of(context, int(row)) for row in group})[:5]),
            )
            for group in contradictory[:SHOWN]
        ),
    )


def _near_gallery(context: Context, near: np.ndarray) -> Block:
    where, shown = context.dataset.where, set(context.train_rows.tolist())

    def label(row: int) -> str:
        return label_of(context, row) if int(row) in shown else "held out"

    look = load(LOOKS, context.dataset.modality)
    if not look.SAME:
        return Table(
            title="Near copies",
            columns=(Column(name="one", private=True), Column(name="other", private=True), Column(name="labels")),
            rows=tuple((str(where[a]), str(where[b]), f"{label(a)}, {label(b)}") for a, b in near[:SHOWN]),
        )
    card = look.cards(context)
    items = [
        card(int(row)).but(label=label(row), attributes={"pair": number})
        for number, pair in enumerate(near[: SHOWN // 2], start=1)
        for row in pair
    ]
    return Gallery(title="Near copies", caption=f"Pairs that a person would call {look.SAME}.", items=tuple(items))
