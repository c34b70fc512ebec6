"""Drift: whether a probe can tell training rows from those that are held out.

Calibrated on random splits of 22 sets of pictures, tables, texts and series, where its interval always holds 0.6 or
lies below, and on the fixed test parts of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Reference, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.data.dataset import PARTS
from wizard.stages.context import Context
from wizard.stages.probing import VIEWS, draw_folds
from wizard.stages.step import Outcome, failed, noted, passed, skipped, step, warned
from wizard.stages.words import count, listed, share

PROPERTIES = "wizard.stages.properties"  # a file a modality
MOST_ROWS = 1_500  # of each set: the standard error of the area is then about 0.01
FEWEST = 20  # rows of a set: with fewer nothing can be told
LARGE = 0.6  # area under the curve that is surely exceeded: with many rows any real two sets differ significantly
NAMED = 0.55  # area of a single property worth naming
SHOWN = 12  # properties in the table
DRAWS = 200
FEATURES = 64  # directions of the whole examples that the probe sees, beside their properties
RARELY, ASSOCIATED = 1e-4, 0.1  # p-value and Cramér's V (or distance of distributions) of labels that differ
EXPECTED = 5.0  # validation rows of a class that should be there by its share, before its absence is no chance
SORTED = Cause(fault="S08", sentence="The sets were not drawn alike: rows were sorted, or chosen.")
DRAW = "Draw your validation set at random, or let the wizard do it: leave validation= out."


@dataclass(frozen=True)
class Compared:
    """Training rows against those of another set.

    Attributes:
        name: "validation" or "test".
        area: That a training row looks more like one than a held-out row: 0.5 is chance.
        low: Lower end of its 95% interval,
        high: and the upper one.
        apart: (name, area, distance of distributions, median in training, in the other set), largest first.
    """

    name: str
    area: float
    low: float
    high: float
    apart: tuple[tuple[str, float, float, float, float], ...]


@step()
def drift(context: Context) -> Outcome:
    """Training, validation and test rows come from one distribution.

    Where a probe can tell which set a row lies in, by its inputs alone, scores on the held-out sets are about other
    data than the network learnt from.
    """
    compared = [compared_sets(context, name, rows) for name, rows in
                (("validation", context.split.validation), ("test", context.split.test))
                if min(len(rows), len(context.train_rows)) >= FEWEST]  # fmt: skip
    missing = _missing_classes(context)
    labels = _labels_differ(context)
    if not compared and not missing and not labels:
        return skipped(f"The sets are too small to be told apart (fewer than {FEWEST} held-out rows).")
    worst = max(compared, key=lambda one: one.low) if compared else None
    numbers: dict[str, Any] = {"blocks": _blocks(compared)}
    if worst is not None:
        numbers |= {"measured": worst.area, "expected": 0.5, "interval": (worst.low, worst.high), "unit": "AUC"}
    if missing:
        n = count(len(missing), "class")
        return failed(
            f"{n} of the validation set without a single training row: {listed([repr(name) for name in missing])}.",
            causes=(Cause(fault="L09", sentence="The sets were cut so that a class fell on one side only."),),
            advice="Bring training rows of them, or take their rows out of the validation set.",
            **numbers,
        )
    if worst is not None and worst.low > LARGE:
        return _apart(context, worst, labels, numbers)
    if labels:
        return warned(f"{labels}.", causes=(SORTED,), advice=DRAW, **numbers)
    assert worst is not None
    return passed(
        f"A probe cannot tell training rows from {' or '.join(one.name for one in compared)} rows "
        f"(AUC {worst.area:.2f}, where 0.5 is chance and {LARGE} would matter).",
        **numbers,
    )


def _apart(context: Context, worst: Compared, labels: str, numbers: dict[str, Any]) -> Outcome:
    named = [repr(name) for name, area, *_ in worst.apart if area >= NAMED]
    what = f", most by {listed(named)}" if named else ""
    said = f"A probe tells training rows from {worst.name} rows by their inputs (AUC {worst.area:.2f}{what})"
    if context.dataset.time is not None:
        return noted(
            f"{said}, as the sets were split by time and what follows time differs by construction.", **numbers
        )
    if context.dataset.group is not None and not _is_given(context, worst.name):
        return noted(f"{said}, as the groups that are held out differ from those in training.", **numbers)
    if worst.name == "validation" and _is_augmented(context):
        return noted(
            f"{said}. Your pipeline gives other training inputs at every pass, and the same validation inputs: that is "
            "augmentation of the training set alone, as it should be.", **numbers,
        )  # fmt: skip
    otherwise = Cause(
        fault="S09", sentence=f"The {worst.name} set was collected or prepared otherwise than the training set."
    )
    if labels:  # inputs then differ as well, whatever else was done
        return warned(f"{labels}. {said}.", causes=(SORTED, otherwise), advice=DRAW, **numbers)
    return warned(
        f"{said}.",
        causes=(otherwise,),
        advice="Find out why they differ: other sources, another time, or preparation done for one set only.",
        **numbers,
    )


def _is_augmented(context: Context) -> bool:
    """Whether a pipeline of the user's own varies training inputs from pass to pass, and validation inputs not."""
    return context.foreign is not None and context.foreign.varies and not context.foreign.varies_held


