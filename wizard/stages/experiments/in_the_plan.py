"""Faults of what a training was planned to be."""

from __future__ import annotations

import numpy as np

from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.planned import stopped, unrestored
from wizard.stages.experiments.suspicion import Suspicion

EARLY = 0.5  # of the steps: a rate that is gone before then
ERRORS = 2.0  # standard errors of paired held-out losses
LEAST = 0.02  # of what guessing costs: less is no loss worth a word


def decayed_early(e: Evidence) -> Suspicion | None:
    """A learning rate that comes to nothing while the loss would still fall."""
    plan = e.plan
    if plan is None or plan.alive >= EARLY:
        return None
    words = (
        f"The learning rate ({plan.what}) falls below a thousandth of its largest value after {plan.alive:.1%} of the "
        f"{plan.steps:,} planned steps"
    )
    advice = "Check the unit of the schedule: steps, or epochs? Plan the decay over the whole training."
    run = e.resumed
    if run is None:
        return Suspicion("O03", f"{words}.", "learning_rate", "warned", advice)
    if not _is_worse(run.before, run.after, e.first.expected):
        return Suspicion(
            "O03", f"{words}; by then the loss falls no more.", "learning_rate", "noted", advice, False
        )  # fmt: skip
    return Suspicion(
        "O03", f"{words}: the loss stands at {run.before.mean():.3g} from then on, and falls to "
        f"{run.after.mean():.3g} in {run.more} more steps at the full rate.",
        "learning_rate", "failed", advice, True,
    )  # fmt: skip


def best_not_kept(e: Evidence) -> Suspicion | None:
    """An early stopping that leaves weights which are worse than the best ones."""
    stop = unrestored(e.pipeline)
    if stop is None:
        return None
    run = stopped(e.pipeline, int(stop.patience))
    if run is None or not _is_worse(run.last, run.best, e.first.expected):
        return None
    return Suspicion(
        "E02", f"EarlyStopping(patience={int(stop.patience)}) leaves the weights of epoch {run.last_at}, whose "
        f"held-out loss is {run.last.mean():.3g}; the best ones, of epoch {run.best_at} with {run.best.mean():.3g}, "
        "are kept nowhere.",
        "decreasing_loss", "warned", "Pass restore_best_weights=True, or save them with ModelCheckpoint.", True,
    )  # fmt: skip


def _is_worse(losses: np.ndarray, better: np.ndarray, guess: float) -> bool:
    """Whether paired losses are higher than others beyond the noise, by an amount that matters."""
    difference = losses - better
    if not np.isfinite(difference).all():
        return False
    error = float(difference.std()) / len(difference) ** 0.5
    return bool(difference.mean() > ERRORS * error and difference.mean() > LEAST * max(abs(guess), 1e-12))
