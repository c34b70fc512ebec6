"""The networks that are handed over."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.stages.context import Context
from wizard.stages.ensemble.pool import Candidate, candidate


def final_run(context: Context, config: TrainingConfig) -> TrainingRun:
    """One network of a configuration: refitted on all known rows where folds decided, else as it was judged."""
    return context.train(final_config(context, config))


def final_config(context: Context, config: TrainingConfig) -> TrainingConfig:
    """The configuration of `final_run`."""
    return config.but(fold=None, refit=bool(context.split.folds))


def final_runs(context: Context) -> list[tuple[TrainingRun, float]]:
    """The ensemble's networks with their weights."""
    return [(final_run(context, config), weight) for config, weight in context.decided("members")]


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
    """The best single network: of the members and the incumbent, by the metric on the deciding rows."""
    rows, metric = context.deciding_rows, context.metric
    y, weight = context.y(rows), context.weight(rows)
    ones = [one for one, _ in candidates_of(context)]
    incumbent = candidate(context, context.decided("incumbent"), 0)
    ones += [incumbent] if incumbent is not None else []
    return max(ones, key=lambda one: metric.gain(metric.score(y, one.predictions, weight), 0.0))
