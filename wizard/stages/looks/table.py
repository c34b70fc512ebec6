"""Rows of a table, shown and measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from wizard.core.blocks import Block, Column, Heatmap, Item, Table
from wizard.data.near.table import copies_by_chance
from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.labels import label_of
from wizard.stages.odd import Odd
from wizard.stages.words import amount, count, listed, share

SAME = ""
ADVICE = "Where a number stands for 'missing', write it as missing: the model then learns it as such."
DO_COINCIDE = True
UNUSUAL = 3.0  # robust standard deviations from the median: marked in a row's card
MAD_TO_STD = 1.4826  # median absolute deviation of a normal distribution, inverted
SHOWN_CELLS = 100  # columns of a card: a wider row is no longer read but searched
MISSING = "missing"
PLOTTED = 12  # columns drawn one by one
PATTERNS = 12  # of missing values in the table: the rest are rare
LISTED = 500  # columns of the table of columns: a page of more takes a browser seconds
SPIKE = 0.01  # share of rows on one value at the edge of a column, far from the rest, that looks like a code
GAP = 3.0  # interquartile ranges between that value and the next
ZEROS = 2  # rows at exactly 0 that stand apart: measured amounts do not meet there by chance
ZERO_GAP = 1.0  # interquartile ranges from 0 to the least other value: amounts that start at 0 come closer
AMOUNT = 0.2  # of the median that the least amount is at least, where 0 stands for missing and no amount is small
AMOUNT_GAP = 5.0  # times the distance of the least amounts from each other: amounts that thin out towards 0 come closer
AMOUNT_TAIL = 4.0  # times the median within which 99% stay: what has a long tail, as prices, is often nothing at all
AMOUNT_LEAST = 10  # different amounts that distance is taken from
ZERO_SHARES = (0.005, 0.4)  # of the rows: fewer are slips, and where more are 0 it is what is usual
LEAST_NUMBERS = 3  # columns of numbers: two may well be 0 together
NEARLY_BLANK = 0.75  # of a row's numbers are 0
APART = 3.0  # times as many wholly blank rows as nearly blank ones: blanks came from somewhere else
LEAST_DISTINCT = 10  # values of a column: with fewer, gaps between them say nothing
FEWEST_DISTINCT, NINES_GAP = 4, 5.0  # but for one of nines only, so many times as far away as the others span
MISSING_SHARE = 0.5  # a column emptier than this says more by being empty than by its values


def cards(context: Context) -> Callable[[int], Item]:
    """Makes a card of a row's number."""
    return _Cards(context)


def coincidences(context: Context) -> int:
    """Rows that would have an exact copy if the columns had nothing to do with each other."""
    return copies_by_chance(context.dataset.examples, context.derived_seed("duplicates"))


class _Cards:
    """Table rows as cards, with the cells set off that lie far from their column's middle."""

    def __init__(self, context: Context) -> None:
        self.context = context
        frame = TableExamples.of(context.examples(context.train_rows)).frame
        self.middle: dict[str, tuple[float, float]] = {}
        self.common: dict[str, set[str]] = {}
        for column in context.dataset.columns:
            values = frame[column.name]
            if column.kind == "number":
                median = float(values.median())
                spread = MAD_TO_STD * float((values - median).abs().median()) or float(values.std()) or 1.0
                self.middle[column.name] = (median, spread)
            elif column.kind == "category":
                shares = values.value_counts(normalize=True)
                self.common[column.name] = set(shares.index[shares >= 0.01])

    def __call__(self, row: int) -> Item:
        context = self.context
        example: dict[str, Any] = context.dataset.examples[row]
        cells = []
        n_unusual = n_missing = 0
        for column in context.dataset.columns:
            value = example[column.name]
            is_unusual = self._is_unusual(column.name, value)
            words = _words(value)
            n_unusual += is_unusual
            n_missing += words == MISSING
            cells.append((column.name, words, is_unusual))
        cells.sort(key=lambda cell: not cell[2])  # unusual ones first, the rest in their order
        if len(cells) > SHOWN_CELLS:
            cells[SHOWN_CELLS:] = [("not shown", f"cut after {count(SHOWN_CELLS, 'column')}", False)]
        return Item(
            label=label_of(context, row),
            cells=tuple(cells),
            caption=str(context.dataset.where[row]),
            attributes={"row": row, "unusual cells": n_unusual, "missing cells": n_missing},
        )

    def _is_unusual(self, name: str, value: Any) -> bool:
        if name in self.middle:
            median, spread = self.middle[name]
            return bool(abs(value - median) > UNUSUAL * spread)  # NaN compares as False
        return name in self.common and value != "" and value not in self.common[name]


