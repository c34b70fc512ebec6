"""Does the network look at its inputs?"""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars
from wizard.core.finding import Cause
from wizard.core.run import TrainingRun
from wizard.stages.baseline.dumb_baselines import LEARNT, fold_of_rows
from wizard.stages.baseline.skeleton import broken_down, for_steps, skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.step import Outcome, failed, passed, step, warned
from wizard.stages.words import loss
from wizard.training.compare import Association, association
from wizard.training.metrics import log_losses
from wizard.training.units import effective_rows

STANDARD_ERRORS = 3.0  # of the paired difference of losses: a band that chance leaves in 1 of 700 runs
STRONG = 6.0  # deviations from chance of what a simple method predicts: a signal that no working network misses


@step(gate=True)
def input_independent(context: Context) -> Outcome:
    """Real inputs beat blank ones.

    The same network is trained on the real inputs, on zeros, and on inputs shuffled against their labels. Only the
    first can do better than guessing; if it does not, the data never reach the network, or labels and inputs were
    torn apart on the way.
    """
    if context.foreign is not None:
        return verdicts.against_blank(context)
    config = for_steps(context, skeleton(context), context.effort.steps)
    runs = {
        "real inputs": context.train(config),
        "blank inputs": context.train(config.but(control="zeros")),
        "shuffled inputs": context.train(config.but(control="shuffled")),
    }
    broken = broken_down(runs["real inputs"]) or broken_down(runs["blank inputs"])
    if broken:
        return failed(
            f"The short training broke down: {broken}.",
            causes=(
                Cause(fault="O01", sentence="The learning rate is too high."),
                Cause(fault="D03", sentence="The inputs hold NaN or infinite numbers."),
            ),
            advice="Look at the numbers that enter the network, and lower the learning rate.",
        )
    losses = {name: _losses(context, run) for name, run in runs.items() if not run.failure}
    difference = losses["blank inputs"] - losses["real inputs"]
    held = context.prepared(config).held
    units = context.units(held)
    error = float(difference.std() / np.sqrt(effective_rows(difference, units)))
    gain, unit = float(difference.mean()), "nats" if context.task.is_classification else "target variances"
    bars = Bars(
        title="Loss on held-out rows after the same short training",
        caption=f"{len(difference):,} rows; intervals are 95%.",
        labels=tuple(losses),
        values=tuple(float(values.mean()) for values in losses.values()),
        intervals=tuple(_interval(values, units) for values in losses.values()),
        value_label=f"loss ({unit})",
    )
    numbers = {
        "measured": float(losses["real inputs"].mean()), "expected": float(losses["blank inputs"].mean()),
        "interval": _interval(losses["real inputs"], units), "unit": unit, "blocks": (bars,),
    }  # fmt: skip
    real, blank = (loss(float(losses[name].mean())) for name in ("real inputs", "blank inputs"))
    if gain > STANDARD_ERRORS * error:
        return passed(f"With real inputs the loss falls to {real} {unit}, with blank ones to {blank}.", **numbers)
    seen = _association(context, context.trainer.held_predictions(runs["real inputs"]), held)
    if not seen.is_beyond_chance and context.split.folds:  # a fold of a few rows decides little: all of them do
        judged = context.judge(config)
        if not judged.failure:
            seen = association(
                context.y(judged.rows), judged.predictions[0], fold_of_rows(context),
                context.derived_seed("all folds"), context.units(judged.rows),
            )  # fmt: skip
    if seen.is_beyond_chance:
        relation = (
            "is within the noise of" if gain > -STANDARD_ERRORS * error else "is above, as it is too sure of itself,"
        )
        return passed(
            f"What the network predicts has to do with the labels, though its loss of {real} {unit} on held-out rows "
            f"{relation} the {blank} of blank inputs.",
            **numbers,
        )
    if context.decided("signal") and not _is_strong(context, held):
        return warned(
            "The network does not find the faint signal that simple methods find in these inputs.",
            advice="Expect little of these inputs; more rows, or inputs that say more, would help most.",
            **numbers,
        )
    if context.decided("signal"):
        return failed(
            "The network does no better on real inputs than on blank ones, though simple methods find signal in them.",
            causes=(
                Cause(fault="M16", sentence="The inputs do not reach the network's output."),
                Cause(fault="L03", sentence="Inputs and labels lost their common order on the way to the network."),
            ),
            advice="Look at the tensors that enter the network, beside their labels.",
            **numbers,
        )
    return warned(
        "There may be no usable signal in these inputs: neither the network nor any simple method finds one.",
        advice="Check that the labels belong to these inputs.",
        **numbers,
    )


def _association(context: Context, predictions: np.ndarray, held: np.ndarray) -> Association:
    seed = context.derived_seed("input_independent")
    return association(context.y(held), predictions, np.zeros(len(held)), seed, context.units(held))


def _is_strong(context: Context, held: np.ndarray) -> bool:
    """Whether some simple method finds a strong signal on the rows that the network was measured on."""
    place = np.searchsorted(context.deciding_rows, held)
    found = (_association(context, predicted[place], held) for predicted in context.shared.get(LEARNT, ()))
    return any(one.deviations > STRONG for one in found)


def _losses(context: Context, run: TrainingRun) -> np.ndarray:
    """(n,) losses on held-out rows from stored predictions: nats, or squares in target variances."""
    prepared = context.prepared(run.config)
    held = prepared.held
    predictions = context.trainer.held_predictions(run)
    if context.task.is_classification:
        return log_losses(prepared.y[held], predictions)
    return (((predictions - context.y(held)) / prepared.scale.std) ** 2).reshape(len(held), -1).mean(1)


def _interval(values: np.ndarray, units: np.ndarray) -> tuple[float, float]:
    half = 1.96 * float(values.std()) / np.sqrt(effective_rows(values, units))
    return (float(values.mean()) - half, float(values.mean()) + half)
