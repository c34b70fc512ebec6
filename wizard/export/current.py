"""The best networks so far, whichever stage that is."""

from __future__ import annotations

import numpy as np

from wizard.core.calibration import Calibration
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.seeds import derive
from wizard.data.task import Task
from wizard.export.predictor import Member
from wizard.training.calibration import as_scored, calibrated
from wizard.training.metrics import metrics_of
from wizard.training.trainer import Trainer


def current_members(trainer: Trainer, decisions: Decisions, seed: int) -> list[Member]:
    """The ensemble's networks, or the incumbent's; trained now if they are not stored."""
    members = []
    for config, weight in decisions.handed_over or _refitted(decisions, is_refit=bool(trainer.split.folds)):
        run = trainer.train(config.but(seed=derive(seed, "run", config.seed)))
        members.append(Member(run.config, trainer.prepared(run.config), trainer.weights(run), weight, trainer.own))
    return members


def validation_scores(trainer: Trainer, decisions: Decisions, seed: int) -> dict[str, float]:
    """Every metric on the rows that decide, each row predicted by networks that did not train on it."""
    folds = range(len(trainer.split.folds)) if trainer.split.folds else (None,)
    total: dict[int, np.ndarray] = {}
    for config, weight in _configs(decisions):
        for fold in folds:
            run = trainer.train(config.but(fold=fold, refit=False, seed=derive(seed, "run", config.seed)))
            for row, prediction in zip(trainer.split.rows(fold)[1], trainer.held_predictions(run), strict=True):
                total[int(row)] = total.get(int(row), 0.0) + weight * prediction
    rows = np.array(sorted(total))
    weights = None if trainer.dataset.weight is None else trainer.dataset.weight[rows]
    calibration = decisions.calibration if decisions.members else None
    joined = calibrated(np.array([total[int(row)] for row in rows]), calibration, trainer.task)
    return scores_of(trainer.task, trainer.preparer.y[rows], joined, weights, calibration, trainer.known_y)


def scores_of(
    task: Task,
    y: np.ndarray,
    answers: np.ndarray,
    weight: np.ndarray | None,
    calibration: Calibration | None,
    known: np.ndarray,
) -> dict[str, float]:
    """Every metric that the task has, of a predictor's answers; its threshold names classes where that counts.

    Args:
        task: What is predicted.
        y: Codes (n,), labels (n, k), or targets.
        answers: Calibrated probabilities (n, k), or predictions in their units.
        weight: (n,) of the examples, or None.
        calibration: Of the predictor; its temperature is in the answers already.
        known: Codes or targets of the rows that were learned from: which class is the rarer is theirs to say.
    """
    threshold_alone = None if calibration is None else Calibration(threshold=calibration.threshold)
    return {
        metric.name: metric.score(y, as_scored(answers, threshold_alone, metric, task), weight)
        for metric in metrics_of(task, known)
    }


def _refitted(decisions: Decisions, *, is_refit: bool) -> tuple[tuple[TrainingConfig, float], ...]:
    return tuple((config.but(fold=None, refit=is_refit), weight) for config, weight in _configs(decisions))


def _configs(decisions: Decisions) -> tuple[tuple[TrainingConfig, float], ...]:
    if decisions.members:
        return decisions.members
    assert decisions.incumbent is not None
    return ((decisions.incumbent, 1.0),)
