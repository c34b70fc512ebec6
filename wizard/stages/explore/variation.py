"""Question 2: how much variation is there to learn?

Looked at on all public sets that thresholds were set on; it raises no alarm.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Line, Lines, Table
from wizard.stages.context import Context
from wizard.stages.probing import Sample, out_of_fold, probe_sample, score, whole, whole_by_line
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import amount, count, share

MOST = 0.9  # of the variance: how many directions hold it
NEIGHBOURED = 2_000  # rows whose two nearest neighbours are looked for
CUT = 0.9  # of the ratios of neighbours' distances, smallest first: the largest ones are noise (Facco et al.)
SHOWN = 12  # pairs, labels or ranges in the table
RANGES = 5  # of a target
DRAWN = 100  # directions in the figure


@step()
def variation(context: Context) -> Outcome:
    """We know how much variation there is.

    A set whose examples differ in three ways needs a few hundred rows and a small network; one that differs in a
    hundred ways needs many. What lies between classes can be learnt, what lies within them must be ignored.
    """
    sample, x = probe_sample(context), _standardised(whole(context))
    spectrum = _spectrum(x)
    n_directions = int(np.searchsorted(np.cumsum(spectrum), MOST)) + 1
    rank = float(1 / (spectrum**2).sum())
    dimension = intrinsic_dimension(x[: min(len(x), NEIGHBOURED)])
    between = _between(context, x, sample)
    neighbours = score(context, out_of_fold(context, x, "neighbours"))
    hardest = _hardest(context, whole_by_line(context), sample)
    numbers: dict[str, Any] = {
        "measured": rank,
        "unit": "directions in which examples differ (effective rank)",
        "blocks": (_figure(spectrum), *_facts(context, x, n_directions, rank, dimension, between, neighbours), hardest),
    }
    what = "the class" if context.task.is_exclusive else "the labels" if context.task.is_multilabel else "the target"
    first = hardest.rows[0] if hardest.rows else None
    last = f"; hardest to tell: {first[0]}" if first is not None else ""
    ways = count(max(1, round(rank)), "independent way")
    return noted(
        f"Examples differ in about {ways}, told by {count(x.shape[1], 'number')} each; "
        f"{share(between)} of this variation goes with {what}{last}.",
        **numbers,
    )


def intrinsic_dimension(x: np.ndarray) -> float | None:
    """Dimension of the surface that points lie on, from the ratio of the distances to their two nearest neighbours.

    After Facco, d'Errico, Rodriguez and Laio, "Estimating the intrinsic dimension of datasets by a minimal neighborhood
    information" (2017).

    Args:
        x: (n, d) points.

    Returns:
        None where fewer than ten points have two neighbours that are no copies.
    """
    from sklearn.neighbors import NearestNeighbors

    x = np.unique(x, axis=0)
    if len(x) < 10:
        return None
    near = NearestNeighbors(n_neighbors=3).fit(x).kneighbors(x)[0]
    known = near[:, 1] > 1e-9
    ratio = np.sort(np.log(near[known, 2] / near[known, 1]))
    if len(ratio) < 10 or ratio[-1] <= 0:
        return None
    kept = ratio[: int(CUT * len(ratio))]
    height = -np.log(1 - np.arange(1, len(kept) + 1) / (len(ratio) + 1))
    return float((height @ kept) / (kept @ kept)) if (kept @ kept) > 0 else None


def _standardised(x: np.ndarray) -> np.ndarray:
    spread = x.std(0)
    return ((x - x.mean(0)) / np.where(spread > 1e-6, spread, 1.0)).astype("float64")


def _spectrum(x: np.ndarray) -> np.ndarray:
    """Shares of the variance in the directions of the principal components, largest first."""
    centred = x - x.mean(0)
    gram = centred @ centred.T if x.shape[1] > len(x) else centred.T @ centred
    values = np.maximum(np.linalg.eigvalsh(gram)[::-1], 0)
    return values / max(float(values.sum()), 1e-300)


def _groups(context: Context, sample: Sample) -> list[np.ndarray]:
    """Places of the sample's rows by class, by label, or by tenth of the target."""
    from wizard.stages.probing import strata_of

    strata = strata_of(context.task, sample.y)
    return [np.flatnonzero(strata == one) for one in np.unique(strata)]


