"""The best networks so far, whichever stage that is."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.seeds import derive
from wizard.export.predictor import Member
from wizard.training.metrics import all_scores
from wizard.training.trainer import Trainer


def current_members(trainer: Trainer, decisions: Decisions, seed: int) -> list[Member]:
    """The ensemble's networks, or the incumbent's; trained now if they are not stored."""
    is_refit = bool(trainer.split.folds)
    members = []
    for config, weight in _configs(decisions):
        run = trainer.train(config.but(fold=None, refit=is_refit, seed=derive(seed, "run", config.seed)))
        members.append(Member(run.config, trainer.prepared(run.config), trainer.weights(run), weight))
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
    return all_scores(trainer.task, trainer.preparer.y[rows], np.array([total[int(r)] for r in rows]), weights)


def _configs(decisions: Decisions) -> tuple[tuple[TrainingConfig, float], ...]:
    if decisions.members:
        return decisions.members
    assert decisions.incumbent is not None
    return ((decisions.incumbent, 1.0),)