def _is_given(context: Context, name: str) -> bool:
    return bool((context.dataset.part == [str(part) for part in PARTS].index(name)).any())


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────
def compared_sets(context: Context, name: str, held: np.ndarray) -> Compared:
    """Adversarial validation: a forest that does not see the fold tells which set a row lies in."""
    from sklearn.ensemble import ExtraTreesClassifier

    train, held = _once_each(context, context.train_rows), _once_each(context, held)
    train, held = _once_each(context, context.train_rows), _once_each(context, held)
    rows = np.concatenate([context.sample(train, MOST_ROWS, "drift"), context.sample(held, MOST_ROWS, "drift", name)])
    is_held = np.isin(rows, held)
    described = load(PROPERTIES, context.dataset.modality).described(context, rows)
    x = np.column_stack([_whole(context, rows), *(np.nan_to_num(own, nan=-1e9) for own in described.values())])
    units = context.units(rows)
    fold = draw_folds(rows, is_held.astype(int), units, context.random("folds of drift", name))
    told = np.full(len(rows), 0.5)
    for number in np.unique(fold):
        out = fold == number
        if len(np.unique(is_held[~out])) < 2:
            continue
        seed = context.derived_seed("drift", name, int(number))
        forest = ExtraTreesClassifier(50, min_samples_leaf=5, class_weight="balanced", random_state=seed)
        told[out] = forest.fit(x[~out].astype("float32"), is_held[~out]).predict_proba(x[out].astype("float32"))[:, 1]
    low, high = _interval(told, is_held, units, context.random("drift", name))
    area = area_of(told, is_held)
    return Compared(name, area, min(low, area), max(high, area), _properties_apart(described, is_held))


def _once_each(context: Context, rows: np.ndarray) -> np.ndarray:
    """One row of each set of copies: the split keeps them on one side, which is no drift."""
    return np.sort(rows[np.unique(context.copies.sets[rows], return_index=True)[1]])


def _whole(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) at most FEATURES directions of whole examples."""
    from sklearn.decomposition import TruncatedSVD

    x = load(VIEWS, context.dataset.modality).features(context, rows)
    if x.shape[1] <= FEATURES:
        return np.asarray(x)
    return np.asarray(
        TruncatedSVD(min(FEATURES, len(x) - 1), random_state=context.derived_seed("drift")).fit_transform(x)
    )


def area_of(score: np.ndarray, is_held: np.ndarray) -> float:
    """Chance that a held-out row scores higher than a training row, ties counted half."""
    from scipy.stats import rankdata

    n = int(is_held.sum())
    return float((rankdata(score)[is_held].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def _interval(
    score: np.ndarray, is_held: np.ndarray, units: np.ndarray, random: np.random.Generator
) -> tuple[float, float]:
    """95% interval of the area, whole groups and sets of copies drawn again."""
    sides = []
    for side in (False, True):
        own = np.flatnonzero(is_held == side)
        _, unit = np.unique(units[own], return_inverse=True)
        order = np.argsort(unit, kind="stable")
        sides.append(np.split(own[order], np.flatnonzero(np.diff(unit[order])) + 1))
    areas = []
    for _ in range(DRAWS):
        drawn = np.concatenate([side[i] for side in sides for i in random.integers(0, len(side), len(side))])
        areas.append(area_of(score[drawn], is_held[drawn]))
    low, high = np.quantile(areas, [0.025, 0.975])
    return float(low), float(high)


def _properties_apart(
    described: dict[str, np.ndarray], is_held: np.ndarray
) -> tuple[tuple[str, float, float, float, float], ...]:
    """How far each property alone tells the sets apart."""
    from scipy.stats import ks_2samp

    found = []
    for name, values in described.items():
        known = np.isfinite(values)
        here, there = values[known & ~is_held], values[known & is_held]
        if not (len(here) and len(there)):
            continue
        area = area_of(np.concatenate([here, there]), np.repeat([False, True], [len(here), len(there)]))
        distance = float(ks_2samp(here, there, method="asymp").statistic)
        found.append((name, max(area, 1 - area), distance, float(np.median(here)), float(np.median(there))))
    return tuple(sorted(found, key=lambda one: -max(one[1] - 0.5, one[2] / 2)))


# ── labels ───────────────────────────────────────────────────────────────────────────────────────
def _missing_classes(context: Context) -> list[str]:
    """Classes that the validation set has and the training set has not."""
    if not context.task.is_exclusive:
        return []
    known = set(np.unique(context.y(context.train_rows)).tolist())
    return [context.task.classes[i] for i in np.unique(context.y(context.split.validation)) if int(i) not in known]


def _labels_differ(context: Context) -> str:
    """How labels of the user's own validation set differ from the training labels, in words, or ""."""
    if not _is_given(context, "validation"):
        return ""
    here, there = context.y(context.train_rows), context.y(context.split.validation)
    if context.task.is_exclusive:
        return _classes_differ(context, here, there)
    columns = zip(context.task.outputs, here.reshape(len(here), -1).T, there.reshape(len(there), -1).T, strict=True)
    for name, a, b in columns:
        words = _amounts_differ(name, a, b, context.task.is_multilabel)
        if words:
            return words
    return ""


