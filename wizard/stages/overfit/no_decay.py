"""The learning rate stays where it is; what a decay would have done."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Line, Lines
from wizard.core.finding import Cause
from wizard.core.run import TrainingRun
from wizard.stages.context import Context
from wizard.stages.overfit.rungs import error_unit, left_in_words, loss_unit, training_error
from wizard.stages.own import NO_SCHEDULE
from wizard.stages.step import Outcome, noted, skipped, step, warned
from wizard.stages.words import count, share

STEP_EPOCHS, STEP_FACTOR = 30, 0.1  # the decay of most code written for ImageNet (He et al. 2016 and its descendants)
CUT = 0.05  # of the training rows (or of the target's variance): so much more unfitted is decay, not chance
WARM_UP = 0.05  # of a cosine's epochs: how our own begins
POINTS = 200  # of a drawn schedule


@step()
def no_decay(context: Context) -> Outcome:
    """The learning rate does not decay before the network has fitted.

    A decay is made for one number of epochs. Borrowed from other data it can bring the rate to nothing before the
    network has converged, and it then looks as if the network were too small. So here the rate is constant; decays are
    tuned at the very end.
    """
    ladder = context.shared.get("ladder", [])
    base = ladder[context.shared["best_rung"]] if ladder else None
    if base is None or base.failure:
        return skipped("No rung of the ladder was trained to its end.")
    if context.own is not None and not context.own.takes_schedule:
        return skipped(NO_SCHEDULE)
    epochs = int(base.epochs_seen[-1])
    fixed = training_error(context, base)
    borrowed = _borrowed(epochs)
    start = (
        f"The rate stays constant for the {count(epochs, 'epoch')} of the rung taken: {left_in_words(context, fixed)}"
    )
    if not context.pacing.allows("no_decay: the same run with a decay", base.seconds):
        return noted(
            f"{start}. There was no time to train it with a decay; {borrowed}.", blocks=(_rates(base, epochs),)
        )
    decayed = context.train(base.config.but(schedule="cosine", epochs=epochs, fit_to=None))
    error = training_error(context, decayed)
    numbers: dict[str, Any] = {
        "measured": error, "expected": fixed, "unit": f"share of {error_unit(context)}, with a decay",
        "blocks": (_losses(context, base, decayed), _rates(base, epochs)),
    }  # fmt: skip
    target = float(context.shared["fit_target"])
    if fixed <= target < error - CUT:
        return warned(
            f"A decay would have stopped the network before it fitted: {left_in_words(context, fixed)} after "
            f"{epochs:,} epochs at a constant rate, {left_in_words(context, error)} with a cosine decay over as "
            f"many; {borrowed}.",
            causes=(
                Cause(
                    fault="O03",
                    sentence=f"A schedule planned for {epochs:,} epochs or fewer takes the rate down too early.",
                    tested=True,
                ),
            ),
            advice="Keep the rate constant until the network fits, or plan any decay over far more epochs.",
            **numbers,
        )
    return noted(
        f"{start}. With a cosine decay over as many epochs {left_in_words(context, error)}; {borrowed}.", **numbers
    )


def _borrowed(epochs: int) -> str:
    """What a decay made for other data would have left of the rate, computed."""
    if epochs <= STEP_EPOCHS:
        return f"the decay of most code for ImageNet, a tenth every {STEP_EPOCHS} epochs, would not even have begun"
    spent = float(_step_rate(np.arange(epochs)).mean())
    return (
        f"the decay of most code for ImageNet, to a tenth every {STEP_EPOCHS} epochs, would have spent "
        f"{share(1 - STEP_EPOCHS / epochs)} of the epochs at a tenth of the rate or less, and moved the weights "
        f"{share(spent)} as far"
    )


def _step_rate(epoch: np.ndarray) -> np.ndarray:
    """Share of the first rate left at the beginning of each epoch."""
    rate: np.ndarray = STEP_FACTOR ** (epoch // STEP_EPOCHS)
    return rate


def _losses(context: Context, base: TrainingRun, decayed: TrainingRun) -> Lines:
    """Training losses with and without a decay."""
    runs = {"constant rate": base, "cosine decay": decayed}
    return Lines(
        title="Training loss with and without a decay",
        caption="The same network, data and seed; only the schedule differs.",
        lines=tuple(Line(name=name, x=run.epochs_seen, y=run.history["loss"]) for name, run in runs.items()),
        x_label="epochs", y_label=f"loss ({loss_unit(context)})", log_y=True,
    )  # fmt: skip


def _rates(base: TrainingRun, epochs: int) -> Lines:
    """The schedules themselves."""
    x = np.linspace(0, epochs, POINTS)
    done = x / epochs
    cosine = np.minimum(done / WARM_UP, 0.5 * (1 + np.cos(np.pi * np.clip((done - WARM_UP) / (1 - WARM_UP), 0, 1))))
    lines = {"constant, as here": np.ones(POINTS), "cosine": cosine, "as for ImageNet": _step_rate(x)}
    peak = base.config.learning_rate
    return Lines(
        title="Learning rates", caption="What is left of the rate over the epochs that this network needed.",
        lines=tuple(
            Line(name=name, x=tuple(map(float, x)), y=tuple(float(peak * v) for v in y)) for name, y in lines.items()
        ),
        x_label="epochs", y_label="learning rate",
    )  # fmt: skip
