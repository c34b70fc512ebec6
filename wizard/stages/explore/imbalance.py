"""How evenly the target is spread, and which metric is honest about it."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.stages.classes import shown_classes
from wizard.stages.context import Context
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import amount, count, listed, share
from wizard.training.metrics import METRICS

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
    classes, k = context.task.classes, context.task.n_outputs
    counts = np.bincount(context.y(context.train_rows), minlength=k)
    shares = counts / counts.sum()
    metric = _honest(counts)
    shown = shown_classes(classes, counts, by_size=True)
    table = Table(
        title="Classes",
        caption="Training rows.",
        columns=(Column(name="class"), Column(name="rows", format="count"), Column(name="share", format="share")),
        rows=tuple((name, n, n / int(counts.sum())) for name, n in zip(*shown, strict=True)),
    )
    numbers = {
        "measured": float(shares.max()), "expected": 1 / k, "unit": "share of the largest class",
        "blocks": (table,), "decides": {"metric": context.wanted_metric or metric},
    }  # fmt: skip
    judged = f"Judged by {_label(context.wanted_metric or metric)}."
    absent = [repr(classes[i]) for i in np.flatnonzero(counts == 0)]
    if absent:
        return failed(
            f"{count(len(absent), 'class')} without a single training row: {listed(absent)}. {judged}",
            advice="Bring training examples of them, or take their rows out of the other sets: a network cannot name "
            "what it never saw.",
            **numbers,
        )
    rare = [repr(classes[i]) for i in np.flatnonzero(counts < RARE)]
    if rare:
        return warned(
            f"{count(len(rare), 'class')} with fewer than {RARE} training rows: {listed(rare)}. {judged}",
            advice="Bring more examples of the rare classes, or merge them: so few can be neither learnt nor checked.",
            **numbers,
        )
    name = classes[int(counts.argmax())]
    majority = f"{name!r} is {share(float(shares.max()))} of the training rows"
    if context.wanted_metric == "accuracy" and metric != "accuracy":
        return warned(
            f"{majority}, and accuracy, which you chose to judge by, mostly counts that class.",
            advice=f"Leave metric= out, or ask for {metric!r}.",
            **numbers,
        )
    if metric != "accuracy" and k > 2:
        ends = (f"{classes[i]!r} has {int(counts[i]):,}" for i in (int(counts.argmax()), int(counts.argmin())))
        return noted(f"{' training rows, '.join(ends)}. {judged}", **numbers)
    if metric != "accuracy":
        return noted(f"{majority}. {judged}", **numbers)
    return passed(f"No class outweighs the others ({k} classes of {_range(counts)} training rows). {judged}", **numbers)


def _honest(counts: np.ndarray) -> str:
    """Name of the metric that suits so many training rows of each class."""
    smallest, largest = int(counts.min()), int(counts.max())
    if len(counts) == 2 and smallest < RARE_BINARY * counts.sum():
        return "pr_auc"
    return "balanced_accuracy" if largest > UNEVEN * smallest else "accuracy"


def _range(counts: np.ndarray) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _label(metric: str) -> str:
    meaning = {"balanced_accuracy": " (every class counts the same)", "rmse": " in the target's own unit",
               "mae": " in the target's own unit"}  # fmt: skip
    return METRICS[metric].label + meaning.get(metric, "")


def _amounts(context: Context) -> Outcome:
    y = context.y(context.train_rows)
    spread = (y - y.mean()) / (float(y.std()) or 1.0)
    skewness = float((spread**3).mean())
    low, middle, high = (amount(end) for end in np.quantile(y, [0.01, 0.5, 0.99]))
    heavy = abs(skewness) > HEAVY_TAIL
    chosen = context.wanted_metric or ("mae" if heavy else "rmse")
    numbers = {"measured": skewness, "expected": 0.0, "unit": "skewness", "decides": {"metric": chosen}}
    around = f"Its median is {middle}, and nearly all values lie between {low} and {high}. Judged by {_label(chosen)}."
    if heavy:
        return noted(f"The target has a long tail (skewness {skewness:.1f}). {around}", **numbers)
    return passed(f"The target has no long tail. {around}", **numbers)
