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
        fit: Options of the pipeline (batch, class_weight, is_shuffled …).
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

    def but(self, **changes: Any) -> Parts:
        """With other parts."""
        return replace(self, **changes)


def pipeline(parts: Parts, seed: int) -> Any:
    """Builds and compiles what a script would, as a pipeline to be judged."""
    from wizard.core.backend import keras
    from wizard.training.pipeline import Pipeline, Tensors

    keras.utils.set_random_seed(seed)
    first = parts.x
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
        model, Tensors(parts.x, parts.y), Tensors(parts.x_held, parts.y_held), seed=seed, **parts.fit
    )  # fmt: skip


def _mlp(inputs: Any, parts: Parts) -> Any:
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
    return _mlp(x, parts.but(layer={**parts.layer, "depth": 1}))


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
    return Parts(*data, "classes", _mlp, last="softmax", units=10, loss=SPARSE)


def _standardised(x: np.ndarray) -> np.ndarray:
    return ((x - x.mean(0)) / np.maximum(x.std(0), 1e-9)).astype("float32")


@cache
def tumours() -> Parts:
    """Breast tumours, one sigmoid."""
    from sklearn.datasets import load_breast_cancer

    both = load_breast_cancer()
    data = _divided(_standardised(both.data), both.target.astype("float32")[:, None])
    return Parts(*data, "binary", _mlp, last="sigmoid", units=1, loss="binary_crossentropy")


@cache
def wine() -> Parts:
    """Three cultivars, few rows."""
    from sklearn.datasets import load_wine

    both = load_wine()
    data = _divided(_standardised(both.data), np.eye(3, dtype="float32")[both.target])
    return Parts(*data, "classes", _mlp, last="softmax", units=3, loss="categorical_crossentropy", fit={"batch": 16})


@cache
def diabetes() -> Parts:
    """How a disease went on: numbers, standardised."""
    from sklearn.datasets import load_diabetes

    both = load_diabetes()
    data = _divided(_standardised(both.data), _standardised(both.target[:, None]))
    return Parts(*data, "numbers", _mlp, units=1, loss="mse")


