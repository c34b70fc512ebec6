"""One model from raw input to answers: preprocessing, networks, names and units inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.data.dataset import Examples
from wizard.data.task import THRESHOLD, Task
from wizard.training.prepared import Prepared

BATCH = 256  # raw examples predicted at a time


@dataclass(frozen=True)
class Member:
    """A trained network: its configuration, the data it was prepared with, its variables, and its weight."""

    config: TrainingConfig
    prepared: Prepared
    weights: list[np.ndarray]
    weight: float


def build_predictor(members: Sequence[Member], task: Task) -> Any:
    """Joins preprocessing and networks into one Keras model.

    It takes raw input (pictures of any one size a batch, or a dict of columns …) and gives {"label": (b,) names,
    "probabilities": (b, k)}, or {"labels": (b, k) of 0 and 1, "probabilities": (b, k)} where an example may have
    several, or {"prediction": (b,)} in the target's unit, or (b, m) of several targets.
    """
    from wizard.core.backend import keras
    from wizard.export.layers import LabelFlags, LabelNames, Predictor, TargetUnits, Weighted
    from wizard.models.build import build_network

    raw: dict[str, Any] = {}
    for member in members:  # one may take columns that another goes without
        raw = {**member.prepared.preparation.raw_inputs(), **raw}
    encoded: dict[str, Any] = {}
    outputs = []
    for number, member in enumerate(members):
        preparation = member.prepared.preparation
        if preparation.key not in encoded:
            encoded[preparation.key] = preparation.apply(raw)
        built = build_network(member.config, member.prepared.form, task)
        for variable, value in zip(built.model.variables, member.weights, strict=True):
            variable.assign(value)
        network = built.answers
        network.name = f"network_{number}"
        tensors = encoded[preparation.key]
        output = network({name: keras.ops.cast(tensors[name], spec.dtype) for name, spec in network.input.items()})
        if task.is_multilabel:
            output = keras.layers.Activation("sigmoid", name=f"probabilities_{number}")(output)
        elif task.is_classification:
            output = keras.layers.Softmax(name=f"probabilities_{number}")(output)
        else:
            scale = member.prepared.scale
            mean, std = (np.atleast_1d(values).tolist() for values in (scale.mean, scale.std))
            output = TargetUnits(mean, std, name=f"units_{number}")(output)
        outputs.append(output)
    together = Weighted([member.weight for member in members], dtype=_dtype(task), name="together")(outputs)
    if task.is_multilabel:
        answers = {"labels": LabelFlags(THRESHOLD, name="labels")(together), "probabilities": together}
    elif task.is_classification:
        answers = {"label": LabelNames(list(task.classes), name="label")(together), "probabilities": together}
    else:
        shape = (task.n_outputs,) if task.targets else ()
        answers = {"prediction": keras.layers.Reshape(shape, dtype="float64", name="prediction")(together)}
    return Predictor(raw, answers, name="predictor")


def _dtype(task: Task) -> str:
    return "float32" if task.is_classification else "float64"


def load_predictor(path: Path) -> Any:
    """Loads a predictor from disk."""
    from wizard import register_layers
    from wizard.core.backend import keras

    register_layers()
    return keras.saving.load_model(path, compile=False)


def predict_raw(model: Any, preparation: Any, examples: Examples, task: Task) -> np.ndarray:
    """A predictor's answers for raw examples: (n, k) probabilities, or predictions (n,) or (n, m) in their units."""
    from wizard.core.backend import tf

    n = len(examples)
    name = "probabilities" if task.is_classification else "prediction"
    out = np.zeros(task.answers_shape(n), _dtype(task))
    for start in range(0, n, BATCH):
        block = np.arange(start, min(start + BATCH, n))
        for positions, batch in preparation.raw_batch(examples.take(block)):
            tensors = {key: tf.constant(values) for key, values in batch.items() if key in model.input}
            out[block[positions]] = np.asarray(model(tensors, training=False)[name])
    return out.astype("float64")