def _between(context: Context, x: np.ndarray, sample: Sample) -> float:
    """Share of the variance that lies between the means of the groups, what chance makes of it taken off."""
    groups = _groups(context, sample)
    total = float(((x - x.mean(0)) ** 2).sum())
    if total == 0 or len(x) <= len(groups):
        return 0.0
    between = sum(len(rows) * float(((x[rows].mean(0) - x.mean(0)) ** 2).sum()) for rows in groups)
    within = (total - between) / (len(x) - len(groups))
    return float(np.clip((between - (len(groups) - 1) * within) / total, 0, 1))  # ω², Hays 1963


def _hardest(context: Context, predictions: np.ndarray, sample: Sample) -> Table:
    task, y = context.task, sample.y
    if task.is_exclusive:
        return _confused(context, predictions, y)
    if task.is_multilabel:
        from sklearn.metrics import roc_auc_score

        told = [(name, float(roc_auc_score(y[:, i], predictions[:, i])), int(y[:, i].sum()))
                for i, name in enumerate(task.classes) if 0 < y[:, i].sum() < len(y)]  # fmt: skip
        told.sort(key=lambda one: one[1])
        columns = (Column(name="label"), Column(name="told from the others (ROC AUC)"), Column(name="examples"))
        return Table(title="Labels that are hardest to tell", columns=columns, rows=tuple(told[:SHOWN]))
    return _ranges(context, predictions, y)


def _confused(context: Context, predictions: np.ndarray, y: np.ndarray) -> Table:
    """Pairs of classes by the share of their examples that the probe takes for the other."""
    k, answer = context.task.n_outputs, predictions.argmax(1)
    times = np.bincount(y * k + answer, minlength=k * k).reshape(k, k)
    sizes = np.bincount(y, minlength=k)
    both = times + times.T
    first, second = np.triu_indices(k, 1)
    n = sizes[first] + sizes[second]
    shares = np.divide(both[first, second], n, out=np.zeros(len(n)), where=n > 0)
    order = np.lexsort((first, -shares))[:SHOWN]
    classes = context.task.classes
    return Table(
        title="Classes that are hardest to tell apart",
        caption="By a linear probe, on rows that it did not see.",
        columns=(Column(name="pair"), Column(name="taken for each other", format="share"), Column(name="examples")),
        rows=tuple(
            (f"{classes[first[i]]} and {classes[second[i]]}", float(shares[i]), int(n[i]))
            for i in order
            if both[first[i], second[i]]
        ),
    )


def _ranges(context: Context, predictions: np.ndarray, y: np.ndarray) -> Table:
    """Ranges of the (first) target by the probe's error."""
    y, predictions = y.reshape(len(y), -1)[:, 0], predictions.reshape(len(y), -1)[:, 0]
    edges = np.unique(np.quantile(y, np.linspace(0, 1, RANGES + 1)))
    number = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, max(len(edges) - 2, 0))
    rows = [
        (context.private(f"{amount(edges[i])} to {amount(edges[min(i + 1, len(edges) - 1)])}"),
         float(np.sqrt(np.mean((predictions - y)[number == i] ** 2))), int((number == i).sum()))
        for i in np.unique(number)
    ]  # fmt: skip
    rows.sort(key=lambda one: -one[1])
    name = (context.task.targets or (context.task.target,))[0]
    return Table(
        title=f"Ranges of {name} that are hardest to tell",
        caption="By a linear probe, on rows that it did not see.",
        columns=(Column(name="range"), Column(name="root mean square error"), Column(name="examples")),
        rows=tuple(rows),
    )


def _figure(spectrum: np.ndarray) -> Lines:
    shares = np.cumsum(spectrum)[:DRAWN]
    line = Line(name="variation", x=tuple(map(float, range(1, len(shares) + 1))), y=tuple(map(float, shares)))
    return Lines(
        title="How many directions hold the variation",
        caption="Principal components of standardised features, largest first.",
        lines=(line,),
        x_label="directions",
        y_label="share of the variation",
    )


def _facts(
    context: Context, x: np.ndarray, n_directions: int, rank: float, dimension: float | None, between: float,
    neighbours: Any,
) -> tuple[Block, ...]:  # fmt: skip
    metric = context.metric
    rows = [
        ("features", f"{x.shape[1]:,}"),
        (f"directions that hold {share(MOST)}", f"{n_directions:,}"),
        ("effective rank", amount(rank)),
        ("intrinsic dimension, by two neighbours", "–" if dimension is None else amount(dimension)),
        ("of the variation between groups", share(between)),
        (f"nearest neighbours' {metric.label}", metric.words(neighbours.value)),
    ]
    table = Table(title="In numbers", columns=(Column(name="measure"), Column(name="value")), rows=tuple(rows))
    return (table,)