@cache
def friedman() -> Parts:
    """A made function of ten numbers with noise (Friedman 1991)."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(1200, noise=1.0, random_state=0)
    return Parts(*_divided(_standardised(x), _standardised(y[:, None])), "numbers", _mlp, units=1, loss="mse")


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
    data = _divided(_standardised(x), y.astype("float32"))
    return Parts(*data, "labels", _mlp, last="sigmoid", units=5, loss="binary_crossentropy")


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


def _keras() -> Any:
    from wizard.core.backend import keras

    return keras


def _adam(rate: float = 1e-3, **options: Any) -> Callable[[], Any]:
    return lambda: _keras().optimizers.Adam(rate, **options)


def _mixing(model: Any) -> Any:
    keras = _keras()
    inner = keras.Model(model.inputs, model.layers[-2].output)

    class Mixed(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 0.5 + keras.ops.mean(x, axis=0, keepdims=True) * 3 + keras.ops.roll(x, 1, axis=0)

    out = model.layers[-1](Mixed()(inner.output))
    return keras.Model(model.inputs, out)


def _always_dropped(model: Any) -> Any:
    keras = _keras()
    inner = keras.Model(model.inputs, model.layers[-2].output)

    class Dropped(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.generator = keras.random.SeedGenerator(3)

        def call(self, x: Any) -> Any:
            return keras.random.dropout(x, 0.5, seed=self.generator)

    return keras.Model(model.inputs, model.layers[-1](Dropped()(inner.output)))


def _unread(model: Any) -> Any:
    keras = _keras()
    inputs = keras.Input(model.input_shape[1:], dtype=model.inputs[0].dtype)
    return keras.Model(inputs, model(inputs * 0))


def _frozen(model: Any) -> Any:
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model


def _clipped_loss(limit: float) -> Callable[..., Any]:
    def clipped(y: Any, p: Any) -> Any:
        ops = _keras().ops
        loss = _keras().losses.sparse_categorical_crossentropy(y, p) if p.shape[-1] > 1 else ops.mean((y - p) ** 2, -1)
        return ops.minimum(loss, limit)

    return clipped


def _negative(y: Any, p: Any) -> Any:
    keras = _keras()
    if p.shape[-1] > 1:
        return -keras.losses.sparse_categorical_crossentropy(y, p)
    return -keras.ops.mean(keras.ops.square(y - p), -1)


@dataclass(frozen=True)
class NetFault:
    """A fault: id, name, what it does to parts (None where it does not apply), and ids that are as right."""

    id: str
    name: str
    inject: Callable[[Parts], Parts | None]
    also: tuple[str, ...] = ()


def _if(applies: bool, parts: Parts) -> Parts | None:
    return parts if applies else None


def _is_class(p: Parts) -> bool:
    return p.kind in ("classes", "binary", "labels")


def _floats(p: Parts) -> bool:
    return p.x.dtype.kind == "f"


FAULTS: tuple[NetFault, ...] = (
    NetFault("M01", "raw numbers into a loss of probabilities", lambda p: _if(_is_class(p), p.but(last=None))),
    NetFault("M01", "softmax twice", lambda p: _if(p.kind == "classes", p.but(last="double"))),
    NetFault("M02", "softmax on one unit", lambda p: _if(p.kind == "binary", p.but(last="softmax"))),
    NetFault("M04", "relu at the end", lambda p: _if(_is_class(p) or p.kind == "numbers", p.but(last="relu"))),
    NetFault("M04", "tanh at the end", lambda p: _if(p.kind == "classes", p.but(last="tanh"))),
    NetFault("M08", "weights start at 0", lambda p: p.but(layer={**p.layer, "kernel_initializer": "zeros"})),
    NetFault("M08", "weights start at a constant", lambda p: p.but(
        layer={**p.layer, "kernel_initializer": _keras().initializers.Constant(0.05)})),
    NetFault("M09", "weights start 5 wide", lambda p: p.but(
        layer={**p.layer, "kernel_initializer": _keras().initializers.RandomNormal(stddev=5)})),
    NetFault("M10", "biases start at -10", lambda p: p.but(
        layer={**p.layer, "bias_initializer": _keras().initializers.Constant(-10.0)})),
    NetFault("M11", "eight sigmoid layers", lambda p: _if(
        p.body is _mlp, p.but(activation="sigmoid", layer={**p.layer, "depth": 8}))),
    NetFault("M13", "examples are mixed", lambda p: p.but(wrap=_mixing)),
    NetFault("M15", "hidden layers frozen", lambda p: p.but(wrap=_frozen)),
    NetFault("M16", "inputs times 0", lambda p: _if(_floats(p), p.but(wrap=_unread))),
    NetFault("T04", "loss cut off", lambda p: _if(p.loss == SPARSE, p.but(loss=_clipped_loss(2.0)))),
    NetFault("T05", "sign turned", lambda p: _if(p.loss == SPARSE or p.kind == "numbers", p.but(loss=_negative))),
    NetFault("T06", "weight for a class that is not there", lambda p: _if(
        p.loss == SPARSE, p.but(fit={**p.fit, "class_weight": {p.units + 2: 10.0}}))),
    NetFault("T09", "l2 of 1", lambda p: p.but(
        layer={**p.layer, "kernel_regularizer": _keras().regularizers.L2(1.0)})),
    NetFault("O01", "rate times 10,000", lambda p: p.but(optimizer=_adam(10.0))),
    NetFault("O02", "rate divided by 10,000", lambda p: p.but(optimizer=_adam(1e-7))),
    NetFault("O04", "gradients clipped to 1e-6", lambda p: p.but(
        optimizer=lambda: _keras().optimizers.SGD(0.05, momentum=0.9, clipnorm=1e-6))),
    NetFault("O10", "epsilon of 1,000", lambda p: p.but(optimizer=_adam(epsilon=1000.0)), ("O02",)),
    NetFault("E01", "dropout stays on", lambda p: p.but(wrap=_always_dropped)),
    NetFault("P01", "inputs times 4,096", lambda p: _if(_floats(p), p.but(x=p.x * 4096, x_held=p.x_held * 4096))),
    NetFault("P01", "targets in hundreds of thousands", lambda p: _if(
        p.kind == "numbers", p.but(y=p.y * 5e4 + 2e5, y_held=p.y_held * 5e4 + 2e5))),
    NetFault("P03", "validation not standardised", lambda p: _if(_floats(p), p.but(x_held=p.x_held * 40 + 7))),
    NetFault("P03", "only training divided by 255", lambda p: _if(_floats(p), p.but(x=p.x / 255))),
    NetFault("P05", "cast after scaling", lambda p: _if(
        p.x.ndim == 4, p.but(x=p.x.astype("uint8"), x_held=p.x_held.astype("uint8")))),
    NetFault("P06", "reshaped instead of transposed", lambda p: _if(
        p.x.ndim == 4 and p.x.shape[-1] == 3, p.but(x=_reshaped(p.x), x_held=_reshaped(p.x_held)))),
    NetFault("A02", "validation is augmented", lambda p: _if(_floats(p), p.but(
        x_held=_noisy(p.x_held, 0), fit={**p.fit, "second_x_held": _noisy(p.x_held, 1)}))),
    NetFault("T01", "squared error of class codes", lambda p: _if(
        p.loss == SPARSE, p.but(y=p.y[:, None], y_held=p.y_held[:, None], loss="mse"))),
    NetFault("P11", "sorted and not shuffled", lambda p: _sorted(p) if p.kind in ("classes", "binary") else None),
    NetFault("L06", "validation labels numbered anew", lambda p: p.but(
        y_held=np.random.default_rng(5).permutation(p.units)[p.y_held]) if p.loss == SPARSE else None),
    NetFault("L05", "codes from 1", lambda p: _if(p.loss == SPARSE, p.but(y=p.y + 1, y_held=p.y_held + 1))),
    NetFault("D03", "a cell that is no number", lambda p: _if(_floats(p), p.but(x=_with_nan(p.x)))),
)  # fmt: skip


def _sorted(p: Parts) -> Parts:
    codes = p.y.argmax(1) if p.y.ndim > 1 and p.y.shape[1] > 1 else p.y.ravel()
    order = np.argsort(codes, kind="stable")
    return p.but(x=p.x[order], y=p.y[order], fit={**p.fit, "is_shuffled": False})


def _reshaped(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, -1, 1).reshape(x.shape)


def _noisy(x: np.ndarray, seed: int) -> np.ndarray:
    return (x + 2 * x.std() * np.random.default_rng(seed).normal(size=x.shape)).astype("float32")


def _with_nan(x: np.ndarray) -> np.ndarray:
    x = x.astype("float32")
    x.reshape(len(x), -1)[3, 2] = np.nan
    return x


def _leaky(p: Parts) -> Parts:
    return p.but(activation="leaky_relu")


HEALTHY: dict[str, Callable[[Parts], Parts | None]] = {
    "as it is": lambda p: p,
    "leaky relu": _leaky,
    "tanh": lambda p: p.but(activation="tanh"),
    "no bias": lambda p: p.but(layer={**p.layer, "use_bias": False}),
    "SGD with momentum": lambda p: p.but(optimizer=lambda: _keras().optimizers.SGD(
        0.1 if p.x.dtype.kind == "i" else 0.02, momentum=0.9)),
    "label smoothing": lambda p: _if(p.loss == "categorical_crossentropy", p.but(
        loss=_keras().losses.CategoricalCrossentropy(label_smoothing=0.1))),
    "logits": lambda p: _if(p.loss == SPARSE, p.but(
        last=None, loss=_keras().losses.SparseCategoricalCrossentropy(from_logits=True))),
    "batch norm and dropout": lambda p: p.but(layer={**p.layer, "norm": True, "dropout": 0.3}),
    "strong dropout": lambda p: p.but(layer={**p.layer, "dropout": 0.5, "width": 128}),
    "a batch of 8": lambda p: p.but(fit={**p.fit, "batch": 8}),
    "a batch of 256": lambda p: p.but(fit={**p.fit, "batch": 256}),
    "quantised inputs": lambda p: _if(_floats(p), p.but(x=np.round(p.x * 4) / 4, x_held=np.round(p.x_held * 4) / 4)),
    "heavy-tailed targets": lambda p: _if(p.kind == "numbers", p.but(
        y=_standardised(np.exp(1.5 * p.y)), y_held=_standardised(np.exp(1.5 * p.y_held)), loss="mae")),
    "imbalanced": lambda p: _rare(p) if p.loss == SPARSE else None,
    "class weights": lambda p: _if(p.loss == SPARSE, p.but(
        fit={**p.fit, "class_weight": {i: 1.0 + (i == 0) for i in range(p.units)}})),
    "labels are noise": lambda p: p.but(y=np.random.default_rng(3).permutation(p.y)),
    "huber": lambda p: _if(p.kind == "numbers", p.but(loss=_keras().losses.Huber())),
    "focal loss": lambda p: _if(p.kind == "binary", p.but(loss=_keras().losses.BinaryFocalCrossentropy())),
    "cosine schedule": lambda p: p.but(optimizer=lambda: _keras().optimizers.Adam(
        _keras().optimizers.schedules.CosineDecay(2e-3, 2000))),
    "small l2": lambda p: p.but(layer={**p.layer, "kernel_regularizer": _keras().regularizers.L2(1e-4)}),
}  # fmt: skip


def _rare(p: Parts) -> Parts:
    keep = (p.y > 1) | (np.random.default_rng(0).random(len(p.y)) < 0.15)
    return p.but(x=p.x[keep], y=p.y[keep])
