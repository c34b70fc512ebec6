"""A multilayer perceptron with everything that a benchmark of tables found to help."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import FeaturesForm, Form
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple
from wizard.models.inputs import category_features

BATCH = 256
EPOCHS = 256  # as in the paper
FITTED = 2_000  # training rows that the first weights are scaled by
SMALL = 2_000  # rows: with fewer the batch shrinks, so that an epoch has some steps


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Waves of the numbers beside them, scaled features, dense layers in the tangent parametrisation: (b, width)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout
    from wizard.models.table_layers import FeatureScale, PeriodicEmbedding, TangentDense

    assert isinstance(form, FeaturesForm)
    width = int(hp.Int("width", 64, 512, sampling="log", default=256))
    depth = int(hp.Int("depth", 1, 4, default=3))
    activation = str(hp.Choice("activation", ["selu", "mish"], default="selu"))
    parts = [PeriodicEmbedding(name="periodic")(inputs["numeric"])] if form.numeric else []
    parts += category_features(inputs, form)
    x = parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)  # (b, D)
    x = FeatureScale(name="feature_scale")(x)
    for number in range(depth):
        x = TangentDense(width, name=f"tangent_{number}")(x)
        x = Dropout()(keras.layers.Activation(activation)(x))
    return keras.layers.Rescaling(1 / math.sqrt(width), name="tangent_head")(x)  # the head's weights learn as slowly


def prepare(model: Any, tensors: dict[str, np.ndarray], seed: int) -> None:
    """Scales each layer's weights to answers of unit deviation, the first layer first."""
    from wizard.core.backend import keras, tf

    rows = {  # spread over all: they may be sorted
        name: tf.constant(np.asarray(values[:: -(-len(values) // FITTED)])) for name, values in tensors.items()
    }
    for layer in model.layers:
        if layer.name.startswith("tangent_") and hasattr(layer, "fit"):
            before = keras.Model(model.inputs, layer.input)
            layer.fit(before({name: rows[name] for name in model.input}, training=False))


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """The paper's tuned defaults."""
    batch = BATCH if n_rows >= SMALL else 128 if n_rows >= SMALL / 2 else batch_for(n_rows)
    look = look_every(n_rows, batch)
    is_class = task.is_classification
    return TrainingConfig(
        family="realmlp", hp={"activation": "selu" if is_class else "mish"},
        learning_rate=0.04 if is_class else 0.2, schedule="cycles", beta_2=0.95, batch=batch,
        epochs=multiple(EPOCHS, look), look_every=look, dropout=0.15, weight_decay=0.02, fade=True,
        label_smoothing=0.1 if is_class else 0.0, patience=EPOCHS,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider and deeper in turn."""
    shapes = ((64, 2), (128, 3), (256, 3), (512, 4))
    return tuple({"width": width, "depth": depth, "activation": "selu"} for width, depth in shapes)


FAMILY = Family(
    name="realmlp",
    title="RealMLP",
    paper="Holzmüller, Grinsztajn & Steinwart, Better by default: strong pre-tuned MLPs and boosted trees on tabular "
    "data, NeurIPS 2024",
    forms=("features",),
    build=build,
    recipe=recipe,
    ladder=ladder,
    prepare=prepare,
)