def _words(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return MISSING if np.isnan(value) else f"{value:.5g}"
    return MISSING if str(value) in ("", "NaT") else str(value)


def distributions(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    """Every column with its quantiles, and those that look coded."""
    frame = TableExamples.of(context.examples(context.train_rows)).frame
    rows: list[tuple[Any, ...]] = []
    plots: list[Block] = []
    odd: list[str] = []
    gaps: dict[str, float] = {}
    for column in context.dataset.columns:
        values = frame[column.name]
        if column.kind == "number":
            x = values.to_numpy("float64")
            finite = x[np.isfinite(x)]
            quarters = np.quantile(finite, [0, 0.25, 0.5, 0.75, 1]) if len(finite) else ()
            cells = [amount(q) for q in quarters] or ["–"] * 5
            rows.append((column.name, "number", 1 - len(finite) / len(x), len(np.unique(finite)), *cells))
            code = coded_missing(finite)
            if code is not None:
                at_code = share(float((finite == code).mean()))
                value = context.private(f"at {code:g}")
                odd.append(f"column {column.name!r} has {at_code} of its rows {value}, far from the rest")
            if len(plots) < PLOTTED and len(finite):
                plots.append(histogram(column.name, finite, column.name, private=True))
        elif column.kind == "category":
            shares = values[values != ""].value_counts(normalize=True)
            top = f"{shares.index[0]} ({share(float(shares.iloc[0]))})" if len(shares) else "–"
            rows.append((column.name, "category", float((values == "").mean()), len(shares), top, "", "", "", ""))
        else:
            ends = tuple("–" if end is pd.NaT else f"{end:%Y-%m-%d}" for end in (values.min(), values.max()))
            rows.append(
                (column.name, "date", float(values.isna().mean()), values.nunique(), ends[0], "", "", "", ends[1])
            )
        if rows[-1][2]:
            gaps[column.name] = float(rows[-1][2])
    table = Table(
        title="Columns",
        caption="Training rows. Categories show their most frequent value; dates their first and last."
        + f" The first {LISTED:,} of {count(len(rows), 'column')}." * (len(rows) > LISTED),
        columns=(
            Column(name="column"), Column(name="kind"), Column(name="missing", format="share"),
            Column(name="distinct", format="count"), Column(name="lowest", private=True), Column(name="lower quarter"),
            Column(name="median"), Column(name="upper quarter"), Column(name="highest", private=True),
        ),
        rows=tuple(rows[:LISTED]),
    )  # fmt: skip
    return (
        (table, *missing_pattern(frame), *plots),
        odd,
        f"{count(len(rows), 'column')}, none with an odd spike; {_missing(gaps)}.",
    )


def missing_pattern(frame: pd.DataFrame) -> tuple[Block, ...]:
    """Which columns are missing together: the most frequent patterns, and for each pair how much their gaps overlap."""
    is_gap = pd.DataFrame({name: (cells == "") | cells.isna() for name, cells in frame.items()})
    names = [str(name) for name in is_gap.columns[is_gap.any()]]
    if not names:
        return ()
    patterns = is_gap[names].value_counts().head(PATTERNS)
    lines = []
    for flags, n in zip(patterns.index.to_frame().to_numpy(), patterns.to_numpy(), strict=True):
        gone = [name for name, flag in zip(names, flags, strict=True) if flag]
        lines.append((listed(gone, 8) if gone else "nothing", int(n), int(n) / len(frame)))
    table = Table(
        title="Missing together",
        caption="The most frequent patterns of missing values in the training rows.",
        columns=(Column(name="missing"), Column(name="rows", format="count"), Column(name="share", format="share")),
        rows=tuple(lines),
    )
    if len(names) < 2:
        return (table,)
    names = sorted(names, key=lambda name: -np.count_nonzero(is_gap[name]))[:PLOTTED]
    gaps = is_gap[names].to_numpy("float64")
    both, one = gaps.T @ gaps, gaps.sum(0)
    overlap = both / (one[:, None] + one[None, :] - both)
    return (
        table,
        Heatmap(
            title="Columns that are missing together",
            caption="Of the rows where either is missing, the share where both are.",
            rows=tuple(names), columns=tuple(names),
            values=tuple(tuple(round(float(value), 3) for value in line) for line in overlap),
            x_label="column", y_label="column", value_label="share of rows",
        ),
    )  # fmt: skip


def _missing(gaps: dict[str, float]) -> str:
    if not gaps:
        return "no value is missing"
    worst = sorted(gaps, key=lambda name: -gaps[name])
    return "values are missing in " + listed([f"{name!r} ({share(gaps[name])})" for name in worst])


def coded_missing(values: np.ndarray) -> float | None:
    """A value at the edge that stands for "missing", as -999 does, or 0 where all else is far above; None without one.

    Args:
        values: (n,) finite numbers of a column.
    """
    distinct, counts = np.unique(values, return_counts=True)
    nines = _nines(distinct, counts)
    if nines is not None or len(distinct) < LEAST_DISTINCT:
        return nines
    for edge, neighbour in ((0, 1), (-1, -2)):
        rest = values[values != distinct[edge]]
        spread = float(np.subtract(*np.quantile(rest, [0.75, 0.25]))) or float(np.ptp(rest))
        gap = abs(distinct[edge] - distinct[neighbour])
        is_zero = distinct[edge] == 0 and counts[edge] >= ZEROS and gap > ZERO_GAP * spread
        if is_zero or (counts[edge] > SPIKE * len(values) and gap > GAP * spread):
            return float(distinct[edge])
    return 0.0 if _is_zero_a_code(distinct, counts) else None


def _nines(distinct: np.ndarray, counts: np.ndarray) -> float | None:
    """99, -999 and their like where all other values lie close together, far away; None without one."""
    if len(distinct) < FEWEST_DISTINCT:
        return None
    for edge, rest in ((0, distinct[1:]), (-1, distinct[:-1])):
        value = float(distinct[edge])
        text = f"{abs(value):.0f}"
        is_nines = len(text) > 1 and set(text) == {"9"} and value == round(value)
        gap = float(np.abs(rest - value).min())
        if is_nines and counts[edge] > SPIKE * counts.sum() and gap > NINES_GAP * float(np.ptp(rest)):
            return value
    return None


def _is_zero_a_code(distinct: np.ndarray, counts: np.ndarray) -> bool:
    """Whether 0 stands for "missing" among amounts that all stay away from it, as a blood pressure of 0 does."""
    amounts = distinct[1:]
    if distinct[0] != 0 or len(amounts) <= AMOUNT_LEAST:
        return False
    low, high = ZERO_SHARES
    least, (median, most) = float(amounts[0]), np.quantile(np.repeat(amounts, counts[1:]), [0.5, 0.99])
    apart = float(amounts[AMOUNT_LEAST] - least) / AMOUNT_LEAST
    if most > AMOUNT_TAIL * median:
        return False
    return low <= counts[0] / counts.sum() <= high and least > AMOUNT * median and least > AMOUNT_GAP * apart


def odd(context: Context) -> list[Odd]:
    """Columns that are mostly missing in the training rows or hold infinite numbers, and rows of nothing but zeros."""
    frame = TableExamples.of(context.examples(context.train_rows)).frame
    found = []
    for column in context.dataset.columns:
        values = frame[column.name]
        missing = float((values == "").mean()) if column.kind == "category" else float(values.isna().mean())
        if missing > MISSING_SHARE:
            found.append(Odd(f"column {column.name!r}", f"missing in {share(missing)} of the rows", ""))
        infinite = [part for part in column.note.split("; ") if "infinite" in part]
        found += [Odd(f"column {column.name!r}", part, "D03") for part in infinite]
    where = context.dataset.where
    return found + [
        Odd(context.private(where[context.train_rows[i]]), "0 in every column of numbers") for i in blank_rows(frame)
    ]


def blank_rows(frame: pd.DataFrame) -> np.ndarray:
    """Positions of rows that are 0 in every column of numbers, where that sets them apart from all other rows.

    In tables of counts many rows are nearly all 0: then one that is wholly so is nothing odd.
    """
    numbers = frame.select_dtypes("number").to_numpy("float64")
    if numbers.shape[1] < LEAST_NUMBERS:
        return np.empty(0, "int64")
    zeros = (numbers == 0).mean(1)  # (n,) share of each row's cells
    blank = np.flatnonzero(zeros == 1)
    n_nearly = int(((zeros >= NEARLY_BLANK) & (zeros < 1)).sum())
    is_apart = len(blank) >= ZEROS and np.median(zeros) < NEARLY_BLANK / 2 and len(blank) > APART * n_nearly
    return blank if is_apart else np.empty(0, "int64")
