"""The networks that are handed over."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.models.family import multiple
from wizard.stages.context import Context
from wizard.stages.ensemble.pool import Candidate, candidate, is_judged

REFITS = "whether networks are trained on all known rows"


def refits(context: Context) -> bool:
    """Whether what is handed over is trained once more, on the rows that decided too; the same for all steps.

    Where folds decided it has to be, else where there is time: more rows hardly ever harm. A validation set of the
    user's own stays apart.
    """
    return context.once(REFITS, lambda: bool(context.split.folds) or _is_refit_in_time(context))


def _is_refit_in_time(context: Context) -> bool:
    context.pacing.reserved = 0.0  # for this
    if len(context.dataset.rows_of("validation")):
        return False
    more = len(context.split.known) / max(len(context.split.train), 1)
    seconds = more * sum(one.seconds for one, _ in candidates_of(context))
    return context.pacing.allows("test_once: training on validation rows too", seconds)


def final_run(context: Context, config: TrainingConfig) -> TrainingRun:
    """One network of a configuration: trained on all known rows (see `refits`), else as it was judged."""
    return context.train(final_config(context, config))


def final_config(context: Context, config: TrainingConfig) -> TrainingConfig:
    """The configuration of `final_run`: nothing is held out to stop by, so it stops where it did when it was judged."""
    if not refits(context):
        return config.but(fold=None)
    final = config.but(fold=None, refit=True)
    if config.patience is None or not is_judged(context, config, config.seed):
        return final
    one = candidate(context, config, config.seed)
    if one is None:
        return final
    epochs = multiple(float(np.median([run.best_epoch for run in one.runs])), config.look_every)
    return final.but(patience=None, stop_after=min(epochs, config.epochs))


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
    """The best single network: of the members and the incumbent, by the metric on the deciding rows."""
    rows, metric = context.deciding_rows, context.metric
    y, weight = context.y(rows), context.weight(rows)
    ones = [one for one, _ in candidates_of(context)]
    incumbent = candidate(context, context.decided("incumbent"), 0)
    ones += [incumbent] if incumbent is not None else []
    return max(ones, key=lambda one: metric.gain(metric.score(y, one.predictions, weight), 0.0))
