"""Faults that are put into model, loss, optimiser, plan or tensors of somebody else's, and healthy variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.drills.networks import SPARSE, Parts, mlp, standardised


def _keras() -> Any:
    from wizard.core.backend import keras

    return keras


def adam(rate: float = 1e-3, **options: Any) -> Callable[[], Any]:
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
    """A fault.

    Attributes:
        id: As findings name it.
        name: In words.
        inject: What it does to parts; None where it does not apply.
        also: Ids that name the same thing in this injection.
        twin: The healthy variant that it is compared with.
        breaks: The declared property that it breaks exactly, so that no training has to show its harm; "" without one.
    """

    id: str
    name: str
    inject: Callable[[Parts], Parts | None]
    also: tuple[str, ...] = ()
    twin: str = "as it is"
    breaks: str = ""


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
        p.body is mlp, p.but(activation="sigmoid", layer={**p.layer, "depth": 8}))),
    NetFault("M13", "examples are mixed", lambda p: p.but(wrap=_mixing), breaks="an output is of its own example"),
    NetFault("M15", "hidden layers frozen", lambda p: p.but(wrap=_frozen)),
    NetFault("M16", "inputs times 0", lambda p: _if(_floats(p), p.but(wrap=_unread))),
    NetFault("T04", "loss cut off", lambda p: _if(p.loss == SPARSE, p.but(loss=_clipped_loss(2.0)))),
    NetFault("T05", "sign turned", lambda p: _if(p.loss == SPARSE or p.kind == "numbers", p.but(loss=_negative))),
    NetFault("T06", "weight for a class that is not there", lambda p: _if(
        p.loss == SPARSE, p.but(fit={**p.fit, "class_weight": {p.units + 2: 10.0}})),
        breaks="a class weight weighs a class"),
    NetFault("T09", "l2 of 1", lambda p: p.but(
        layer={**p.layer, "kernel_regularizer": _keras().regularizers.L2(1.0)})),
    NetFault("O01", "rate times 10,000", lambda p: p.but(optimizer=adam(10.0))),
    NetFault("O02", "rate divided by 10,000", lambda p: p.but(optimizer=adam(1e-7))),
    NetFault("O04", "gradients clipped to 1e-6", lambda p: p.but(
        optimizer=lambda: _keras().optimizers.SGD(0.05, momentum=0.9, clipnorm=1e-6))),
    NetFault("O10", "epsilon of 1,000", lambda p: p.but(optimizer=adam(epsilon=1000.0)), ("O02",)),
    NetFault("E01", "dropout stays on", lambda p: p.but(wrap=_always_dropped),
        breaks="predicted twice, the same comes out"),
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
        x_held=_noisy(p.x_held, 0), fit={**p.fit, "second_x_held": _noisy(p.x_held, 1)})),
        breaks="validation inputs are the same at every pass"),
    NetFault("T01", "squared error of class codes", lambda p: _if(
        p.loss == SPARSE, p.but(y=p.y[:, None], y_held=p.y_held[:, None], loss="mse"))),
    NetFault("P11", "sorted and not shuffled", lambda p: _sorted(p) if p.kind in ("classes", "binary") else None),
    NetFault("L06", "validation labels numbered anew", lambda p: p.but(
        y_held=np.random.default_rng(5).permutation(p.units)[p.y_held]) if p.loss == SPARSE else None),
    NetFault("L05", "codes from 1", lambda p: _if(p.loss == SPARSE, p.but(y=p.y + 1, y_held=p.y_held + 1))),
    NetFault("D03", "a cell that is no number", lambda p: _if(_floats(p), p.but(x=_with_nan(p.x)))),
    NetFault("T09", "dropout of 0.95", lambda p: p.but(layer={**p.layer, "dropout": 0.95})),
    NetFault("T09", "weight decay of 100", lambda p: p.but(optimizer=lambda: _keras().optimizers.AdamW(
        1e-3, weight_decay=100.0))),
    NetFault("O10", "momentum of 0.999", lambda p: p.but(optimizer=lambda: _keras().optimizers.SGD(
        0.02, momentum=0.999), fit={**p.fit, "epochs": EPOCHS}), ("O01",)),
    NetFault("O03", "the rate falls by the step, not by the epoch", lambda p: p.but(
        optimizer=falling(8), fit={**p.fit, "epochs": EPOCHS}), twin="rate falls late"),
    NetFault("O03", "a tenth of the rate every epoch", lambda p: p.but(
        fit={**p.fit, "epochs": EPOCHS, "callbacks": (_keras().callbacks.LearningRateScheduler(a_tenth),)}),
        twin="rate falls late"),
    NetFault("E02", "stopped late and not restored", lambda p: p.but(
        layer={**p.layer, "width": 256}, fit={**p.fit, **stopping(False)}), twin="best weights restored"),
    NetFault("A01", "turned by 180 degrees", lambda p: _if(
        p.kind == "classes" and len(p.x) and p.units == 10, p.but(vary=turned)), twin="mild augmentation"),
    NetFault("A01", "mirrored about 0", lambda p: _if(
        p.kind in ("binary", "classes") and p.x.ndim == 2 and _floats(p) and p.units < 10, p.but(vary=mirrored)),
        twin="mild augmentation"),
    NetFault("A03", "brightness of 0 to 255 added after scaling", lambda p: _if(_floats(p), p.but(vary=bright)),
             twin="mild augmentation"),
    NetFault("A04", "noise of 2", lambda p: _if(_floats(p), p.but(vary=grain(2.0))), ("A03",),
             twin="mild augmentation"),
    NetFault("A05", "the same augmentation every epoch", lambda p: p.but(
        vary=lambda x, _: mild(x, np.random.default_rng(7))), twin="mild augmentation",
        breaks="augmentation gives other examples every epoch"),
)  # fmt: skip
EPOCHS = 30  # of a training with a schedule


def falling(steps: int) -> Callable[[], Any]:
    """A rate that falls to a tenth every so many steps."""
    return lambda: _keras().optimizers.Adam(_keras().optimizers.schedules.ExponentialDecay(
        1e-3, steps, 0.1, staircase=True))  # fmt: skip


def a_tenth(epoch: int, rate: float) -> float:
    return rate * 0.1


def stopping(restores: bool) -> dict[str, Any]:
    stop = _keras().callbacks.EarlyStopping(patience=20, restore_best_weights=restores)
    return {"epochs": 60, "callbacks": (stop,)}


def turned(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Half of the pictures turned by 180 degrees; rows of pixels backwards are the same."""
    other = x[:, ::-1, ::-1] if x.ndim == 4 else x[:, ::-1]
    return half(x, other, random)


