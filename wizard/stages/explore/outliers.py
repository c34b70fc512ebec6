"""The strangest examples, shown, and why; and whether some numbers are in another unit than the rest.

Calibrated on Fashion-MNIST, MNIST, Omniglot, sign digits, TrashNet, Adult census, California housing, diamonds, New
York taxis and the other public sets beside them, none of which has a second unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Gallery, Histogram, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.axis import REACH, Axis, robust
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.probing import probe_sample, whole
from wizard.stages.second_unit import SecondUnit, second_unit
from wizard.stages.step import Outcome, noted, step, warned
from wizard.stages.words import amount, count, listed, share

LOOKS = "wizard.stages.looks"  # a file a modality
AXES = "wizard.stages.axes"  # a file a modality
SHOWN = 24  # strangest examples in the gallery
LISTED = 60  # axes, and cells, in the tables
UNUSUAL = 4.0  # robust standard deviations: of normal numbers, one in 16,000 lies so far out
NEIGHBOURS = 5  # an example that has copies is strange by its fifth neighbour
TREES, TREE_ROWS = 100, 256  # of the isolation forest, as its paper has them
FEWEST = 10  # rows: among fewer nothing is usual
MANY = 1e3  # robust standard deviations that are not told apart in words


@step()
def outliers(context: Context) -> Outcome:
    """The strangest examples are strange for a good reason.

    A slip of the hand, a broken sensor or a price in cents among prices in euros pulls at the loss harder than
    hundreds of ordinary examples. Some strange examples are the most valuable ones: only a person who looks at them
    can tell.
    """
    rows, scores = outlier_scores(context)
    if len(rows) < FEWEST:
        return noted(f"{count(len(rows), 'training row')}: too few to tell what is usual among them.")
    axes = _axes(context)
    reasons = _Reasons(axes)
    order = np.argsort(-scores, kind="stable")[:SHOWN]
    mixed = _mixed(context)
    blocks: tuple[Block, ...] = (
        *_mixed_tables(context, mixed),
        _gallery(context, rows, scores, reasons, order),
        _axes_table(context, rows, axes),
        *_cells(context, rows, axes),
        _scores(scores),
    )
    worst = int(order[0])
    strangest = f"The strangest of {count(len(rows), 'training row')} is "
    strangest += f"{context.private(context.dataset.where[rows[worst]])}: {context.private(reasons.of(worst))}"
    if mixed:
        return warned(
            f"{_mixed_words(context, mixed)}. {strangest}.",
            measured=sum(len(one.found.places) / one.n for one in mixed) / len(mixed),
            expected=0.0,
            unit="share of the numbers in a second unit",
            causes=tuple(Cause(fault="D09", sentence=f"{_mixed_words(context, [one])}.") for one in mixed),
            advice="Bring the listed rows to the unit of the others where the data were made, or ask who entered them.",
            blocks=blocks,
        )
    return noted(
        f"{strangest}. The {len(order)} strangest are shown; no numbers are in a second unit.",
        measured=float(scores[worst]),
        unit="robust standard deviations from the usual strangeness",
        advice="Look at the strangest: mend or remove what is a slip, and keep what is merely rare.",
        blocks=blocks,
    )


def outlier_scores(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """How strange the probes' rows are, all in all.

    The larger of two distances from what is usual, each in robust standard deviations: that of the fifth nearest
    neighbour, and how few cuts an isolation forest (Liu, Ting and Zhou 2008) needs to set the row apart.

    Returns:
        (n,) rows and (n,) scores, about 0 for usual examples, higher for stranger ones.
    """
    found: tuple[np.ndarray, np.ndarray] = context.once("outlier scores", lambda: _outlier_scores(context))
    return found


def _outlier_scores(context: Context) -> tuple[np.ndarray, np.ndarray]:
    rows = probe_sample(context).rows
    if len(rows) < FEWEST:
        return rows, np.zeros(len(rows))
    return rows, np.maximum(robust(np.log(_distances(whole(context)))), robust(_isolation(context)))


def _distances(x: np.ndarray) -> np.ndarray:
    """(n,) distance to the fifth nearest neighbour; never 0, as its logarithm is taken."""
    from sklearn.neighbors import NearestNeighbors

    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(x) - 1), algorithm="brute").fit(x)
    distance = near.kneighbors()[0][:, -1].astype("float64")
    return np.maximum(distance, max(0.01 * float(np.median(distance)), 1e-12))


def _isolation(context: Context) -> np.ndarray:
    """(n,) share of cuts saved in setting a row apart along its axes."""
    from sklearn.ensemble import IsolationForest

    axes = _axes(context)
    x = np.column_stack([axis.values for axis in axes])
    x = np.where(np.isfinite(x), x, [axis.middle for axis in axes])
    forest = IsolationForest(
        n_estimators=TREES, max_samples=min(TREE_ROWS, len(x)), random_state=context.derived_seed("forest")
    )
    return np.asarray(-forest.fit(x).score_samples(x))


def _axes(context: Context) -> list[Axis]:
    axes: list[Axis] = context.once(
        "axes", lambda: load(AXES, context.dataset.modality).axes(context, probe_sample(context).rows)
    )
    return axes


class _Reasons:
    """Why examples are strange, in words."""

    def __init__(self, axes: list[Axis]) -> None:
        self.axes = axes
        self.distances = np.column_stack([axis.distances() for axis in axes])  # (n, a)

    def of(self, place: int) -> str:
        """The one or two axes along which an example is furthest out."""
        away = self.distances[place]
        furthest = [i for i in np.argsort(-np.abs(away), kind="stable")[:2] if abs(away[i]) >= UNUSUAL]
        if not furthest:
            return "nothing single is unusual about it, only how its features come together"
        return " and ".join(self._along(int(i), place) for i in furthest)

    def _along(self, i: int, place: int) -> str:
        axis, away = self.axes[i], float(self.distances[place, i])
        if axis.words:
            return f"{axis.name} has {axis.words[place]}"
        middle = amount(axis.middle)
        side = "above" if away > 0 else "below"
        return f"{axis.name} is {axis.shown(place)}, {_deviations(away)} {side} the middle ({middle})"


def _deviations(away: float) -> str:
    size = abs(away)
    number = f"over {MANY:,.0f}" if size > MANY else f"{size:.0f}" if size >= 10 else f"{size:.1f}"
    return f"{number} robust standard deviations"


def _gallery(context: Context, rows: np.ndarray, scores: np.ndarray, reasons: _Reasons, order: np.ndarray) -> Gallery:
    card = load(LOOKS, context.dataset.modality).cards(context)
    items = []
    for place in order:
        item = card(int(rows[place]))
        attributes = {"strangeness": round(float(scores[place]), 2), **item.attributes}
        items.append(item.but(attributes=attributes, caption=f"{item.caption}: {reasons.of(int(place))}"))
    return Gallery(
        title="The strangest examples",
        caption="By the distance to their neighbours and by how easily they are set apart from all others.",
        items=tuple(items),
    )


def _axes_table(context: Context, rows: np.ndarray, axes: list[Axis]) -> Table:
    """Along every axis its two ends."""
    where = context.dataset.where
    lines: list[tuple[float, tuple[Any, ...]]] = []
    for axis in axes:
        known = np.flatnonzero(np.isfinite(axis.values))
        if not len(known) or axis.words:
            continue
        away = axis.distances()
        low, high = int(known[axis.values[known].argmin()]), int(known[axis.values[known].argmax()])
        middle = amount(axis.middle)
        furthest = low if abs(away[low]) > abs(away[high]) else high
        cells = (axis.name, axis.shown(low), middle, axis.shown(high), str(where[rows[furthest]]))
        lines.append((abs(float(away[furthest])), (*cells, round(min(abs(float(away[furthest])), REACH), 1))))
    lines.sort(key=lambda line: -line[0])
    return Table(
        title="Along every axis",
        caption="The furthest example is given in robust standard deviations of its side of the middle."
        + f" The {LISTED} with the longest reach of {len(lines):,}." * (len(lines) > LISTED),
        columns=(
            Column(name="along"), Column(name="lowest", private=True), Column(name="middle"),
            Column(name="highest", private=True), Column(name="furthest", private=True),
            Column(name="away", unit="robust standard deviations"),
        ),
        rows=tuple(cells for _, cells in lines[:LISTED]),
    )  # fmt: skip


def _cells(context: Context, rows: np.ndarray, axes: list[Axis]) -> tuple[Table, ...]:
    """Of a table the single cells that are furthest out, at most three a column."""
    if context.dataset.modality != "table":
        return ()
    found = []
    for axis in axes:
        away = np.abs(axis.distances())
        places = np.argsort(-away, kind="stable")[:3]
        found += [(float(away[i]), axis, int(i)) for i in places if away[i] >= UNUSUAL and not axis.words]
    found.sort(key=lambda one: -one[0])
    where = context.dataset.where
    return (
        Table(
            title="Unusual cells",
            caption=f"At least {UNUSUAL:.0f} robust standard deviations from the middle; the three furthest a column.",
            columns=(Column(name="where", private=True), Column(name="cell"), Column(name="value", private=True),
                     Column(name="middle"),
                     Column(name="away", unit="robust standard deviations")),
            rows=tuple(
                (str(where[rows[i]]), axis.name, axis.shown(i), amount(axis.middle), round(away, 1))
                for away, axis, i in found[:LISTED]
            ),
        ),
    ) * bool(found)  # fmt: skip


def _scores(scores: np.ndarray) -> Histogram:
    return histogram("Strangeness", scores, "robust standard deviations", "One row a count; usual rows are about 0.")


@dataclass(frozen=True)
class _Mixed:
    """An axis with a second unit, its number of values, and the rows they belong to."""

    axis: Axis
    rows: np.ndarray
    found: SecondUnit

    @property
    def n(self) -> int:
        return int(np.isfinite(self.axis.values).sum())


def _mixed(context: Context) -> list[_Mixed]:
    """Axes along which a few examples are in another unit: training ones, or else those of any set."""
    plugin, rows = load(AXES, context.dataset.modality), probe_sample(context).rows
    axes = _axes(context)
    if len(rows) < min(plugin.MOST, len(context.train_rows)):
        rows = context.sample(context.train_rows, plugin.MOST, "second unit")
        axes = plugin.axes(context, rows)
    found = _in_two_units(axes, rows)
    split = context.split
    if found or not any(axis.is_amount for axis in axes) or not len(split.validation) + len(split.test):
        return found
    everything = np.sort(np.concatenate([split.train, split.validation, split.test]))
    rows = context.sample(everything, plugin.MOST, "second unit in all sets")
    return _in_two_units(plugin.axes(context, rows), rows)


def _in_two_units(axes: list[Axis], rows: np.ndarray) -> list[_Mixed]:
    looked = [(axis, second_unit(axis.values)) for axis in axes if axis.is_amount]
    return [_Mixed(axis, rows, found) for axis, found in looked if found is not None]


def _mixed_words(context: Context, mixed: list[_Mixed]) -> str:
    words, held = [], np.concatenate([context.split.validation, context.split.test])
    for one in mixed:
        n, found = len(one.found.places), one.found
        units = f" ({found.meaning})" if found.meaning else ""
        way = "smaller" if found.is_smaller else "larger"
        n_held = int(np.isin(one.rows[found.places], held).sum())
        place = f"; {n_held:,} of them {'is' if n_held == 1 else 'are'} held out" if n_held else ""
        words.append(
            f"{count(n, 'value')} of {one.axis.name} ({share(n / one.n)}) {'is' if n == 1 else 'are'} about "
            f"{found.ratio:,.6g} times {way} than the rest{units}, with nothing in between{place}"
        )
    sentence = listed(words, 2)
    return sentence[0].upper() + sentence[1:]


def _mixed_tables(context: Context, mixed: list[_Mixed]) -> tuple[Block, ...]:
    where = context.dataset.where
    blocks: list[Block] = []
    for one in mixed[:3]:
        values, places = one.axis.values, one.found.places
        blocks.append(
            Table(
                title=f"In a second unit: {one.axis.name}",
                caption=f"The rest have a median of {amount(float(np.nanmedian(np.delete(values, places))))}.",
                columns=(Column(name="where"), Column(name="value")),
                private=True,
                rows=tuple((str(where[one.rows[i]]), amount(float(values[i]))) for i in places[:LISTED]),
            )
        )
        sizes = np.log10(np.abs(values[np.isfinite(values) & (values != 0)]))
        blocks.append(
            histogram(f"Sizes: {one.axis.name}", sizes, f"logarithm (base 10) of {one.axis.name}", private=True)
        )
    return tuple(blocks)
