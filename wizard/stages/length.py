"""How long runs are, beside how long they should be: a small budget leaves them fewer epochs than networks need."""

from __future__ import annotations

from wizard.core.config import OWN_FAMILY, TrainingConfig
from wizard.models.family import family
from wizard.stages.context import Context

SHORT = 0.5  # of the family's own epochs: what does best in less is what learns fastest, not what gets furthest


def trained(config: TrainingConfig) -> int:
    """Epochs that a configuration trains for at most."""
    return min(config.epochs, config.stop_after or config.epochs)


def own_epochs(context: Context, config: TrainingConfig) -> int:
    """Epochs that the family's own recipe takes on these rows."""
    found = context.own.family if context.own is not None and config.family == OWN_FAMILY else family(config.family)
    return found.recipe(context.prepared(config).form, len(context.train_rows), context.task).epochs


def is_cut_short(context: Context, config: TrainingConfig) -> bool:
    """Whether the budget has left a configuration so few epochs that comparing others by them would mislead."""
    return context.budget.seconds is not None and config.epochs < SHORT * own_epochs(context, config)
