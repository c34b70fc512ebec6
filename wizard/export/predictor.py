"""One model from raw input to answers: preprocessing, networks, names and units inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from wizard.core.calibration import Calibration
from wizard.core.config import TrainingConfig
from wizard.core.errors import RunFolderError
from wizard.data.task import THRESHOLD, Task
from wizard.training.prepared import Prepared

BATCH = 256  # raw examples predicted at a time


@dataclass(frozen=True)
class Member:
    """A trained network: its configuration, the data it was prepared with, its variables, and its weight.

    `own` is the user's model (`training/own_model.py`), where the network is one of its builds.
    """

    config: TrainingConfig
    prepared: Prepared
    weights: list[np.ndarray]
    weight: float
    own: Any = None


def build_predictor(members: Sequence[Member], task: Task, calibration: Calibration | None = None) -> Any:
    """Joins preprocessing and networks into one Keras model.

    It takes raw input (pictures of any one size a batch, or a dict of columns …) and gives {"label": (b,) names,
    "probabilities": (b, k)}, or {"labels": (b, k) of 0 and 1, "probabilities": (b, k)} where an example may have
    several, or {"prediction": (b,)} in the target's unit, or (b, m) of several targets, with "low" and "high" of the
    same shape where the calibration gives an interval.

    Args:
        members: The networks, whose weights sum to one.
        task: What they predict.
        calibration: What is done to their joined outputs; None leaves them.
    """
    from wizard.export.layers import Predictor, Weighted

    raw: dict[str, Any] = {}
    for member in members:  # one may take columns that another goes without
        raw = {**member.prepared.preparation.raw_inputs(), **raw}
    encoded: dict[str, Any] = {}
    outputs = []
    for number, member in enumerate(members):
        preparation = member.prepared.preparation
        if preparation.key not in encoded:
            encoded[preparation.key] = _prepared(preparation, raw, len(encoded))
        tensors = encoded[preparation.key]
        if member.own is not None:
            from wizard.export.own_predictor import answers_in_a_graph

            outputs.append(answers_in_a_graph(member, tensors, number))
        else:
            outputs.append(_member_answers(member, tensors, task, number))
    together = Weighted([member.weight for member in members], dtype="float64", name="together")(outputs)
    return Predictor(raw, _answers(together, task, calibration or Calibration()), name="predictor")


def _prepared(preparation: Any, raw: dict[str, Any], number: int) -> dict[str, Any]:
    """A network's inputs; those that are prepared in another way than the first's by a model of their own.

    The layers of all preparations of a modality have the same names, of which a model may have each once.
    """
    from wizard.core.backend import keras

    if number == 0:
        return dict(preparation.apply(raw))
    own = preparation.raw_inputs()
    places = {tensor.name: tensor for tensor in own.values()}  # a column's name is not its tensor's
    inner = keras.Model(places, preparation.apply(own), name=f"preparation_{number}")
    return dict(inner({tensor.name: raw[name] for name, tensor in own.items()}))


def _member_answers(member: Member, tensors: dict[str, Any], task: Task, number: int) -> Any:
    """Probabilities of one network of ours, or its predictions in their units."""
    from wizard.core.backend import keras
    from wizard.export.layers import TargetUnits
    from wizard.models.build import build_network

    built = build_network(member.config, member.prepared.form, task)
    for variable, value in zip(built.model.variables, member.weights, strict=True):
        variable.assign(value)
    network = built.answers
    network.name = f"network_{number}"
    output = network({name: keras.ops.cast(tensors[name], spec.dtype) for name, spec in network.input.items()})
    if task.is_multilabel:
        return keras.layers.Activation("sigmoid", dtype="float64", name=f"probabilities_{number}")(output)
    if task.is_classification:
        return keras.layers.Softmax(dtype="float64", name=f"probabilities_{number}")(output)
    scale = member.prepared.scale
    mean, std = (np.atleast_1d(values).tolist() for values in (scale.mean, scale.std))
    return TargetUnits(mean, std, name=f"units_{number}")(output)


def _answers(together: Any, task: Task, calibration: Calibration) -> dict[str, Any]:
    """The members' joined outputs, calibrated, with names and intervals."""
    from wizard.core.backend import keras
    from wizard.export.layers import LabelFlags, LabelNames, Moved, Temperature

    if not task.is_classification:
        shape = (task.n_outputs,) if task.targets else ()
        prediction = keras.layers.Reshape(shape, dtype="float64", name="prediction")(together)
        half = calibration.half_widths
        if not half:
            return {"prediction": prediction}
        low, high = (Moved([sign * one for one in half], name=name) for name, sign in (("low", -1), ("high", 1)))
        return {"prediction": prediction, "low": low(prediction), "high": high(prediction)}
    if calibration.temperature != 1:
        together = Temperature(calibration.temperature, task.is_multilabel, name="temperature")(together)
    together = keras.layers.Activation("linear", dtype="float32", name="probabilities")(together)
    if task.is_multilabel:
        threshold = THRESHOLD if calibration.threshold is None else calibration.threshold
        return {"labels": LabelFlags(threshold, name="labels")(together), "probabilities": together}
    threshold_of_two = calibration.threshold if task.n_outputs == 2 else None
    names = LabelNames(list(task.classes), threshold_of_two, name="label")
    return {"label": names(together), "probabilities": together}


def _dtype(task: Task) -> str:
    return "float32" if task.is_classification else "float64"


def load_predictor(path: Path) -> Any:
    """Loads a predictor from disk.

    Raises:
        RunFolderError: For a file that is cut short.
    """
    from wizard import register_layers
    from wizard.core.backend import keras

    if not is_zipfile(path):  # all that it holds is listed at its end
        raise RunFolderError(
            f"{path} cannot be read: it is cut short, or no predictor. Run the journey's script again: what is stored "
            "is not computed again, and the predictor is written anew."
        )
    register_layers()
    return keras.saving.load_model(path, compile=False)


def predict_raw(model: Any, preparation: Any, examples: Any, task: Task) -> np.ndarray:
    """A predictor's answers for raw examples: (n, k) probabilities, or predictions (n,) or (n, m) in their units.

    Args:
        model: A predictor, or one that was saved for TensorFlow alone (`saved_model.Served`).
        preparation: What turns examples into raw tensors.
        examples: n of them, as the preparation takes them: raw, or finished tensors of a user's own pipeline.
        task: What is predicted.
    """
    name = "probabilities" if task.is_classification else "prediction"
    return answers_of(model, preparation, examples, task)[name].astype("float64")


def answers_of(model: Any, preparation: Any, examples: Any, task: Task) -> dict[str, np.ndarray]:
    """All that a predictor says of raw examples, by name, (n, …) each; text as str."""
    from wizard.core.backend import tf

    n = len(examples)
    found: dict[str, np.ndarray] = {}
    for start in range(0, n, BATCH):
        block = np.arange(start, min(start + BATCH, n))
        for positions, batch in preparation.raw_batch(examples.take(block)):
            tensors = {key: tf.constant(values) for key, values in batch.items() if key in model.input}
            for name, values in model(tensors, training=False).items():
                array = _plain(np.asarray(values))
                if name not in found:
                    found[name] = np.empty((n, *array.shape[1:]), array.dtype)
                found[name][block[positions]] = array
    shape = task.answers_shape(n)
    return found or {"probabilities" if task.is_classification else "prediction": np.zeros(shape, _dtype(task))}


def _plain(values: np.ndarray) -> np.ndarray:
    """TensorFlow's strings, which are bytes, as Python's, in an array that takes any length."""
    return np.array([one.decode() for one in values], object) if values.dtype == object else values