def mirrored(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return half(x, -x, random)


def half(x: np.ndarray, other: np.ndarray, random: np.random.Generator) -> np.ndarray:
    is_changed = (random.random(len(x)) < 0.5).reshape(-1, *[1] * (x.ndim - 1))
    return np.where(is_changed, other, x).astype(x.dtype)


def bright(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return (x + random.uniform(0, 255, (len(x), *[1] * (x.ndim - 1)))).astype("float32")


def grain(width: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    return lambda x, random: (x + width * random.normal(size=x.shape)).astype("float32")


def mild(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Augmentation as it should be: pictures moved by a pixel, a little noise in rows, a tenth of the words hidden."""
    if x.dtype.kind == "i":
        return np.where(random.random(x.shape) < 0.1, 0, x).astype(x.dtype)
    if x.ndim == 4:
        return np.stack([np.roll(one, random.integers(-1, 2, 2), (0, 1)) for one in x])
    return grain(0.1 * float(x.std()))(x, random)


def bold(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Strong, but it leaves the label alone: also brightness, noise, a missing piece; a third of the words hidden."""
    if x.dtype.kind == "i":
        return np.where(random.random(x.shape) < 0.3, 0, x).astype(x.dtype)
    if x.ndim != 4:
        return grain(0.3 * float(x.std()))(x, random)
    x = mild(x, random)
    x = x * random.uniform(0.8, 1.2, (len(x), 1, 1, 1)) + 0.1 * random.normal(size=x.shape)
    side = x.shape[1] // 4
    for one in x:
        i, j = random.integers(0, x.shape[1] - side, 2)
        one[i : i + side, j : j + side] = 0
    return x.astype("float32")


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
        y=standardised(np.exp(1.5 * p.y)), y_held=standardised(np.exp(1.5 * p.y_held)), loss="mae")),
    "imbalanced": lambda p: _rare(p) if p.loss == SPARSE else None,
    "class weights": lambda p: _if(p.loss == SPARSE, p.but(
        fit={**p.fit, "class_weight": {i: 1.0 + (i == 0) for i in range(p.units)}})),
    "labels are noise": lambda p: p.but(y=np.random.default_rng(3).permutation(p.y)),
    "huber": lambda p: _if(p.kind == "numbers", p.but(loss=_keras().losses.Huber())),
    "focal loss": lambda p: _if(p.kind == "binary", p.but(loss=_keras().losses.BinaryFocalCrossentropy())),
    "cosine schedule": lambda p: p.but(optimizer=lambda: _keras().optimizers.Adam(
        _keras().optimizers.schedules.CosineDecay(2e-3, 2000))),
    "small l2": lambda p: p.but(layer={**p.layer, "kernel_regularizer": _keras().regularizers.L2(1e-4)}),
    "mild augmentation": lambda p: p.but(vary=mild),
    "bold augmentation": lambda p: p.but(vary=bold),
    "weight decay": lambda p: p.but(optimizer=lambda: _keras().optimizers.AdamW(1e-3, weight_decay=0.01)),
    "rate falls late": lambda p: p.but(optimizer=falling(8 * _steps(p)), fit={**p.fit, "epochs": EPOCHS}),
    "best weights restored": lambda p: p.but(
        layer={**p.layer, "width": 256}, fit={**p.fit, **stopping(True)}),
}  # fmt: skip


def _steps(p: Parts) -> int:
    """Of an epoch."""
    return -(-len(p.x) // p.fit.get("batch", 32))


def _rare(p: Parts) -> Parts:
    keep = (p.y > 1) | (np.random.default_rng(0).random(len(p.y)) < 0.15)
    return p.but(x=p.x[keep], y=p.y[keep])
