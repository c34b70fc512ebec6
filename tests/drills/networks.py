"""Healthy pipelines of somebody else's making, and faults that are put into model, loss, optimiser or tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

ROWS, HELD = 900, 300


@dataclass(frozen=True)
class Parts:
    """What a training script puts together.

    Attributes:
        x: Training inputs.
        y: Training targets.
        x_held: Validation inputs.
        y_held: Validation targets.
        kind: "classes", "binary", "labels" or "numbers".
        body: (inputs, parts) -> features.
        activation: Of hidden layers.
        last: Activation of the last layer; "double" is softmax twice.
        units: Of the last layer.
        loss: As compile takes it.
        optimizer: Makes the optimiser.
        layer: Options of hidden layers.
        wrap: Change of the finished model, before compile.
        fit: Options of the pipeline (batch, class_weight, is_shuffled, epochs, callbacks …).
        vary: (inputs, random) -> inputs as one pass over the training examples gives them: augmentation.
    """

    x: Any
    y: np.ndarray
    x_held: Any
    y_held: np.ndarray
    kind: str
    body: Callable[[Any, Parts], Any]
    activation: str = "relu"
    last: str | None = None
    units: int = 1
    loss: Any = None
    optimizer: Callable[[], Any] | None = None
    layer: dict[str, Any] = field(default_factory=dict)
    wrap: Callable[[Any], Any] | None = None
    fit: dict[str, Any] = field(default_factory=dict)
    vary: Callable[[Any, np.random.Generator], Any] | None = None

    def but(self, **changes: Any) -> Parts:
        """With other parts."""
        return replace(self, **changes)

    def varied(self, number: int) -> Any:
        """The training inputs as a pass over them gives them."""
        return self.x if self.vary is None else self.vary(self.x, np.random.default_rng(number))


def pipeline(parts: Parts, seed: int) -> Any:
    """Builds and compiles what a script would, as a pipeline to be judged."""
    from wizard.core.backend import keras
    from wizard.training.pipeline import Pipeline, Tensors

    keras.utils.set_random_seed(seed)
    first, options = parts.x, dict(parts.fit)
    if parts.vary is not None:
        first = parts.varied(0)
        options = {"second_x": parts.varied(1)[:256], "draws": "the pipeline", **options}
    inputs = keras.Input(first.shape[1:], dtype="int32" if first.dtype.kind == "i" else "float32")
    features = parts.body(inputs, parts)
    if parts.last == "double":
        out = keras.layers.Softmax()(keras.layers.Dense(parts.units, "softmax")(features))
    else:
        out = keras.layers.Dense(parts.units, parts.last)(features)
    model = keras.Model(inputs, out)
    if parts.wrap is not None:
        model = parts.wrap(model)
    model.compile(parts.optimizer() if parts.optimizer else "adam", parts.loss)
    return Pipeline(
        model, Tensors(first, parts.y), Tensors(parts.x_held, parts.y_held), seed=seed, **options
    )  # fmt: skip


def mlp(inputs: Any, parts: Parts) -> Any:
    from wizard.core.backend import keras

    x = keras.layers.Flatten()(inputs) if len(inputs.shape) > 2 else inputs
    for _ in range(parts.layer.get("depth", 2)):
        options = {key: value for key, value in parts.layer.items() if key in ("kernel_initializer", "use_bias",
                   "kernel_regularizer", "bias_initializer", "trainable")}  # fmt: skip
        x = keras.layers.Dense(parts.layer.get("width", 64), parts.activation, **options)(x)
        if parts.layer.get("norm"):
            x = keras.layers.BatchNormalization()(x)
        if parts.layer.get("dropout"):
            x = keras.layers.Dropout(parts.layer["dropout"])(x, training=parts.layer.get("training"))
    return x


def _conv(inputs: Any, parts: Parts) -> Any:
    from wizard.core.backend import keras

    x, options = inputs, {key: value for key, value in parts.layer.items() if key in ("kernel_initializer", "use_bias",
                          "kernel_regularizer", "bias_initializer", "trainable")}  # fmt: skip
    for width in (16, 32):
        x = keras.layers.Conv2D(width, 3, padding="same", activation=parts.activation, **options)(x)
        if parts.layer.get("norm"):
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.MaxPooling2D()(x)
        if parts.layer.get("dropout"):
            x = keras.layers.Dropout(parts.layer["dropout"])(x, training=parts.layer.get("training"))
    return keras.layers.Flatten()(x)


def _words(inputs: Any, parts: Parts) -> Any:
    from wizard.core.backend import keras

    x = keras.layers.Embedding(2000, 32)(inputs)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return mlp(x, parts.but(layer={**parts.layer, "depth": 1}))


def _divided(x: Any, y: np.ndarray, seed: int = 0) -> tuple[Any, ...]:
    order = np.random.default_rng(seed).permutation(len(y))[: ROWS + HELD]
    cut = int(len(order) * 0.75)
    return x[order[:cut]], y[order[:cut]], x[order[cut:]], y[order[cut:]]


SPARSE = "sparse_categorical_crossentropy"


@cache
def pictures() -> Parts:
    """Digits as pictures, a small convolutional net."""
    from sklearn.datasets import load_digits

    both = load_digits()
    data = _divided((both.images[..., None] / 16).astype("float32"), both.target)
    return Parts(*data, "classes", _conv, last="softmax", units=10, loss=SPARSE)


@cache
def flat() -> Parts:
    """Digits as rows, two hidden layers."""
    from sklearn.datasets import load_digits

    both = load_digits()
    data = _divided((both.data / 16).astype("float32"), both.target, 1)
    return Parts(*data, "classes", mlp, last="softmax", units=10, loss=SPARSE)


def standardised(x: np.ndarray) -> np.ndarray:
    return ((x - x.mean(0)) / np.maximum(x.std(0), 1e-9)).astype("float32")


@cache
def tumours() -> Parts:
    """Breast tumours, one sigmoid."""
    from sklearn.datasets import load_breast_cancer

    both = load_breast_cancer()
    data = _divided(standardised(both.data), both.target.astype("float32")[:, None])
    return Parts(*data, "binary", mlp, last="sigmoid", units=1, loss="binary_crossentropy")


@cache
def wine() -> Parts:
    """Three cultivars, few rows."""
    from sklearn.datasets import load_wine

    both = load_wine()
    data = _divided(standardised(both.data), np.eye(3, dtype="float32")[both.target])
    return Parts(*data, "classes", mlp, last="softmax", units=3, loss="categorical_crossentropy", fit={"batch": 16})


@cache
def diabetes() -> Parts:
    """How a disease went on: numbers, standardised."""
    from sklearn.datasets import load_diabetes

    both = load_diabetes()
    data = _divided(standardised(both.data), standardised(both.target[:, None]))
    return Parts(*data, "numbers", mlp, units=1, loss="mse")


@cache
def friedman() -> Parts:
    """A made function of ten numbers with noise (Friedman 1991)."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(1200, noise=1.0, random_state=0)
    return Parts(*_divided(standardised(x), standardised(y[:, None])), "numbers", mlp, units=1, loss="mse")


