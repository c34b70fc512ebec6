"""A multilayer perceptron: the plainest net for rows of a table."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple
from wizard.models.inputs import flat_features

ENOUGH_STEPS = 600  # breast cancer and diabetes (300 rows) were best between 300 and 900 steps
FEWEST_EPOCHS, MOST_EPOCHS = 20, 60


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Dense layers with ReLU, each followed by dropout: (b, width)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout

    width = hp.Int("width", 16, 1024, sampling="log", default=128)
    x = flat_features(inputs, form)
    for _ in range(hp.Int("depth", 1, 4, default=2)):
        x = keras.layers.Dense(int(width), activation="relu", kernel_initializer="he_normal")(x)
        x = Dropout()(x)
    return x


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 2e-3 falling along a cosine; small sets get more epochs, so that there are enough steps."""
    batch = batch_for(n_rows)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="mlp", learning_rate=2e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, dropout=0.1,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider first, then deeper."""
    return tuple({"width": width, "depth": depth} for width, depth in ((32, 1), (128, 2), (384, 3), (1024, 3)))


FAMILY = Family(
    name="mlp",
    title="Multilayer perceptron",
    paper="Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986",
    forms=("image", "features", "tokens", "series"),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
