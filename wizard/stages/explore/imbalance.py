"""How evenly the target is spread, and which metric is honest about it."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.finding import Cause
from wizard.data.dataset import PARTS
from wizard.stages.classes import shown_classes
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import amount, count, listed, share
from wizard.training.metrics import METRICS, default_metric

UNEVEN = 3.0  # largest to smallest class: beyond it each class should count the same
RARE_BINARY = 0.10  # a rarer positive class: what matters is how well it is found
RARE = 10  # fewer training rows than this, and a 5-fold split leaves folds with one
SEVERE_MAJORITY = 0.8  # of the rows: four in five is what guessing it gets right
SEVERE_MINORITY = 0.1  # of an even share
DUE = 7.0  # rows of a class due in the validation set: by chance none of them comes once in a thousand sets
LISTED = 200  # labels in the table
HEAVY_TAIL = 2.0  # skewness beyond which squared error is about few examples: that of an exponential distribution


@step()
def imbalance(context: Context) -> Outcome:
    """The metric is honest for how the target is spread.

    Where nine of ten examples are of one class, 90% accuracy is what a stone would reach. The metric chosen here is
    what every later stage decides on.
    """
    if context.task.is_multilabel:
        return _labels(context)
    if context.task.targets:
        return _several_amounts(context)
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
            causes=(Cause(fault="L09", sentence=f"No training row of {listed(absent)}, which other sets have."),),
            **numbers,
        )
    rare = [repr(classes[i]) for i in np.flatnonzero(counts < RARE)]
    if rare:
        return warned(
            f"{count(len(rare), 'class')} with fewer than {RARE} training rows: {listed(rare)}. {judged}",
            advice="Bring more examples of the rare classes, or merge them: so few can be neither learnt nor checked.",
            causes=(Cause(fault="L08", sentence=f"Fewer than {RARE} training rows of {listed(rare)}."),),
            **numbers,
        )
    name = classes[int(counts.argmax())]
    majority = f"{name!r} is {share(float(shares.max()))} of the training rows"
    unseen = [repr(classes[i]) for i in _unseen(context, counts)]
    if unseen:
        return warned(
            f"{count(len(unseen), 'class')} that your validation set does not have: {listed(unseen)}. {judged}",
            advice="Bring validation examples of them: whether the model knows these classes cannot be told.",
            causes=(Cause(fault="L09", sentence=f"No validation row of {listed(unseen)}, which training has."),),
            **numbers,
        )
    severe = Cause(fault="L08", sentence=f"{majority}; the smallest class is {share(float(shares.min()))}.")
    if context.wanted_metric == "accuracy" and _is_severe(shares):
        return warned(
            f"{majority}, and accuracy, which you chose to judge by, mostly counts that class.",
            advice=f"Leave metric= out, or ask for {metric!r}.",
            causes=(severe,),
            **numbers,
        )
    if _is_severe(shares):
        numbers["causes"] = (severe,)
    if metric != "accuracy" and k > 2:
        ends = (f"{classes[i]!r} has {int(counts[i]):,}" for i in (int(counts.argmax()), int(counts.argmin())))
        return noted(f"{' training rows, '.join(ends)}. {judged}", **numbers)
    if metric != "accuracy":
        return noted(f"{majority}. {judged}", **numbers)
    return passed(f"No class outweighs the others ({k} classes of {_range(counts)} training rows). {judged}", **numbers)


def _is_severe(shares: np.ndarray) -> bool:
    """Whether a model that ignores the small classes would look good, or a class hardly counts."""
    return bool(shares.max() >= SEVERE_MAJORITY or shares.min() < SEVERE_MINORITY / len(shares))


def _unseen(context: Context, counts: np.ndarray) -> np.ndarray:
    """Classes that a validation set of the user's own lacks although, drawn at random, it would have several."""
    if not (context.dataset.part == PARTS.index("validation")).any():
        return np.empty(0, "int64")
    held = np.bincount(context.y(context.split.validation), minlength=len(counts))
    return np.flatnonzero((held == 0) & (held.sum() * counts / counts.sum() >= DUE))


