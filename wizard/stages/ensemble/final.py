"""The networks that are handed over."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.models.family import multiple
from wizard.stages.context import Context
from wizard.stages.ensemble.pool import Candidate, candidate, is_judged
from wizard.stages.ensemble.selection import MOVED

REFITS = "networks that are trained on all known rows"


def refitted(context: Context) -> tuple[TrainingConfig, ...]:
    """Which members are trained once more, on the rows that decided too.

    Where folds decided all are, else as many as there is time for, the best alone first: more rows hardly ever harm. A
    validation set of the user's own stays apart. The same for all steps.
    """
    return context.once(REFITS, lambda: _refitted(context))


def _refitted(context: Context) -> tuple[TrainingConfig, ...]:
    context.pacing.reserved = 0.0  # for this
    alone = best_alone(context)
    ones = [one for one, _ in sorted(candidates_of(context), key=lambda pair: -pair[1])]
    wanted = [alone, *(one for one in ones if one.config != alone.config)]
    if context.split.folds:
        return tuple(one.config for one in wanted)
    if len(context.dataset.rows_of("validation")):
        return ()
    more, seconds, found = len(context.split.known) / max(len(context.split.train), 1), 0.0, []
    for number, one in enumerate(wanted, start=1):
        seconds += more * one.seconds  # of all so far: none of them is trained yet
        if not context.pacing.allows(f"test_once: training network {number} on validation rows too", seconds):
            break
        found.append(one.config)
    return tuple(found)


def final_run(context: Context, config: TrainingConfig) -> TrainingRun:
    """One network of a configuration: trained on all known rows (see `refitted`), else as it was judged."""
    return context.train(final_config(context, config))


def final_config(context: Context, config: TrainingConfig) -> TrainingConfig:
    """The configuration of `final_run`: it stops where it did when it was judged.

    Nothing is held out to stop by, and on more rows the training loss stops falling somewhere else.
    """
    if not context.split.folds and config.but(fold=None) not in refitted(context):
        return config.but(fold=None)
    final = config.but(fold=None, refit=True)
    if (config.patience is None and config.fit_to is None) or not is_judged(context, config, config.seed):
        return final
    one = candidate(context, config, config.seed)
    if one is None:
        return final
    epochs = multiple(float(np.median([run.best_epoch for run in one.runs])), config.look_every)
    return final.but(patience=None, fit_to=None, stop_after=min(epochs, config.epochs))


def final_configs(context: Context) -> tuple[tuple[TrainingConfig, float], ...]:
    """The configurations of `final_runs`, with their weights."""
    return tuple((final_config(context, config), weight) for config, weight in context.decided("members"))


def final_runs(context: Context) -> list[tuple[TrainingRun, float]]:
    """The ensemble's networks with their weights."""
    return [(context.train(config), weight) for config, weight in final_configs(context)]


def predict_together(context: Context, runs: list[tuple[TrainingRun, float]], rows: np.ndarray) -> np.ndarray:
    """The ensemble's predictions for any rows."""
    parts = [weight * context.trainer.predict(run, rows) for run, weight in runs]
    return np.sum(parts, axis=0)


def joined(context: Context) -> np.ndarray:
    """The ensemble's predictions for the deciding rows, each by networks that did not see it; not calibrated."""
    return np.sum([weight * one.predictions for one, weight in candidates_of(context)], axis=0)


def candidates_of(context: Context) -> list[tuple[Candidate, float]]:
    """The members with their predictions for the deciding rows, and their weights."""
    found = []
    for config, weight in context.decided("members"):
        one = candidate(context, config, config.seed)
        assert one is not None, "a member was picked by its predictions"
        found.append((one, weight))
    return found


def best_alone(context: Context) -> Candidate:
    """The best member on the deciding rows.

    By the metric, or by the smooth score where the metric asks for another threshold than one half.
    """
    rows, metric = context.deciding_rows, context.metric
    y, weight = context.y(rows), context.weight(rows)
    ones = [one for one, _ in candidates_of(context)]
    if context.shared.get(MOVED):
        return min(ones, key=lambda one: one.loss)
    return max(ones, key=lambda one: metric.gain(metric.score(y, one.predictions, weight), 0.0))
