"""Thousands of fixed features of series and a linear head: the accuracy of large ensembles in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.seeds import generator
from wizard.data.form import Form, SeriesForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

SIZES = (1_000, 3_000, 10_000)  # features; the paper's are the last
N_KERNELS = 84
FITTED_ROWS = 1_024  # training rows that the scale of the features is taken from: it moves by a few percent beyond
ENOUGH_STEPS = 300  # gradient steps after which a linear head on so many features hardly gets better
FEWEST_EPOCHS, MOST_EPOCHS = 10, 100


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Fixed convolutions, each summed up by the shares of steps above some thresholds: (b, about features)."""
    from wizard.models.layers import Dropout
    from wizard.models.rocket_layers import RocketFeatures

    assert isinstance(form, SeriesForm)
    features = int(hp.Choice("features", SIZES, default=SIZES[-1]))
    x = RocketFeatures(features // N_KERNELS, form.n_measured, name="rocket")(inputs["series"])
    return Dropout()(x)


def prepare(model: Any, tensors: dict[str, np.ndarray], seed: int) -> None:
    """Takes the thresholds and the scale of the features from training rows."""
    series = tensors["series"]
    random = generator(seed, "rocket")
    if len(series) > FITTED_ROWS:
        series = series[np.sort(random.choice(len(series), FITTED_ROWS, replace=False))]
    model.get_layer("rocket").fit(np.asarray(model.get_layer("standardize")(series)), random)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 1e-4 falling along a cosine: thousands of weights move together, and larger steps overshoot."""
    batch = min(batch_for(n_rows), 16 if n_rows < 400 else 32)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="minirocket", learning_rate=1e-4, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """More features."""
    return tuple({"features": features} for features in SIZES)


FAMILY = Family(
    name="minirocket",
    title="MiniRocket",
    paper="Dempster, Schmidt & Webb, MiniRocket: a very fast (almost) deterministic transform for time series "
    "classification, KDD 2021",
    forms=("series",),
    build=build,
    recipe=recipe,
    ladder=ladder,
    prepare=prepare,
    untrained=lambda hp: "rocket",
)
