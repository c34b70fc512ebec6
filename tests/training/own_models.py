"""Models as users build them, and the smallest journeys on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.stages.walk import TINY
from wizard import Wizard
from wizard.core.budget import Budget
from wizard.journey import Journey


def wine() -> tuple[np.ndarray, np.ndarray]:
    """Standardised rows and codes of three classes, shuffled."""
    from sklearn.datasets import load_wine

    both = load_wine()
    order = np.random.default_rng(0).permutation(178)
    x = (both.data - both.data.mean(0)) / both.data.std(0)
    return x[order].astype("float32"), both.target[order]


def amounts() -> tuple[np.ndarray, np.ndarray]:
    """Ten numbers, and one that depends on them."""
    random = np.random.default_rng(1)
    x = random.normal(size=(160, 10)).astype("float32")
    return x, (50 + 10 * x[:, 0] - 5 * x[:, 1] * x[:, 2]).astype("float32")


def declared(hp: Any) -> Any:
    """Classes; size, dropout and rate are declared."""
    import keras

    model = keras.Sequential([
        keras.Input((13,)), keras.layers.Dense(hp.Int("units", 4, 64, step=4, default=16), "relu"),
        keras.layers.Dropout(hp.Float("dropout", 0, 0.5, default=0.2)), keras.layers.Dense(3, "softmax"),
    ])  # fmt: skip
    rate = hp.Float("lr", 1e-4, 1e-1, sampling="log", default=1e-2)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def plain(hp: Any = None) -> Any:
    """An amount, with a loss that is not the square; nothing is declared."""
    import keras

    inputs = keras.Input((10,))
    hidden = keras.layers.Dense(16, "relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile(keras.optimizers.AdamW(1e-2, weight_decay=0.01), "mae")
    return model


def own_kind() -> type:
    """A class with a training step of its own, which takes pairs and names its loss as it likes."""
    import keras
    import tensorflow as tf

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.last = keras.layers.Dense(16, "relu"), keras.layers.Dense(3)

        def call(self, x, training=False):
            return self.last(self.hidden(x))

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            return {"my_loss": loss}

    return Mine


def stepping(hp: Any = None) -> Any:
    """A model of that class, whose outputs are logits."""
    import keras

    model = own_kind()()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss)
    return model


def journey_of(data: Any, model: Any, folder: Path, **options: Any) -> Journey:
    """A journey of the smallest effort with a model of one's own."""
    return replace(Wizard(data, model=model, out=folder, **options)._journey, budget=Budget(TINY))
