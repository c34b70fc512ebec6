"""A small convolutional network over time: the plain choice for series."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, SeriesForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

SIZES = (8, 5, 3)  # steps of the first three kernels, as in the paper; further blocks take 3
LONG = 96  # steps: longer maps are halved between blocks, so that the last sees a good part of the series
MOMENTUM = 0.9  # batch statistics of the last dozens of steps: runs here are short
ENOUGH_STEPS = 600  # gradient steps after which sets of some hundred rows hardly get better
FEWEST_EPOCHS, MOST_EPOCHS = 20, 60


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Blocks of convolution, batch norm and ReLU, the middle ones twice as wide, then means over time: (b, e)."""
    from wizard.core.backend import keras
    from wizard.models.layers import BatchNormalization, Dropout

    assert isinstance(form, SeriesForm)
    width = int(hp.Int("width", 8, 128, step=8, default=32))
    blocks = int(hp.Int("blocks", 2, 5, default=3))
    x = inputs["series"]
    for block in range(blocks):
        if block and x.shape[1] > LONG:
            x = keras.layers.MaxPooling1D(2)(x)
        is_middle = 0 < block < blocks - 1
        size = SIZES[block] if block < len(SIZES) else SIZES[-1]
        x = keras.layers.Conv1D(
            width * (2 if is_middle else 1), size, padding="same", use_bias=False, kernel_initializer="he_normal"
        )(x)
        x = BatchNormalization(momentum=MOMENTUM)(x)
        x = keras.layers.Activation("relu")(x)
    grid = int(hp.Int("grid", 1, 8, default=1))  # stretches of time that the head tells apart; 1 pools over all
    if grid > 1:
        x = keras.layers.Flatten()(keras.layers.AveragePooling1D(-(-x.shape[1] // grid), padding="same")(x))
    else:
        x = keras.layers.GlobalAveragePooling1D()(x)
    return Dropout()(x)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 2e-3 falling along a cosine; small sets get more epochs, so that there are enough steps."""
    batch = min(batch_for(n_rows), 16 if n_rows < 400 else 32)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="convnet_1d", learning_rate=2e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider and deeper in turn."""
    return tuple({"width": width, "blocks": blocks} for width, blocks in ((16, 3), (32, 3), (64, 3), (128, 4)))


FAMILY = Family(
    name="convnet_1d",
    title="Convolutional network over time",
    paper="Wang, Yan & Oates, Time series classification from scratch with deep neural networks, IJCNN 2017",
    forms=("series",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
