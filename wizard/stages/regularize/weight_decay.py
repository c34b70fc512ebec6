"""Small weights."""

from __future__ import annotations

from wizard.stages.context import Context
from wizard.stages.own import declared_experiment
from wizard.stages.regularize.experiment import experiment, few
from wizard.stages.step import Outcome, step

DECAYS = (0.1, 1.0)  # a unit of learning rate: at a rate of 1e-3 a weight loses 0.01% and 0.1% a step


@step()
def weight_decay(context: Context) -> Outcome:
    """Weight decay makes the network better.

    Pulling weights towards zero prefers simple explanations (decoupled from the gradient: Loshchilov & Hutter 2019).
    Biases, normalisations and embeddings are left alone.
    """
    if context.own is not None and (context.own.of_role("weight_decay") or not context.own.takes_decay):
        return declared_experiment(context, context.own, "weight_decay")
    decays = DECAYS[: few(context)]
    changes = [{"weight_decay": decay} for decay in decays]
    words = [f"weight decay {decay:g}" for decay in decays]
    return experiment(context, "weight_decay", changes, words, are_doses=True)
