"""Small measurements and words that several suspicions share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wizard.stages.experiments.classical import targets_of
from wizard.stages.experiments.evidence import Evidence
from wizard.training.heads import EPSILON


def last_layer(e: Evidence) -> str:
    """Name of the last layer."""
    layers = e.pipeline.head.layers
    if layers:
        return f"`{layers[-1]}`"
    names = [layer.name for layer in e.inside.layers]
    return f"`{names[-1]}`" if names else "the output"


def first_loss(e: Evidence) -> float:
    """The first loss, as Keras reports it where that is a number."""
    return e.first.reported if np.isfinite(e.first.reported) and e.first.reported > e.first.own else e.first.own


def first_ratio(e: Evidence) -> float:
    """First loss over what guessing costs."""
    return first_loss(e) / e.first.expected if e.first.expected > EPSILON else 1.0


def rate_of(e: Evidence) -> float:
    """The learning rate."""
    return e.pipeline.rate


def times(factor: float) -> str:
    """A changed rate in words."""
    return f"rate {factor:,.0f} times as high" if factor == int(factor) else f"rate {factor:,.2g} times as high"


def normalises(e: Evidence) -> bool:
    """Whether one of the first layers brings inputs to one scale, or looks them up."""
    first = list(e.pipeline.model._flatten_layers(include_self=False, recursive=True))[:4]
    words = ("Normalization", "Rescaling", "Embedding", "BatchNormalization", "LayerNormalization")
    return any(word in type(layer).__name__ for layer in first for word in words)


def textbook_losses(e: Evidence) -> np.ndarray | None:
    """(n,) losses by the textbook of what an unknown loss seems to be for."""
    head = e.pipeline.head
    rows = np.linspace(0, len(e.pipeline.train) - 1, len(e.first.outputs)).astype(int)
    y, out = e.pipeline.train.targets[e.head_at][rows], e.first.outputs.reshape(len(rows), -1).astype("float64")
    t = targets_of(head, y)
    if t.shape != out.shape:
        return None
    if head.kind == "numbers":
        return ((out - t) ** 2).mean(1)
    if out.min() >= 0 and out.max() <= 1:
        p = np.clip(out, EPSILON, 1 - EPSILON)
    else:
        p = np.exp(out - out.max(1, keepdims=True))
        p = np.clip(p / p.sum(1, keepdims=True), EPSILON, 1 - EPSILON)
    if head.kind == "labels":
        return -(t * np.log(p) + (1 - t) * np.log1p(-p)).mean(1)
    return -(t * np.log(p)).sum(1)


def output_gradients(e: Evidence) -> np.ndarray | None:
    """(n,) length of the gradient of each example's loss by its own output."""
    from wizard.core.backend import tf

    rows = np.linspace(0, len(e.pipeline.train) - 1, len(e.first.outputs)).astype(int)
    y, out = tf.constant(e.pipeline.train.targets[e.head_at][rows]), tf.constant(e.first.outputs)
    with tf.GradientTape() as tape:
        tape.watch(out)
        loss = tf.reduce_sum(e.pipeline.head.call(y, out))
    gradient = tape.gradient(loss, out)
    if gradient is None:
        return None
    return np.linalg.norm(np.asarray(gradient).reshape(len(rows), -1), axis=1)


def loss_from_logits(e: Evidence) -> Callable[..., object]:
    """The same loss, taking outputs for logits."""
    from wizard.core.backend import keras

    head = e.pipeline.head
    if head.kind == "labels":
        return lambda y, z: keras.ops.mean(keras.losses.binary_crossentropy(y, z, from_logits=True))
    if head.is_sparse:
        return lambda y, z: keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True))
    return lambda y, z: keras.ops.mean(keras.losses.categorical_crossentropy(y, z, from_logits=True))


def squares(y: object, out: object) -> object:
    """Mean square of the error."""
    from wizard.core.backend import keras

    return keras.ops.mean(keras.ops.square(keras.ops.reshape(y, (-1,)) - keras.ops.reshape(out, (-1,))))


def before_last(e: Evidence) -> Callable[..., object] | None:
    """Inputs -> outputs before the last squashing layer."""
    from wizard.core.backend import keras

    model = e.pipeline.model
    tensor = keras.tree.flatten(model.outputs)[e.head_at]
    operation = tensor._keras_history.operation
    inner = keras.tree.flatten(operation._inbound_nodes[0].arguments.args)[0]
    shorter = keras.Model(model.inputs, inner)
    return lambda x: shorter(x, training=False)
