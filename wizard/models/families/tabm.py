"""Many multilayer perceptrons in one: the members share their weights, and their answers are averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import FeaturesForm, Form
from wizard.data.task import Task
from wizard.models.family import Family, look_every, multiple
from wizard.models.inputs import category_features

BATCHES = ((2_800, 32), (4_500, 64), (6_400, 128), (108_000, 256))  # training rows below: batch
LARGEST_BATCH = 1024  # the paper takes 512 from 32,000 rows: good for a GPU, while a CPU takes as long for fewer steps
EMBEDDING = 16  # numbers that stand for a number
PATIENCE = 16  # epochs, as in the paper
RATE = 4e-3  # twice the paper's constant one, as it falls: Adult's validation loss is lower and steadier
STEPS = 2_500
FEWEST_EPOCHS, MOST_EPOCHS = 20, 100
FITTED = 20_000  # training rows that quantiles are taken of: more do not move them


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Numbers as bent lines, categories one-hot, m members of shared dense layers: (b, m, width)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout
    from wizard.models.table_layers import Members, PiecewiseLinear

    assert isinstance(form, FeaturesForm)
    n_members = int(hp.Int("members", 2, 32, default=8))
    width = int(hp.Int("width", 64, 1024, sampling="log", default=128))
    depth = int(hp.Int("depth", 1, 4, default=2))
    n_bins = int(hp.Int("bins", 2, 128, default=48))
    parts, sizes = [], []
    if form.numeric:
        embedded = PiecewiseLinear(n_bins, EMBEDDING, name="piecewise_linear")(inputs["numeric"])  # (b, d, e)
        parts.append(keras.layers.Reshape((len(form.numeric) * EMBEDDING,))(embedded))
        sizes += [EMBEDDING] * len(form.numeric)
    for category in category_features(inputs, form):
        parts.append(category)
        sizes.append(category.shape[-1])
    x = parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)  # (b, D)
    x = Members(n_members, sizes, name="members")(x)  # (b, m, D)
    for _ in range(depth):
        x = keras.layers.Dense(width, activation="relu", kernel_initializer="he_uniform")(x)
        x = Dropout()(x)
    return x


def prepare(model: Any, tensors: dict[str, np.ndarray], seed: int) -> None:
    """Bins at the training rows' quantiles."""
    if "numeric" in tensors:
        rows = tensors["numeric"]
        model.get_layer("piecewise_linear").fit(np.asarray(rows[:: -(-len(rows) // FITTED)]))  # they may be sorted


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """AdamW falling along a cosine, clipped gradients, dropout, the best epoch; batches by the number of rows."""
    batch = next((size for below, size in BATCHES if n_rows < below), LARGEST_BATCH)
    look = look_every(n_rows, batch)
    epochs = min(max(STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="tabm", learning_rate=RATE, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, dropout=0.1, weight_decay=3e-4, clip=1.0, patience=max(PATIENCE // look, 4),
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """More and wider members."""
    shapes = ((4, 64, 2, 32), (8, 128, 2, 48), (16, 256, 2, 48), (32, 512, 2, 48))
    return tuple(dict(zip(("members", "width", "depth", "bins"), shape, strict=True)) for shape in shapes)


FAMILY = Family(
    name="tabm",
    title="TabM",
    paper="Gorishniy, Kotelnikov & Babenko, TabM: advancing tabular deep learning with parameter-efficient ensembling, "
    "ICLR 2025",
    forms=("features",),
    build=build,
    recipe=recipe,
    ladder=ladder,
    prepare=prepare,
)
