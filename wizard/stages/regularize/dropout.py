"""Random silence."""

from __future__ import annotations

from wizard.stages.context import Context
from wizard.stages.own import declared_experiment
from wizard.stages.regularize.experiment import experiment, few
from wizard.stages.step import Outcome, step

RATES = (0.2, 0.5)


@step()
def dropout(context: Context) -> Outcome:
    """Dropout makes the network better.

    Silencing random units while training keeps the network from leaning on any one of them (Srivastava et al. 2014).
    It costs training accuracy; whether it buys validation accuracy is measured here.
    """
    if context.own is not None:
        return declared_experiment(context, context.own, "dropout")
    rates = RATES[: few(context)]
    words = [f"dropout {rate:g}" for rate in rates]
    return experiment(context, "dropout", [{"dropout": rate} for rate in rates], words, are_doses=True)
