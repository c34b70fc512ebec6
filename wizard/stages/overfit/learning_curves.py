"""Training and validation, rung by rung."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines
from wizard.stages.context import Context
from wizard.stages.overfit.rungs import loss_unit
from wizard.stages.step import Outcome, noted, skipped, step
from wizard.stages.words import count

TURNED = 1.05  # times its lowest: a validation loss that rose by this much has turned


@step()
def learning_curves(context: Context) -> Outcome:
    """It is known when overfitting sets in.

    While both losses fall the network learns what holds in general; once the validation loss turns, it learns the
    training rows by heart. The gap between the curves is what regularisation has to close.
    """
    runs = [run for run in context.shared.get("ladder", []) if not run.failure and "val_loss" in run.history]
    if not runs:
        return skipped("No rung of the ladder was trained to its end.")
    unit = loss_unit(context)
    lines = []
    for number, run in enumerate(runs, start=1):
        x = run.epochs_seen
        lines.append(Line(name=f"rung {number}, training", x=x, y=run.history["loss"], dashed=True))
        lines.append(Line(name=f"rung {number}, validation", x=x, y=run.history["val_loss"]))
    last = np.array(runs[-1].history["val_loss"])
    epochs = [int(epoch) for epoch in runs[-1].epochs_seen]
    turn = epochs[int(last.argmin())]
    has_turned = last[-1] > TURNED * last.min()
    plot = Lines(
        title="Learning curves",
        caption="Training loss while training (dashed), and validation loss.",
        lines=tuple(lines),
        x_label="epochs",
        y_label=f"loss ({unit})",
        log_y=True,
    )
    gap = float(runs[-1].scores["val_loss"] - runs[-1].scores["train_loss"])
    numbers = {"measured": gap, "unit": f"{unit} between validation and training loss", "blocks": (plot,)}
    if has_turned:
        return noted(
            f"The validation loss of the last rung is lowest in epoch {turn} of {epochs[-1]} and rises afterwards: "
            f"from there on it learns by heart.",
            **numbers,
        )
    return noted(
        f"The validation loss has not turned after {count(epochs[-1], 'epoch')}; the gap is {gap:.3f} {unit}.",
        **numbers,
    )
