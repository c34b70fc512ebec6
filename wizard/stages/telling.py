"""How much of the labels is told, by whole examples or by a few numbers about them, on rows that no probe saw.

Measured as the share of the labels' variance that predictions explain, the mean over classes, labels or targets: unlike
accuracy it does not depend on a threshold, and is the same scale for classes and amounts. 0 is guessing, 1 perfect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.data.task import Task
from wizard.stages.context import Context
from wizard.stages.probing import Sample, guess, probe_sample, whole, whole_by_line

DEPTH = 3  # of a small tree, beyond what it takes to have a leaf for every class
LEAF = 0.02  # of the rows at least in its leaves: it learns no single ones by heart
TREES, FEATURES, FOREST_LEAF = 30, 256, 3  # of a small forest: three fifths of the time of the probes' 50 for 1% less


@dataclass(frozen=True)
class Told:
    """What a probe tells of the labels.

    Attributes:
        predictions: Out of fold, for the sample's rows.
        share: Of the labels' variance that they explain.
    """

    predictions: np.ndarray
    share: float


def whole_told(context: Context) -> Told:
    """What the better of the probes tells from whole examples."""
    best: Told = context.once("told by whole examples", lambda: _best(context))
    return best


def _best(context: Context) -> Told:
    linear = whole_by_line(context)
    tried = [Told(linear, told(context, linear))]
    if context.dataset.modality != "text":  # no forest reads a thousand words better than a linear probe
        tried.append(forest_out_of_fold(context, whole(context)))
    return max(tried, key=lambda one: one.share)


def told(context: Context, predictions: np.ndarray, sample: Sample | None = None) -> float:
    """Share of the labels' variance that out-of-fold predictions explain."""
    sample = probe_sample(context) if sample is None else sample
    w = np.ones(len(sample)) if sample.weight is None else sample.weight
    missed = w @ losses(context.task, sample.y, predictions)
    blind = w @ losses(context.task, sample.y, guess(context, sample))
    return float(np.mean(1 - missed / np.maximum(blind, 1e-300)))


def losses(task: Task, y: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """(n, k) squared errors of shares of classes, labels or targets."""
    targets = np.eye(task.n_outputs)[y] if task.is_exclusive else y.reshape(len(y), -1)
    return (targets - predictions.reshape(targets.shape)) ** 2


def tree_out_of_fold(context: Context, x: np.ndarray, sample: Sample | None = None) -> Told:
    """What a small tree on few features tells; missing values are values of their own.

    Args:
        context: Of the step.
        x: (n, d) features of the sample's rows.
        sample: Another sample than the stage's.
    """
    from sklearn.tree import DecisionTreeRegressor

    depth = DEPTH + int(np.ceil(np.log2(context.task.n_outputs))) if context.task.is_exclusive else DEPTH
    return _told_by(
        lambda n: DecisionTreeRegressor(max_depth=depth, min_samples_leaf=max(2, round(LEAF * n)), random_state=0),
        context, x, sample,
    )  # fmt: skip


def forest_out_of_fold(context: Context, x: np.ndarray, sample: Sample | None = None) -> Told:
    """What extremely randomised trees tell; see `tree_out_of_fold`."""
    from sklearn.ensemble import ExtraTreesRegressor

    d = min(x.shape[1], FEATURES)
    tried, seed = max(1, -(-d // 3) if d < 24 else max(8, round(d**0.5))), context.derived_seed("forest")
    return _told_by(
        lambda n: ExtraTreesRegressor(TREES, min_samples_leaf=FOREST_LEAF, max_features=tried, random_state=seed),
        context, x, sample,
    )  # fmt: skip


def _told_by(make: Callable[[int], Any], context: Context, x: np.ndarray, sample: Sample | None) -> Told:
    """What a model tells out of fold; of many features it sees those that go best with the labels of its own rows."""
    sample = probe_sample(context) if sample is None else sample
    task = context.task
    targets = np.eye(task.n_outputs)[sample.y] if task.is_exclusive else sample.y.reshape(len(sample.y), -1)
    out = np.empty(targets.shape)
    for number in np.unique(sample.fold):
        held, kept = sample.fold == number, np.arange(x.shape[1])
        if x.shape[1] > FEATURES:
            kept = np.sort(np.argsort(-correlations(x[~held], targets[~held]), kind="stable")[:FEATURES])
        weight = None if sample.weight is None else sample.weight[~held]
        model = make(int((~held).sum())).fit(x[~held][:, kept], targets[~held].squeeze(), weight)
        out[held] = model.predict(x[held][:, kept]).reshape(-1, targets.shape[1])
    predictions = out.reshape(task.answers_shape(len(sample)))
    return Told(predictions, told(context, predictions, sample))


def correlations(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(d,) share of the variance of (n, k) targets that each feature explains linearly, summed over targets."""
    z, t = (values - values.mean(0) for values in (x.astype("float64"), targets.astype("float64")))
    lengths = np.sqrt((z**2).sum(0))[:, None] * np.sqrt((t**2).sum(0))[None, :]
    r = np.divide(z.T @ t, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return np.asarray((r**2).sum(1))
