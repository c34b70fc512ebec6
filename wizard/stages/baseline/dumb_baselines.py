"""The numbers that every later model must beat."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars
from wizard.core.config import TrainingConfig
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, step, warned
from wizard.training.compare import Interval, association
from wizard.training.probes import best_column, flat, flat_names
from wizard.training.probes import dumb_baselines as fits

SINGLE = "best single feature"
PERFECT = 0.02  # of what guessing misses: what a single column rarely leaves unless it is the target in other words
PREDICTED = "predictions of all simple methods"  # {name: for the deciding rows}
LEARNT = "predictions of the simple methods that learn"  # for the deciding rows, as later steps compare with them
GUESSES = ("majority class", "stratified guess", "mean", "median")


@step()
def dumb_baselines(context: Context) -> Outcome:
    """Simple methods have set the numbers to beat.

    A network that does not beat a linear model by more than the noise has learnt nothing worth its trouble. Where
    boosted trees do well already, they are the bar. And where nothing beats guessing, there may be no signal at all.
    """
    scores: dict[str, Interval] = {}
    predictions: dict[str, np.ndarray] = {}
    for name in _names(context):
        context.progress.detail(name)
        predictions[name] = predict(context, name)
    context.shared[PREDICTED] = predictions
    context.shared[LEARNT] = [predictions[name] for name in predictions if name not in GUESSES]
    for name, predicted in predictions.items():
        scores[name] = context.interval(predicted)
    metric = context.metric
    guess = _best(context, {name: scores[name] for name in scores if name in GUESSES})
    learnt = _best(context, {name: scores[name] for name in scores if name not in GUESSES})
    has_signal = _has_signal(context, context.shared[LEARNT])
    bars = Bars(
        title="Simple methods",
        caption=f"{metric.label} on the rows that decide, with 95% intervals.",
        labels=tuple(scores),
        values=tuple(score.value for score in scores.values()),
        intervals=tuple(score.ends for score in scores.values()),
        value_label=metric.label,
        emphasis=(list(scores).index(learnt),),
    )
    numbers = {
        "measured": scores[learnt].value,
        "expected": scores[guess].value,
        "interval": scores[learnt].ends,
        "unit": metric.label,
        "blocks": (bars,),
        "decides": {"dumb_scores": {name: score.value for name, score in scores.items()}, "signal": has_signal},
    }
    if not has_signal:
        return warned(
            f"What simple methods predict has nothing to do with the labels ({metric.label} "
            f"{metric.words(scores[learnt].value)} at best, {metric.words(scores[guess].value)} by guessing): "
            f"there may be no usable signal in these inputs.",
            advice="Check that labels belong to their inputs, and that the inputs can tell the target at all.",
            **numbers,
        )
    single = scores[SINGLE].value
    if context.dataset.modality == "table" and _left(context, single, scores[guess].value) < PERFECT:
        return warned(
            f"Column {_single_column(context)!r} alone tells the target almost perfectly: {metric.label} "
            f"{metric.words(single)}, where guessing ({guess}) gives {metric.words(scores[guess].value)}.",
            advice="Make sure that it is known at prediction time; if it is not, name it in ignore=.",
            **numbers,
        )
    if not metric.better(scores[learnt].value, scores[guess].value):
        return noted(
            f"To beat: {metric.label} {metric.words(scores[guess].value)} by guessing ({guess}); no simple method "
            f"is better, though what they predict has to do with the labels.",
            **numbers,
        )
    return noted(
        f"To beat: {metric.label} {metric.words(scores[learnt].value)} by {learnt}; "
        f"guessing ({guess}) gives {metric.words(scores[guess].value)}.",
        **numbers,
    )


def _has_signal(context: Context, predictions: list[np.ndarray]) -> bool:
    """Whether what some method predicts for rows that it did not see has to do with their labels."""
    fold = fold_of_rows(context)
    rows, seed = context.deciding_rows, context.derived_seed("signal")
    y, units = context.y(rows), context.units(rows)
    return any(association(y, predicted, fold, seed, units).is_beyond_chance for predicted in predictions)


def fold_of_rows(context: Context) -> np.ndarray:
    """(n,) number of the fold that holds out each deciding row; zeros without folds."""
    rows = context.deciding_rows
    fold = np.zeros(len(rows), int)
    for number, (_, held) in enumerate(context.split.folds):
        fold[np.searchsorted(rows, held)] = number
    return fold


def _left(context: Context, score: float, guess: float) -> float:
    """Share of what guessing misses that a score still misses; more than 1 for one that is worse."""
    best = 0.0 if not context.metric.is_higher_better else 1.0
    return abs(best - score) / max(abs(best - guess), 1e-12)


def _single_column(context: Context) -> str:
    """Name of the column that tells most of the target in the training rows."""
    config = skeleton(context)
    prepared = context.prepared(config)
    train = prepared.train
    return flat_names(prepared)[best_column(flat(prepared, train), context.y(train), context.task)]


def _names(context: Context) -> tuple[str, ...]:
    return tuple(fits(context.task, 0))


def _best(context: Context, scores: dict[str, Interval]) -> str:
    best = max if context.metric.is_higher_better else min
    return best(scores, key=lambda name: scores[name].value)


def predict(context: Context, name: str) -> np.ndarray:
    """A baseline's predictions for the deciding rows, each by a model that did not see it."""
    rows = context.deciding_rows
    out = np.zeros(context.task.answers_shape(len(rows)))
    folds = range(len(context.split.folds)) if context.split.folds else (None,)
    for fold in folds:
        held = context.split.rows(fold)[1]
        config = skeleton(context).but(fold=fold)
        out[np.searchsorted(rows, held)] = predict_rows(context, name, config, held)
    return out


def predict_rows(context: Context, name: str, config: TrainingConfig, rows: np.ndarray) -> np.ndarray:
    """A baseline fitted on the training rows of a configuration's fold, applied to any rows."""
    prepared = context.prepared(config)
    train = context.sample(prepared.train, context.effort.probe_rows, "probe", config.fold)
    fit = fits(context.task, context.derived_seed("probe"))[name]
    model = fit(flat(prepared, train), context.y(train), context.weight(train))
    return model(flat(prepared, rows))
