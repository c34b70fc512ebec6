"""Convolutions over time with short and long kernels side by side, deep and with shortcuts."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, SeriesForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

SIZES = (40, 20, 10)  # steps of the kernels, as in the paper
A_SHORTCUT = 3  # modules between two shortcuts
MOMENTUM = 0.9  # batch statistics of the last dozens of steps: runs here are short
ENOUGH_STEPS = 300  # gradient steps; the paper's 1,500 epochs of small sets are hours on a CPU
FEWEST_EPOCHS, MOST_EPOCHS = 15, 100


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Modules, each joining kernels of three lengths and a maximum, then the mean over time: (b, 4 × filters)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout

    assert isinstance(form, SeriesForm)
    filters = int(hp.Int("filters", 4, 64, step=4, default=32))
    depth = int(hp.Int("depth", 3, 9, step=3, default=6))
    x = shortcut = inputs["series"]  # (b, t, c)
    for module in range(depth):
        x = _module(x, filters)
        if module % A_SHORTCUT == A_SHORTCUT - 1:
            along = _normalised(keras.layers.Conv1D(x.shape[-1], 1, use_bias=False)(shortcut))
            x = shortcut = keras.layers.Activation("relu")(keras.layers.Add()([x, along]))
    return Dropout()(keras.layers.GlobalAveragePooling1D()(x))


def _module(x: Any, filters: int) -> Any:
    """(b, t, c) -> (b, t, 4 × filters)."""
    from wizard.core.backend import keras

    def convolution(y: Any, size: int) -> Any:
        return keras.layers.Conv1D(filters, size, padding="same", use_bias=False)(y)

    narrow = convolution(x, 1) if x.shape[-1] > filters else x  # the bottleneck
    parts = [convolution(narrow, size) for size in SIZES]
    parts.append(convolution(keras.layers.MaxPooling1D(3, strides=1, padding="same")(x), 1))
    return keras.layers.Activation("relu")(_normalised(keras.layers.Concatenate()(parts)))


def _normalised(x: Any) -> Any:
    from wizard.models.layers import BatchNormalization

    return BatchNormalization(momentum=MOMENTUM)(x)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 1e-3, as in the paper, falling along a cosine; small sets get more epochs."""
    batch = min(batch_for(n_rows), 16 if n_rows < 400 else 32)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="inception_time", learning_rate=1e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Deeper and wider in turn; the last is the paper's."""
    return tuple({"filters": filters, "depth": depth} for filters, depth in ((8, 3), (16, 3), (16, 6), (32, 6)))


FAMILY = Family(
    name="inception_time",
    title="InceptionTime",
    paper="Ismail Fawaz et al., InceptionTime: finding AlexNet for time series classification, DMKD 2020",
    forms=("series",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
