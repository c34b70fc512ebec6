"""Tables with fewer columns, ranked inside each fold by its training rows only."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.probing import Sample, fitted, probe_sample, whole
from wizard.stages.rung import Rung
from wizard.stages.views.table import names

WHAT = "number of columns"
RANKING_TREES = 30  # ranks of columns settle with fewer trees than predictions do
UNITS = 16  # of the smallest net's hidden layer


def rungs(context: Context, sample: Sample) -> list[Rung]:
    """All columns, and the best 1/2, 1/4 and 1/8 of them."""
    place = np.searchsorted(probe_sample(context).rows, sample.rows)
    x, column = whole(context)[place], np.array(names(context))
    columns = list(dict.fromkeys(column.tolist()))
    sizes = _sizes(len(columns))
    out = {size: np.empty(context.task.answers_shape(len(sample))) for size in sizes}
    total = np.zeros(len(columns))
    for number in np.unique(sample.fold):
        held = sample.fold == number
        weight = None if sample.weight is None else sample.weight[~held]
        seed = context.derived_seed("columns", int(number))
        told = _told(context, x[~held], sample.y[~held], weight, seed, column, columns)
        total += told
        order = np.argsort(-told, kind="stable")
        for size in sizes:
            kept = np.isin(column, [columns[i] for i in order[:size]])
            predict = fitted("trees", context.task, x[~held][:, kept], sample.y[~held], weight, seed)
            out[size][held] = predict(x[held][:, kept])
    ranked = [columns[i] for i in np.argsort(-total, kind="stable")]
    return [
        Rung(_label(size, len(columns)), size / len(columns), out[size], left_out=tuple(ranked[size:]))
        for size in sizes
    ]


def ranked_columns(context: Context) -> list[str]:
    """All columns, those that trees lean on most first."""
    sample, column = probe_sample(context), np.array(names(context))
    columns = list(dict.fromkeys(column.tolist()))
    seed = context.derived_seed("columns")
    told = _told(context, whole(context), sample.y, sample.weight, seed, column, columns)
    return [columns[i] for i in np.argsort(-told, kind="stable")]


def _label(size: int, n: int) -> str:
    return f"all {n} columns" if size == n else f"the best {size} of {n} columns"


def _sizes(n: int) -> list[int]:
    sizes: list[int] = []
    for share in (1.0, 0.5, 0.25, 0.125):
        size = max(1, round(n * share))
        if not sizes or size < sizes[-1]:
            sizes.append(size)
    return sizes


def _told(
    context: Context, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, seed: int, column: np.ndarray,
    columns: list[str],
) -> np.ndarray:  # fmt: skip
    """(columns,) how much trees lean on each, by training rows only."""
    from sklearn.ensemble import ExtraTreesRegressor

    targets = np.eye(context.task.n_outputs)[y] if context.task.is_exclusive else y.reshape(len(y), -1)
    spread = np.maximum(targets.std(0), 1e-300)
    d = x.shape[1]
    trees = ExtraTreesRegressor(RANKING_TREES, min_samples_leaf=5, max_features=max(1, d // 2), random_state=seed)
    importance = trees.fit(x, (targets / spread).squeeze(), sample_weight=weight).feature_importances_
    return np.array([importance[column == name].sum() for name in columns])


def smallest_net(context: Context) -> tuple[int, str]:
    """One hidden layer."""
    d, k = len(names(context)), context.task.n_outputs
    return (d + 1) * UNITS + (UNITS + 1) * k, f"one hidden layer of {UNITS} units"
