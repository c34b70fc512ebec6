"""How evenly the target is spread, and which metric is honest about it."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count, listed, share

MAJORITY = 0.75  # a share of the largest class (times k/2) beyond which accuracy mostly counts that class
UNEVEN = 3.0  # largest to smallest class: beyond it each class should count the same
RARE_BINARY = 0.10  # a rarer positive class: what matters is how well it is found
RARE = 10  # fewer training rows than this, and a 5-fold split leaves folds with one
HEAVY_TAIL = 2.0  # skewness beyond which squared error is about few examples: that of an exponential distribution


@step()
def imbalance(context: Context) -> Outcome:
    """The metric is honest for how the target is spread.

    Where nine of ten examples are of one class, 90% accuracy is what a stone would reach. The metric chosen here is
    what every later stage decides on.
    """
    return _classes(context) if context.task.is_classification else _amounts(context)


def _classes(context: Context) -> Outcome:
    y = context.y(context.split.known)
    k = context.task.n_outputs
    counts = np.bincount(y, minlength=k)
    train_counts = np.bincount(context.y(context.train_rows), minlength=k)
    largest, smallest = int(counts.max()), int(counts.min())
    rare = [context.task.classes[i] for i in np.flatnonzero(train_counts < RARE)]
    if k == 2 and smallest / counts.sum() < RARE_BINARY:
        metric, words = "pr_auc", "PR-AUC of the rarer class"
    elif largest > UNEVEN * max(smallest, 1) or largest / counts.sum() > MAJORITY:
        metric, words = "balanced_accuracy", "balanced accuracy (every class counts the same)"
    else:
        metric, words = "accuracy", "accuracy"
    name = context.task.classes[int(counts.argmax())]
    table = Table(
        title="Classes",
        columns=(Column(name="class"), Column(name="training rows", format="count"), Column(name="share", format="share")),
        rows=tuple((context.task.classes[i], int(train_counts[i]), float(counts[i] / counts.sum())) for i in np.argsort(-counts)),
    )  # fmt: skip
    numbers = {
        "measured": float(largest / counts.sum()), "expected": 1 / k, "unit": "share of the largest class",
        "blocks": (table,), "decides": {"metric": context.wanted_metric or metric},
    }  # fmt: skip
    judged = f"Judged by {context.wanted_metric or words}."
    if rare:
        return warned(
            f"{count(len(rare), 'class')} with fewer than {RARE} training rows: {listed(rare)}. {judged}",
            advice="Bring more examples of the rare classes, or merge them: so few can be neither learnt nor checked.",
            **numbers,
        )
    if metric != "accuracy":
        return noted(f"{name!r} is {share(largest / counts.sum())} of the examples. {judged}", **numbers)
    return passed(f"The {k} classes are about even ({smallest:,} to {largest:,} examples). {judged}", **numbers)


def _amounts(context: Context) -> Outcome:
    y = context.y(context.train_rows)
    spread = y - y.mean()
    skewness = float((spread**3).mean() / max(y.std(), 1e-300) ** 3)
    ends = np.quantile(y, [0.01, 0.5, 0.99])
    heavy = abs(skewness) > HEAVY_TAIL
    metric = "mae" if heavy else "rmse"
    numbers = {
        "measured": skewness, "expected": 0.0, "unit": "skewness",
        "decides": {"metric": context.wanted_metric or metric},
    }  # fmt: skip
    judged = f"Judged by {(context.wanted_metric or metric).upper()} in the target's own unit."
    around = f"Median {ends[1]:.4g}; nearly all lie between {ends[0]:.4g} and {ends[2]:.4g}."
    if heavy:
        return noted(f"The target has a long tail (skewness {skewness:.1f}). {around} {judged}", **numbers)
    return passed(f"The target is spread evenly enough. {around} {judged}", **numbers)
