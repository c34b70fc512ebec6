"""The target and every column, seen as distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wizard.core.blocks import Bars, Block, Column, Counts, Histogram, Table
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import amount, count, listed, share

BINS = 24
PLOTTED = 12  # columns drawn one by one; the table has all
SPIKE = 0.01  # share of rows on one value at the edge of a column, far from the rest, that looks like a code
GAP = 3.0  # interquartile ranges between that value and the next
ZEROS = 2  # rows at exactly 0 that stand apart: measured amounts do not meet there by chance
ZERO_GAP = 1.0  # interquartile ranges from 0 to the least other value: amounts that start at 0 come closer
LEAST_DISTINCT = 10  # values of a column: with fewer, gaps between them say nothing
SAMPLE = 20_000  # pictures measured


@step()
def distributions(context: Context) -> Outcome:
    """Nothing about the inputs' distributions is odd.

    A spike at -999, a column that is nearly empty or pictures of five sizes are visible at a glance here, and nowhere
    in a loss curve.
    """
    target = _target(context)
    if context.dataset.modality == "image":
        blocks, odd, words = _pictures(context)
    else:
        blocks, odd, words = _columns(context)
    blocks = (target, *blocks)
    if odd:
        return warned(
            f"{count(len(odd), 'thing')} to look at: {listed(odd)}.",
            measured=float(len(odd)),
            expected=0.0,
            unit="odd distributions",
            advice="Where a number stands for 'missing', write it as missing: the model then learns it as such.",
            blocks=blocks,
        )
    if context.dataset.modality == "image":
        return noted(words, blocks=blocks)
    return passed(words, measured=0.0, expected=0.0, unit="odd distributions", blocks=blocks)


def _target(context: Context) -> Block:
    y = context.y(context.train_rows)
    if context.task.is_classification:
        counts = np.bincount(y, minlength=context.task.n_outputs)
        return Bars(
            title=f"Examples of each class ({context.task.target})",
            labels=context.task.classes,
            values=tuple(map(float, counts)),
            value_label="examples",
            caption="Training rows.",
        )
    return _histogram(f"Target: {context.task.target}", y, context.task.target, "Training rows.")


def _histogram(title: str, values: np.ndarray, label: str, caption: str = "") -> Histogram:
    counts, edges = np.histogram(values[np.isfinite(values)], BINS)
    groups = (Counts(name=label, values=tuple(map(float, counts))),)
    return Histogram(title=title, edges=tuple(map(float, edges)), groups=groups, x_label=label, caption=caption)


def _pictures(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    rows = context.sample(context.train_rows, SAMPLE, "pictures")
    measured = np.array([_look(np.asarray(context.dataset.examples[int(row)])) for row in rows])
    names = ("brightness", "contrast", "sharpness (mean difference of neighbours)")
    sizes = np.asarray(context.dataset.examples.sizes)[rows]  # type: ignore[attr-defined]
    distinct, counts = np.unique(sizes, axis=0, return_counts=True)
    blocks: list[Block] = [_histogram(name, measured[:, i], name) for i, name in enumerate(names)]
    order = np.argsort(-counts)[:20]
    blocks.append(
        Table(
            title="Sizes",
            columns=(
                Column(name="height", unit="pixels"), Column(name="width", unit="pixels"),
                Column(name="pictures", format="count"),
            ),
            rows=tuple((int(distinct[i, 0]), int(distinct[i, 1]), int(counts[i])) for i in order),
        )
    )  # fmt: skip
    if len(distinct) == 1:
        size = f"All pictures are {distinct[0, 0]} × {distinct[0, 1]} pixels"
    else:
        smallest, largest = (sizes[int(pick(sizes.prod(1)))] for pick in (np.argmin, np.argmax))
        ends = (f"{height} × {width}" for height, width in (smallest, largest))
        size = f"Pictures have {len(distinct)} sizes, from {' to '.join(ends)} pixels"
    low, high = (amount(q) for q in np.quantile(measured[:, 0], [0.05, 0.95]))
    return tuple(blocks), [], f"{size}; the brightness of nine in ten lies between {low} and {high}."


def _look(picture: np.ndarray) -> tuple[float, float, float]:
    grey = picture.astype("float32").mean(-1)
    steps = [np.abs(np.diff(grey, axis=axis)).mean() if grey.shape[axis] > 1 else 0.0 for axis in (0, 1)]
    return float(grey.mean()), float(grey.std()), float(np.mean(steps))


def _columns(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    frame = context.examples(context.train_rows).frame  # type: ignore[attr-defined]
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
                odd.append(f"column {column.name!r} has {at_code} of its rows at {code:g}, far from the rest")
            if len(plots) < PLOTTED and len(finite):
                plots.append(_histogram(column.name, finite, column.name))
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
        caption="Training rows. Categories show their most frequent value; dates their first and last.",
        columns=(
            Column(name="column"), Column(name="kind"), Column(name="missing", format="share"),
            Column(name="distinct", format="count"), Column(name="lowest"), Column(name="lower quarter"),
            Column(name="median"), Column(name="upper quarter"), Column(name="highest"),
        ),
        rows=tuple(rows),
    )  # fmt: skip
    return (table, *plots), odd, f"{count(len(rows), 'column')}, none with an odd spike; {_missing(gaps)}."


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
    if len(distinct) < LEAST_DISTINCT:
        return None
    for edge, neighbour in ((0, 1), (-1, -2)):
        rest = values[values != distinct[edge]]
        spread = float(np.subtract(*np.quantile(rest, [0.75, 0.25]))) or float(np.ptp(rest))
        gap = abs(distinct[edge] - distinct[neighbour])
        is_zero = distinct[edge] == 0 and counts[edge] >= ZEROS and gap > ZERO_GAP * spread
        if is_zero or (counts[edge] > SPIKE * len(values) and gap > GAP * spread):
            return float(distinct[edge])
    return None