def _labels(context: Context) -> Outcome:
    """Labels of which an example may have any number: each is a question of its own."""
    y, names = context.y(context.train_rows), context.task.classes
    counts = y.sum(0)
    metric = context.wanted_metric or default_metric(context.task)
    order = np.argsort(-counts, kind="stable")
    table = Table(
        title="Labels",
        caption=f"Training rows; {share(float((~y.any(1)).mean()))} of them have none of these labels.",
        columns=(Column(name="label"), Column(name="rows", format="count"), Column(name="share", format="share")),
        rows=tuple((names[i], int(counts[i]), float(counts[i] / len(y))) for i in order[:LISTED]),
    )
    numbers = {
        "measured": float(y.sum(1).mean()), "unit": "labels an example", "blocks": (table,),
        "decides": {"metric": metric},
    }  # fmt: skip
    judged = f"Judged by {METRICS[metric].label} (every label counts the same)."
    lacking = [repr(names[i]) for i in np.flatnonzero((counts == 0) | (counts == len(y)))]
    if lacking:
        return failed(
            f"{count(len(lacking), 'label')} that no training row has, or every one: {listed(lacking)}. {judged}",
            advice="Bring training rows with and without them, or leave these labels out.",
            causes=(Cause(fault="L09", sentence=f"All training rows agree about {listed(lacking)}."),),
            **numbers,
        )
    rare = [repr(names[i]) for i in np.flatnonzero(np.minimum(counts, len(y) - counts) < RARE)]
    if rare:
        return warned(
            f"{count(len(rare), 'label')} with fewer than {RARE} training rows with or without them: "
            f"{listed(rare)}. {judged}",
            advice="Bring more examples of the rare labels: so few can be neither learnt nor checked.",
            causes=(Cause(fault="L08", sentence=f"Fewer than {RARE} training rows with or without {listed(rare)}."),),
            **numbers,
        )
    ends = f"{names[order[-1]]!r}, the rarest of {len(names)} labels, has {int(counts[order[-1]]):,} training rows"
    return passed(f"{ends}; an example has {y.sum(1).mean():.2g} labels on average. {judged}", **numbers)


def _several_amounts(context: Context) -> Outcome:
    """Several targets, each in a unit of its own."""
    y = context.y(context.train_rows)
    spread = (y - y.mean(0)) / np.maximum(y.std(0), 1e-300)
    skewness = (spread**3).mean(0)
    chosen = context.wanted_metric or default_metric(context.task)
    named = list(zip(context.task.targets, y.T, skewness, strict=True))
    table = Table(
        title="Targets",
        caption="Training rows.",
        columns=(Column(name="target"), Column(name="median"), Column(name="1%"), Column(name="99%"),
                 Column(name="skewness")),
        rows=tuple(
            (name, *(amount(q) for q in np.quantile(column, [0.5, 0.01, 0.99])), round(float(skew), 2))
            for name, column, skew in named
        ),
    )  # fmt: skip
    heavy = [repr(name) for name, _, skew in named if abs(skew) > HEAVY_TAIL]
    tails = f"with a long tail in {listed(heavy)}" if heavy else "without long tails"
    return (noted if heavy else passed)(
        f"{count(len(named), 'target')}, {tails}. "
        f"Judged by {_label(chosen)}{' (mean over the targets)' if chosen == 'r2' else ''}.",
        measured=float(np.abs(skewness).max()),
        expected=0.0,
        unit="largest skewness",
        blocks=(table,),
        decides={"metric": chosen},
    )


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
    numbers = {
        "measured": skewness, "expected": 0.0, "unit": "skewness", "decides": {"metric": chosen},
        "blocks": (histogram(f"Target: {context.task.target}", y, context.task.target, "Training rows.", True),),
    }  # fmt: skip
    around = f"Its median is {middle}, and nearly all values lie between {low} and {high}. Judged by {_label(chosen)}."
    if heavy:
        return noted(f"The target has a long tail (skewness {skewness:.1f}). {around}", **numbers)
    return passed(f"The target has no long tail. {around}", **numbers)