def _classes_differ(context: Context, here: np.ndarray, there: np.ndarray) -> str:
    from scipy.stats import chi2_contingency

    k = context.task.n_outputs
    table = np.stack([np.bincount(here, minlength=k), np.bincount(there, minlength=k)])
    table_there = table[:, table.sum(0) > 0]
    if table_there.shape[1] < 2:
        return ""
    test = chi2_contingency(table_there, correction=False)
    association = float(np.sqrt(test.statistic / table.sum()))
    shares = table / table.sum(1, keepdims=True)
    absent = [context.task.classes[i] for i in np.flatnonzero((table[1] == 0) & (shares[0] * len(there) >= EXPECTED))]
    if test.pvalue >= RARELY or association <= ASSOCIATED:
        return ""
    i = int(np.abs(shares[1] - shares[0]).argmax())
    words = (
        f"Classes have other shares in your validation set: {context.task.classes[i]!r} is {share(shares[0, i])} of "
        f"the training rows and {share(shares[1, i])} of the validation rows (Cramér's V {association:.2f})"
    )
    return words + (f"; {listed([repr(name) for name in absent])} {'is' if len(absent) == 1 else 'are'} not in it"
                    if absent else "")  # fmt: skip


def _amounts_differ(name: str, here: np.ndarray, there: np.ndarray, is_label: bool) -> str:
    from scipy.stats import ks_2samp

    test = ks_2samp(here, there, method="asymp")
    if test.pvalue >= RARELY or test.statistic <= ASSOCIATED:
        return ""
    if is_label:
        return (
            f"Label {name!r} is on {share(float(here.mean()))} of the training rows and on "
            f"{share(float(there.mean()))} of your validation rows"
        )
    return (f"The target {name!r} differs in your validation set: its median is {np.median(there):.4g}, and "
            f"{np.median(here):.4g} in training")  # fmt: skip


def _blocks(compared: list[Compared]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if compared:
        blocks.append(
            Bars(
                title="Telling training rows from others",
                caption="Chance that a probe of the inputs ranks a row of the other set above a training row.",
                labels=tuple(one.name for one in compared),
                values=tuple(one.area for one in compared),
                intervals=tuple((one.low, one.high) for one in compared),
                references=(Reference(value=0.5, label="chance"), Reference(value=LARGE, label="matters")),
                value_label="area under the curve",
            )
        )
    return (*blocks, *(_table(one) for one in compared))


def _table(one: Compared) -> Table:
    return Table(
        title=f"What differs: training and {one.name}",
        columns=(Column(name="property"), Column(name="area under the curve"),
                 Column(name="largest distance of distributions", format="share"),
                 Column(name="median in training"), Column(name=f"median in {one.name}")),
        rows=tuple((name, round(area, 3), distance, float(f"{a:.4g}"), float(f"{b:.4g}"))
                   for name, area, distance, a, b in one.apart[:SHOWN]),
    )  # fmt: skip
