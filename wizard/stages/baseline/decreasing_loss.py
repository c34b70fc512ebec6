"""The training loss falls, and a larger network gets it lower."""

from __future__ import annotations

from wizard.core.blocks import Line, Lines
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.core.seeds import derive
from wizard.stages.baseline.skeleton import broken_down, for_steps, larger, skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.step import Outcome, failed, noted, passed, step
from wizard.stages.words import loss
from wizard.training.fit import losses_of
from wizard.training.rows import training_rows
from wizard.training.trainer import SCORED_TRAIN_ROWS

LEAST_FALL = 0.02  # of the first loss: less in hundreds of steps is not falling

LOW = Cause(fault="O02", sentence="The learning rate is too low.")
HIGH = Cause(fault="O01", sentence="The learning rate is too high.")
WRONG_SIGN = Cause(fault="T05", sentence="The loss has the wrong sign.")


@step(gate=True)
def decreasing_loss(context: Context) -> Outcome:
    """Training makes the loss fall, and a little more capacity makes it fall further.

    If the loss does not move the optimiser is not connected to it. If a larger network ends no lower, something other
    than capacity is the limit.
    """
    if context.foreign is not None:
        return verdicts.falling(context)
    small = for_steps(context, skeleton(context), 2 * context.effort.steps)
    runs = {"small": context.train(small), "larger": context.train(small.but(hp=larger(context), learning_rate=1e-3))}
    start = _untrained_loss(context, small)
    end = {name: run.scores["train_loss"] for name, run in runs.items() if not run.failure}
    unit = "nats" if context.task.is_classification else "target variances"
    lines = Lines(
        title="Training loss",
        lines=tuple(
            Line(
                name=f"{name} ({run.n_parameters:,} parameters)",
                x=(0.0, *run.epochs_seen),
                y=(start, *run.history["loss"]),
            )
            for name, run in runs.items()
            if not run.failure
        ),
        x_label="epochs",
        y_label=f"training loss ({unit})",
        caption="Running means while training; the point at 0 is the untrained network.",
    )
    decides = {"skeleton": small, "stage_configs": {"baseline": small.but(fold=None)}}
    if "small" not in end:
        return failed(
            f"The training broke down: {broken_down(runs['small'])}.",
            causes=(Cause(fault="O01", sentence="The learning rate is too high."),),
            advice="Look at the numbers that enter the network, and lower the learning rate.",
            decides=decides,
        )
    numbers = {"measured": end["small"], "expected": start, "unit": unit, "blocks": (lines,)}
    if not end["small"] < (1 - LEAST_FALL) * start:
        if not context.decided("signal"):
            return noted("The training loss hardly falls, as there is no usable signal.", decides=decides, **numbers)
        return failed(
            f"The training loss goes from {loss(start)} to {loss(end['small'])} {unit}: it does not fall.",
            causes=(HIGH, WRONG_SIGN, LOW) if end["small"] > (1 + LEAST_FALL) * start else (LOW, HIGH, WRONG_SIGN),
            advice="Check the optimiser, the rate and the loss.",
            decides=decides,
            **numbers,
        )
    if "larger" not in end:
        further = f"with a larger network {broken_down(runs['larger'])}"
    elif end["larger"] < end["small"]:
        further = f"a larger network gets to {loss(end['larger'])}"
    else:
        further = "a larger network gets no lower in as many steps"
    return passed(
        f"The training loss falls from {loss(start)} to {loss(end['small'])} {unit}; {further}.",
        decides=decides,
        **numbers,
    )


def _untrained_loss(context: Context, config: TrainingConfig) -> float:
    """The loss on the training rows of the very weights that the run starts from: without training, nothing falls."""
    config = config.but(seed=derive(context.seed, "run", config.seed))
    prepared = context.prepared(config)
    context.trainer.untrained(config)
    rows = training_rows(config, prepared)
    rows = rows[:: max(1, len(rows) // SCORED_TRAIN_ROWS)]  # those on which the end is measured too
    return float(losses_of(context.trainer.compiled(config).predict(rows), prepared.y[rows], context.task).mean())