@cache
def words() -> Parts:
    """Docstrings as word numbers, five libraries."""
    from tests.drills.materials import OWN

    given = next(material for material in OWN if material.name == "docstrings").load()
    import re
    from collections import Counter

    tokens = [re.findall(r"[a-z]+", text.lower())[:60] for text in given.x]
    known = {word: i + 1 for i, (word, _) in enumerate(Counter(w for t in tokens for w in t).most_common(1999))}
    x = np.zeros((len(tokens), 60), "int32")
    for row, own in enumerate(tokens):
        numbers = [known[w] for w in own if w in known]
        x[row, : len(numbers)] = numbers
    y = np.unique(given.y, return_inverse=True)[1]
    return Parts(*_divided(x, y), "classes", _words, last="softmax", units=5, loss=SPARSE)


@cache
def tags() -> Parts:
    """Several labels an example."""
    from sklearn.datasets import make_multilabel_classification

    x, y = make_multilabel_classification(1200, n_features=20, n_classes=5, n_labels=2, random_state=0)
    data = _divided(standardised(x), y.astype("float32"))
    return Parts(*data, "labels", mlp, last="sigmoid", units=5, loss="binary_crossentropy")


@cache
def photographs() -> Parts:
    """Pieces of two photographs, in colours."""
    from tests.drills.materials import OWN

    given = next(material for material in OWN if material.name == "photographs").load()
    data = _divided((np.asarray(given.x) / 255).astype("float32"), np.unique(given.y, return_inverse=True)[1])
    return Parts(*data, "classes", _conv, last="softmax", units=int(data[1].max()) + 1, loss=SPARSE)


MATERIALS: dict[str, Callable[[], Parts]] = {
    "pictures": pictures, "photographs": photographs, "flat digits": flat, "tumours": tumours, "wine": wine,
    "diabetes": diabetes, "friedman": friedman, "words": words, "tags": tags,
}  # fmt: skip
NEW = ("photographs", "flat digits", "wine", "friedman", "tags")  # for no threshold
