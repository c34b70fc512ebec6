"""Parts of the data on which predictions are worse than elsewhere, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.registry import load
from wizard.data.rows import TableExamples
from wizard.data.task import THRESHOLD
from wizard.stages.context import Context
from wizard.stages.words import listed
from wizard.training.calibration import named
from wizard.training.compare import ROUNDING, Interval, Z, wilson
from wizard.training.probes import flat
from wizard.training.units import effective_rows, numbered, shuffled

PROPERTIES = "wizard.stages.properties"  # a file a modality
FEWEST = 20  # rows of a slice: of fewer one more error is five points
CLUSTERS = 8  # of the inputs: kinds of examples that no single property tells
MOST_PROPERTIES = 60  # of wide tables
MOST_CLASSES = 50  # that are slices
MOST_VALUES = 8  # of a column of words, the most frequent
PERMUTATIONS = 199  # of the errors over the rows; the worst slice of each is the null that all slices share
ALPHA = 0.05  # chance that some slice of data without any is called worse
QUARTERS = ("lowest", "second", "third", "highest")


@dataclass(frozen=True)
class Slice:
    """A part of the rows.

    Attributes:
        kind: "class", "property", "value" or "cluster".
        name: In words.
        places: (n,) whether each row lies in it.
        error: Mean error inside (`errors_of`).
        low: Lower end of its 95% interval.
        high: Upper end.
        is_beyond: Whether errors are more frequent inside than in the worst slice by chance.
        naive: What the best constant answer for this slice would cost.
        naive_by: By how much the predictions cost more than that, in standard errors.
    """

    kind: str
    name: str
    places: np.ndarray
    error: float
    low: float
    high: float
    is_beyond: bool
    naive: float
    naive_by: float


def errors_of(context: Context, rows: np.ndarray, p: np.ndarray, threshold: float | None) -> np.ndarray:
    """(n,) errors: whether the answer is wrong, share of labels that are, or squared distance in variances.

    Args:
        context: The step's.
        rows: (n,) rows.
        p: (n, …) calibrated predictions for them.
        threshold: From which on something is named.
    """
    task, y = context.task, context.y(rows)
    if task.is_multilabel:
        return (named(p, threshold or THRESHOLD, task) != y).mean(1)
    if task.is_classification:
        answer = p.argmax(1) if threshold is None else named(p, threshold, task)
        return (answer != y).astype("float64")
    spread = np.where(y.std(0) > 0, y.std(0), 1.0)
    return (((p - y) / spread) ** 2).reshape(len(y), -1).mean(1)


def slices(context: Context, rows: np.ndarray, errors: np.ndarray) -> list[Slice]:
    """All slices of at least 20 rows, the most surely worse first."""
    parts = [(kind, name, places) for kind, name, places in _parts(context, rows)
             if FEWEST <= places.sum() <= len(rows) - FEWEST]  # fmt: skip
    if not parts or errors.std() == 0:
        return []
    masks = np.array([places for _, _, places in parts], "float32")
    n, units = masks.sum(1), context.units(rows)
    unit, random = numbered(units), context.random("slices")
    drawn = np.array([errors[shuffled(random, unit, len(rows))] for _ in range(PERMUTATIONS)]).T  # (n, permutations)
    null = masks @ drawn / n[:, None] - errors.mean()  # (slices, permutations)
    found_here = masks @ errors / n - errors.mean()
    scale = errors.std() * np.sqrt(1 / n - 1 / len(rows))  # of a mean over rows drawn without replacement
    if unit is not None:  # means of slices that hold whole units spread wider, those that cut through units do not
        scale = np.maximum(np.column_stack([null, found_here]).std(1), ROUNDING)
    limit = float(np.quantile((null / scale[:, None]).max(0), 1 - ALPHA))
    deviation = found_here / scale
    y = context.y(rows)
    found = []
    for number in np.argsort(-deviation, kind="stable"):
        kind, name, places = parts[number]
        own = errors[places]
        naive = _naive(context, y[places], y)
        cost = own - naive
        by = float(cost.mean() / max(float(cost.std()), 1e-12) * np.sqrt(effective_rows(cost, units[places])))
        band = _interval(context, own, units[places])
        is_beyond = bool(deviation[number] > limit)
        found.append(Slice(kind, name, places, *(band.value, *band.ends), is_beyond, float(naive.mean()), by))
    return found


def _interval(context: Context, own: np.ndarray, units: np.ndarray) -> Interval:
    """Of the mean error: a share of wrong answers, or of wrong labels, or an amount that has no upper end."""
    mean, n = float(own.mean()), effective_rows(own, units)
    if context.task.is_exclusive:
        return wilson(mean, n)
    half = float(Z * np.sqrt(max(float(own.var()), 1 / n) / n))
    most = 1.0 if context.task.is_classification else np.inf
    return Interval(mean, max(mean - half, 0.0), min(mean + half, most))


def _naive(context: Context, y: np.ndarray, all_y: np.ndarray) -> np.ndarray:
    """(n,) errors of the same answer for every row of a slice, the best there is."""
    task = context.task
    if task.is_multilabel:
        return (y != np.round(y.mean(0))).mean(1)
    if task.is_classification:
        return (y != np.bincount(y).argmax()).astype("float64")
    spread = np.where(all_y.std(0) > 0, all_y.std(0), 1.0)
    return (((y - y.mean(0)) / spread) ** 2).reshape(len(y), -1).mean(1)


def naive_error(context: Context, rows: np.ndarray) -> float:
    """Error of the same answer for all rows."""
    y = context.y(rows)
    return float(_naive(context, y, y).mean())


def _parts(context: Context, rows: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    yield from _classes(context, rows)
    described = load(PROPERTIES, context.dataset.modality).described(context, rows)
    words = [column.name for column in context.dataset.columns if column.kind == "category"]
    for name in words[:MOST_PROPERTIES]:
        yield from _values(context, rows, name)
    for name, values in list(described.items())[:MOST_PROPERTIES]:
        if name not in words:
            yield from _quarters(context, name, values)
    yield from _clusters(context, rows, described)


def _classes(context: Context, rows: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    y, task = context.y(rows), context.task
    for code, name in enumerate(task.classes[:MOST_CLASSES]):
        yield "class", f"labelled {name!r}", y[:, code] > 0 if task.is_multilabel else y == code


def _values(context: Context, rows: np.ndarray, name: str) -> Iterator[tuple[str, str, np.ndarray]]:
    values = TableExamples.of(context.examples(rows)).frame[name]
    for value in values.value_counts().index[:MOST_VALUES]:
        shown = "missing" if value == "" else context.private(repr(str(value)))
        yield "value", f"{name} is {shown}", np.asarray(values == value, bool)


def _quarters(context: Context, name: str, values: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    known = values[np.isfinite(values)]
    if not len(known) or known.min() == known.max():
        return
    edges = np.quantile(known, [0.25, 0.5, 0.75])
    if len(np.unique([known.min(), *edges, known.max()])) < 5:  # most rows share one value
        usual = float(np.median(known))
        for words, places in (("above", values > usual), ("below", values < usual)):
            yield "property", f"{name} {words} {usual:.4g}", places
        return
    quarter = np.where(np.isfinite(values), np.searchsorted(edges, values), -1)
    ends = (known.min(), *edges, known.max())
    for place, words in enumerate(QUARTERS):
        yield (
            "property",
            f"{name} in its {words} quarter ({context.private(f'{ends[place]:.4g} to {ends[place + 1]:.4g}')})",
            quarter == place,
        )


def _clusters(
    context: Context, rows: np.ndarray, described: dict[str, np.ndarray]
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Groups of like inputs, each with what sets it most apart."""
    from sklearn.cluster import MiniBatchKMeans

    if len(rows) < CLUSTERS * FEWEST:
        return
    x = flat(context.prepared(TrainingConfig(family="linear")), rows).astype("float64")
    spread = x.std(0)
    x = (x - x.mean(0))[:, spread > 0] / spread[spread > 0]
    model = MiniBatchKMeans(CLUSTERS, random_state=context.derived_seed("clusters"), n_init=3, batch_size=1024)
    cluster = model.fit_predict(x)
    for number in range(CLUSTERS):
        places = cluster == number
        if places.any():
            yield "cluster", f"group {number + 1} of like examples{_apart(described, places)}", places


def _apart(described: dict[str, np.ndarray], places: np.ndarray) -> str:
    """The properties that set rows most apart from all, in words."""
    found = []
    for name, values in described.items():
        known = np.isfinite(values)
        spread = float(values[known].std()) if known.any() else 0.0
        if spread > 0 and (places & known).any():
            found.append((float(values[places & known].mean() - values[known].mean()) / spread, name))
    found.sort(key=lambda one: -abs(one[0]))
    words = [f"{'high' if by > 0 else 'low'} {name}" for by, name in found[:2]]
    return f" ({listed(words)})" if words else ""
