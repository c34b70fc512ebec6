"""The networks that are handed over."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.stages.context import Context


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
