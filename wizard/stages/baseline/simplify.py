"""Nothing random or regularising is on."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.stages.context import Context
from wizard.stages.experiments.judging import evidence_of, judged
from wizard.stages.step import Outcome, step
from wizard.stages.words import listed


@step()
def simplify(context: Context) -> Outcome:
    """Nothing that only helps a working network is switched on yet.

    Augmentation, dropout, weight decay, schedules and label smoothing hide bugs: they make a broken network's numbers
    look like a regularised one's.
    """
    evidence = evidence_of(context)
    model = evidence.pipeline.model
    extras = what_is_on(model, evidence.pipeline.head.smoothing, evidence.pipeline.varies)
    table = Table(
        title="What could be on",
        columns=(Column(name="what"), Column(name="here")),
        rows=tuple((name, value or "off") for name, value in extras.items()),
    )
    on = [f"{name} ({value})" for name, value in extras.items() if value]
    penalty = evidence.first.penalty
    data = abs(evidence.first.own)
    fine = f"Your model has {listed(on, 6)} on; turn it off while looking for bugs." if on else (
        "Nothing random or regularising is on: no augmentation, dropout, weight decay, schedule or label smoothing."
    )  # fmt: skip
    share = penalty / (penalty + data) if penalty + data > 0 else 0.0
    return judged(
        context, "simplify", fine, measured=share if np.isfinite(share) else 0.0, expected=0.0,
        unit="share of the loss that is regularisation", blocks=(table,),
    )  # fmt: skip


def what_is_on(model: Any, smoothing: float, varies: bool = False) -> dict[str, str]:
    """What holds training back or changes inputs in a compiled model, by kind; "" where nothing does."""
    from wizard.core.backend import keras

    layers = model._flatten_layers(include_self=False, recursive=True)
    dropouts, augmenting, penalised = [], ["in the pipeline"] if varies else [], []
    for layer in layers:
        kind = type(layer).__name__
        rate = getattr(layer, "rate", 0)
        if "Dropout" in kind and isinstance(rate, float | int) and rate > 0:
            dropouts.append(f"{layer.name} {float(rate):g}")
        if kind.startswith(("Random", "MixUp", "CutMix", "AugMix", "RandAugment", "GaussianNoise")):
            augmenting.append(layer.name)
        if any(getattr(layer, name, None) is not None for name in ("kernel_regularizer", "bias_regularizer",
               "activity_regularizer")):  # fmt: skip
            penalised.append(layer.name)
    optimizer = model.optimizer
    decay = getattr(optimizer, "weight_decay", None)
    decay = float(keras.ops.convert_to_tensor(decay)) if decay is not None else 0.0
    is_scheduled = isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule)
    return {
        "augmentation": ", ".join(augmenting),
        "dropout": ", ".join(dropouts),
        "weight decay": f"{decay:g}" if decay else "",
        "penalties on weights": ", ".join(penalised),
        "schedule of the learning rate": type(optimizer._learning_rate).__name__ if is_scheduled else "",
        "label smoothing": f"{smoothing:g}" if smoothing else "",
    }
