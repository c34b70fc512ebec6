"""The target and every column, seen as distributions."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Counts, Histogram, Table
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, listed, share

BINS = 24
PLOTTED = 12  # columns drawn one by one; the table has all
SPIKE = 0.01  # share of rows on one value at the edge of a column, far from the rest, that looks like a code
GAP = 3.0  # interquartile ranges between that value and the next
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
    y = context.y(context.split.known)
    if context.task.is_classification:
        counts = np.bincount(y, minlength=context.task.n_outputs)
        return Bars(
            title=f"Examples of each class ({context.task.target})",
            labels=context.task.classes,
            values=tuple(map(float, counts)),
            value_label="examples",
            caption="Training and validation rows.",
        )
    return _histogram(f"Target: {context.task.target}", y, context.task.target)


def _histogram(title: str, values: np.ndarray, label: str, caption: str = "") -> Histogram:
    counts, edges = np.histogram(values[np.isfinite(values)], BINS)
    groups = (Counts(name=label, values=tuple(map(float, counts))),)
    return Histogram(title=title, edges=tuple(map(float, edges)), groups=groups, x_label=label, caption=caption)


def _pictures(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    rows = context.sample(context.split.known, SAMPLE, "pictures")
    measured = np.array([_look(np.asarray(context.dataset.examples[int(row)])) for row in rows])
    names = ("brightness (0–255)", "contrast (0–255)", "sharpness (mean difference of neighbours)")
    sizes = np.asarray(context.dataset.examples.sizes)[rows]  # type: ignore[attr-defined]
    distinct, counts = np.unique(sizes, axis=0, return_counts=True)
    blocks: list[Block] = [_histogram(name, measured[:, i], name) for i, name in enumerate(names)]
    order = np.argsort(-counts)[:20]
    blocks.append(
        Table(
            title="Sizes",
            columns=(Column(name="height", unit="pixels"), Column(name="width", unit="pixels"), Column(name="pictures", format="count")),
            rows=tuple((int(distinct[i, 0]), int(distinct[i, 1]), int(counts[i])) for i in order),
        )
    )  # fmt: skip
    if len(distinct) == 1:
        size = f"All pictures are {distinct[0, 0]} × {distinct[0, 1]} pixels"
    else:
        size = f"Pictures have {len(distinct)} sizes, from {sizes.min(0)[0]} × {sizes.min(0)[1]} to {sizes.max(0)[0]} × {sizes.max(0)[1]} pixels"
    low, high = np.quantile(measured[:, 0], [0.05, 0.95])
    return tuple(blocks), [], f"{size}; brightness lies between {low:.0f} and {high:.0f} for nine in ten."


def _look(picture: np.ndarray) -> tuple[float, float, float]:
    grey = picture.astype("float32").mean(-1)
    steps = [np.abs(np.diff(grey, axis=axis)).mean() if grey.shape[axis] > 1 else 0.0 for axis in (0, 1)]
    return float(grey.mean()), float(grey.std()), float(np.mean(steps))


def _columns(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    frame = context.examples(context.train_rows).frame  # type: ignore[attr-defined]
    rows, plots, odd = [], [], []
    for column in context.dataset.columns:
        values = frame[column.name]
        if column.kind == "number":
            x = values.to_numpy("float64")
            finite = x[np.isfinite(x)]
            quarters = np.quantile(finite, [0, 0.25, 0.5, 0.75, 1]) if len(finite) else np.full(5, np.nan)
            missing = 1 - len(finite) / max(len(x), 1)
            rows.append((column.name, "number", missing, len(np.unique(finite)), *(f"{q:.4g}" for q in quarters)))
            code = _coded_missing(finite)
            if code is not None:
                odd.append(
                    f"column {column.name!r} has {share((finite == code).mean())} of its rows at {code:g}, far from the rest"
                )
            if len(plots) < PLOTTED and len(finite):
                plots.append(_histogram(column.name, finite, column.name))
        elif column.kind == "category":
            shares = values[values != ""].value_counts(normalize=True)
            top = f"{shares.index[0]} ({share(float(shares.iloc[0]))})" if len(shares) else "–"
            rows.append((column.name, "category", float((values == "").mean()), len(shares), top, "", "", "", ""))
        else:
            ends = (str(values.min())[:10], str(values.max())[:10])
            rows.append(
                (column.name, "date", float(values.isna().mean()), values.nunique(), ends[0], "", "", "", ends[1])
            )
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
    return (table, *plots), odd, f"{count(len(rows), 'column')}, none with an odd spike."


def _coded_missing(values: np.ndarray) -> float | None:
    """A value at the edge that holds many rows and lies far from all others, as -999 does; None where there is none."""
    distinct, counts = np.unique(values, return_counts=True)
    spread = np.subtract(*np.quantile(values, [0.75, 0.25])) if len(values) else 0.0
    if len(distinct) < 10 or spread <= 0:
        return None
    for edge, neighbour in ((0, 1), (-1, -2)):
        rest = values[values != distinct[edge]]
        gap = abs(distinct[edge] - distinct[neighbour])
        spread = float(np.subtract(*np.quantile(rest, [0.75, 0.25]))) or spread
        if counts[edge] > SPIKE * len(values) and gap > GAP * spread:
            return float(distinct[edge])
    return None
