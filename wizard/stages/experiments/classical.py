"""What a classical probe makes of the very tensors that enter a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.seeds import derive
from wizard.training.compare import Association, association
from wizard.training.heads import Head, one_hot
from wizard.training.pipeline import Pipeline, Tensors

MOST_ROWS = 2_000
MOST_COLUMNS = 1_500  # of pictures and long series: neighbours are averaged until no more are left
IDS = 30  # different whole numbers along an axis of steps: more are words, and counted
BUCKETS = 1_024  # that words are counted in
TREES = 60
FOLDS = 4


@dataclass(frozen=True)
class Classical:
    """What trees and a linear model know of the first head's targets.

    Attributes:
        explained: Share of the targets' variance that they explain on rows that they did not see; 0 is guessing.
        accuracy: Share of these rows that they get right; NaN for numbers.
        link: Whether inputs and targets have to do with each other, by 999 permutations.
        predictions: (n, k) shares of classes or (n, m) numbers, for `rows`.
        rows: Training rows that were looked at.
    """

    explained: float
    accuracy: float
    link: Association
    predictions: np.ndarray
    rows: np.ndarray


def features(tensors: Tensors) -> np.ndarray:
    """(n, d) numbers for classical models from any nest of inputs."""
    parts = []
    for array in tensors.inputs:
        n = len(array)
        if array.dtype.kind in "OSU":
            continue
        if array.dtype.kind in "iu" and array.ndim == 2 and array.shape[1] > 1 and _are_ids(array):
            counts = np.zeros((n, BUCKETS), "float32")
            np.add.at(counts, (np.repeat(np.arange(n), array.shape[1]), (array % BUCKETS).ravel()), 1)
            parts.append(np.log1p(counts[:, 1:]))  # 0 is padding
            continue
        values = np.nan_to_num(array.astype("float32"), nan=0.0, posinf=0.0, neginf=0.0)
        while values.ndim > 2 and values[0].size > MOST_COLUMNS:
            axis = int(np.argmax(values.shape[1:-1])) + 1
            if values.shape[axis] < 2:
                break
            even = values.shape[axis] // 2 * 2
            values = np.take(values, range(even), axis)
            shape = (*values.shape[:axis], even // 2, 2, *values.shape[axis + 1 :])
            values = values.reshape(shape).mean(axis + 1)
        parts.append(values.reshape(n, -1)[:, : 2 * MOST_COLUMNS])
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(tensors), 1), "float32")


def _are_ids(array: np.ndarray) -> bool:
    return array.min() >= 0 and len(np.unique(array[:500])) > IDS


def targets_of(head: Head, y: np.ndarray) -> np.ndarray:
    """(n, k) shares of classes, labels or numbers that a probe can learn."""
    if head.kind == "classes":
        if head.is_sparse:
            codes = y.reshape(len(y), -1)[:, 0].astype("int64")
            return np.eye(int(max(head.n_units, codes.max() + 1)))[codes]
        return one_hot(head, y).reshape(len(y), -1, y.shape[-1])[:, 0]
    return y.reshape(len(y), -1).astype("float64")


def classical(pipeline: Pipeline, index: int = 0) -> Classical:
    """Trees and a ridge, out of fold, on the training tensors; the better one."""
    rows = np.arange(len(pipeline.train))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(derive(pipeline.seed, "classical")).permutation(rows)[:MOST_ROWS])
    few = pipeline.train.take(rows)
    head = pipeline.heads[index]
    x, t = features(few), targets_of(head, few.targets[index])
    best, best_out, fold = probed(x, t, pipeline.seed)
    if head.kind == "classes":
        codes = t.argmax(1)
        link = association(codes, np.clip(best_out, 1e-6, 1), fold, pipeline.seed)
        return Classical(best, float((best_out.argmax(1) == codes).mean()), link, best_out, rows)
    return Classical(best, float("nan"), association(t, best_out, fold, pipeline.seed), best_out, rows)


def probed(x: np.ndarray, t: np.ndarray, seed: int) -> tuple[float, np.ndarray, np.ndarray]:
    """(share explained, out-of-fold predictions, folds) of trees or a ridge on (n, d) features, the better one's."""
    fold = np.random.default_rng(derive(seed, "folds")).permutation(len(x)) % FOLDS
    best, best_out = -np.inf, np.zeros_like(t)
    for make in _models(seed, x):
        out = np.empty_like(t)
        for number in range(FOLDS):
            held = fold == number
            y = t[~held].ravel() if t.shape[1] == 1 else t[~held]
            out[held] = make().fit(x[~held], y).predict(x[held]).reshape(-1, t.shape[1])
        share = explained(t, out)
        if share > best:
            best, best_out = share, out
    return best, best_out, fold


def explained(t: np.ndarray, out: np.ndarray) -> float:
    """Share of the variance of (n, k) targets that (n, k) predictions explain, the columns' variances added up.

    Numbers of several targets count alike.
    """
    scale = np.maximum(t.std(0), 1e-12)
    t, out = t / scale, out / scale
    if (t.max() - t.min()) == 0:
        return 0.0
    return float(1 - ((t - out) ** 2).sum() / ((t - t.mean(0)) ** 2).sum())


def _models(seed: int, x: np.ndarray) -> list[Any]:
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    tried = max(1, min(x.shape[1], int(x.shape[1] ** 0.5) * 2))
    return [
        lambda: ExtraTreesRegressor(TREES, min_samples_leaf=2, max_features=tried, random_state=seed),
        lambda: make_pipeline(StandardScaler(), Ridge(alpha=0.1 * max(len(x), x.shape[1]))),
    ]
