"""What is handed over of models of the user's own: their networks as they are, and all of them as one predictor."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.calibration import Calibration
from wizard.core.errors import NotAvailableError
from wizard.core.values import Value
from wizard.data.task import Task
from wizard.export.predictor import Member
from wizard.training.calibration import calibrated

SAID = "own.json"  # beside the files: what could be written of the user's models, and what not
LONGEST = 200  # characters of a reason


def trained(member: Member) -> Any:
    """The user's model with a member's weights, compiled by their own code."""
    own = member.own
    model = own.new(member.config.hp, 0) if own.is_copyable else own.given
    for variable, value in zip(model.variables, member.weights, strict=True):
        variable.assign(value)
    if not model.optimizer.built:  # else Keras warns when it loads the file
        model.optimizer.build(model.trainable_variables)
    return model


def answers_in_a_graph(member: Member, tensors: dict[str, Any], number: int) -> Any:
    """Probabilities or predictions of a member, as a part of a predictor's graph."""
    from wizard.core.backend import keras
    from wizard.export.own_layers import OwnAnswers

    own = member.own
    model = trained(member) if own.is_copyable else None
    if model is None:
        raise NotAvailableError("an instance that cannot be copied cannot be made a part of another model")
    model.name = f"network_{number}"
    model.compiled = False  # the optimiser and loss that it was trained with stay with the network's own file
    outputs = keras.tree.flatten(model(own.preparation.nested(tensors)))
    task = own.task
    kind = "labels" if task.is_multilabel else "classes" if task.is_classification else "numbers"
    units = own.units if own.head.n_units > 1 else []
    return OwnAnswers(kind, own.are_probabilities, units, name=f"answers_{number}")(outputs[own.head_at])


class Written(Value):
    """What was written of the user's models.

    Attributes:
        networks: Files of single networks, plain Keras.
        refused: What could not be written, and why, a sentence each.
        why: Why there is no file with all of them; "" where there is one.
        classes: Classes of the user's that Keras must be told when it loads them.
    """

    networks: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    why: str = ""
    classes: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Written:
        """What stands beside the files."""
        return cls.model_validate_json((folder / SAID).read_bytes())

    @property
    def networks_in_words(self) -> str:
        """The files of single networks, and what is missing."""
        names = ", ".join(f"predictor/{name}" for name in self.networks)
        what = "your model as it was trained" if len(self.networks) == 1 else "your models as they were trained"
        alone = "" if self.classes else ", which Keras loads by itself"
        parts = [f"{names}: {what}{alone}"] if names else []
        return ". ".join([*parts, *self.refused]) + "."

    def usage(self, names: list[str]) -> str:
        """How the files are loaded and called."""
        given = "{" + ", ".join(f'"{name}": …' for name in names) + "}"
        one = told = ""
        if not self.why:
            one = (
                "With this library: import wizard, keras, then keras.saving.load_model('predictor/model.keras'). With "
                f"TensorFlow alone: tf.saved_model.load('predictor/saved_model').serve. Both take {given}, tensors as "
                "your pipeline makes them (nothing is prepared inside), and answer with calibration. "
            )
        if self.classes:
            named = ", ".join(f'"{name}": {name}' for name in self.classes)
            told = (
                f" Keras must be told classes of your own: load_model(path, custom_objects={{{named}}}), or register "
                "them with @keras.saving.register_keras_serializable()."
            )
        return (
            f"{one}{', '.join(self.networks) or 'No single network'} can be loaded one by one and take what your model "
            f"takes; their answers are as your last layer gives them, not calibrated.{told}"
        )


def write_own(members: Sequence[Member], task: Task, calibration: Calibration | None, folder: Path) -> None:
    """Writes the networks one by one, and all of them as one predictor where that can be; says what could not."""
    from wizard.export.predictor import build_predictor
    from wizard.export.saved_model import save_for_tensorflow

    networks, refused = save_networks(members, folder)
    why = ""
    try:
        model = build_predictor(members, task, calibration)
        model.save(folder / "model.keras")
        save_for_tensorflow(model, folder / "saved_model")
        load_own(folder, members)
    except Exception as error:  # whatever the user's classes cannot do
        why = reason(error)
        (folder / "model.keras").unlink(missing_ok=True)
        shutil.rmtree(folder / "saved_model", ignore_errors=True)
    classes = tuple(sorted(own_classes(members[0].own.pipeline.model)))
    if why and classes:
        why = f"Keras cannot build {', '.join(classes)} again as a part of another model ({why})"
    said = Written(networks=tuple(networks), refused=tuple(refused), why=why, classes=classes)
    (folder / SAID).write_text(said.model_dump_json(indent=1), encoding="utf-8")


def load_own(folder: Path, members: Sequence[Member]) -> dict[str, Any]:
    """The predictor's files, loaded back; nothing where they could not be written."""
    from wizard.core.backend import keras
    from wizard.export.predictor import load_predictor
    from wizard.export.saved_model import load_served

    if not (folder / "model.keras").is_file():
        return {}
    with keras.saving.custom_object_scope(own_classes(members[0].own.pipeline.model)):
        kept = load_predictor(folder / "model.keras")
    return {"model.keras": kept, "saved_model": load_served(folder / "saved_model", frozenset(kept.input))}


def save_networks(members: Sequence[Member], folder: Path) -> tuple[list[str], list[str]]:
    """Writes every member as `network_1.keras` …, plain Keras; returns the names written, and why others were not."""
    written, refused = [], []
    for number, member in enumerate(members, start=1):
        name = f"network_{number}.keras"
        try:
            trained(member).save(folder / name)
            written.append(name)
        except Exception as error:  # whatever the user's classes cannot do
            (folder / name).unlink(missing_ok=True)
            weights = name.replace(".keras", ".weights.npz")
            np.savez(folder / weights, *member.weights)
            refused.append(f"{name} could not be written ({reason(error)}); its weights, in order, lie in {weights}")
    return written, refused


def reason(error: Exception) -> str:
    """An exception in one short line."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def own_classes(model: Any) -> dict[str, type]:
    """Classes of a model and its layers that Keras does not know without their code, by name."""
    from wizard.core.backend import keras

    found: dict[str, type] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind.__module__.split(".")[0] not in ("keras", "wizard"):
            found[kind.__name__] = kind
        waiting += list(getattr(one, "_layers", ()))
    return {name: kind for name, kind in found.items() if keras.saving.get_registered_object(
        keras.saving.get_registered_name(kind)) is None}  # fmt: skip


class OwnAnswering:
    """Networks of the user's own in memory, called as a predictor is: tensors by name to answers by name."""

    def __init__(self, members: Sequence[Member], task: Task, calibration: Calibration | None) -> None:
        """Keeps the members; a model is built when it is asked."""
        self.members, self.task, self.calibration = members, task, calibration
        self.input = frozenset(members[0].own.preparation.names)
        self._models: list[Any] = []

    def __call__(self, tensors: dict[str, Any], training: bool = False) -> dict[str, np.ndarray]:
        """Tensors by name -> {"probabilities": (b, k)} or {"prediction": (b,) or (b, m)}."""
        from wizard.core.backend import keras

        own = self.members[0].own
        if not self._models:
            self._models = [trained(member) for member in self.members] if own.is_copyable else [None]
        total: Any = 0.0
        for member, model in zip(self.members, self._models, strict=True):
            network = model if model is not None else trained(member)  # an instance may have been trained since
            outputs = keras.tree.flatten(network(own.preparation.nested(tensors), training=False))
            total = total + member.weight * own.answers(np.asarray(outputs[own.head_at]))
        if self.task.is_classification:
            return {"probabilities": calibrated(total, self.calibration, self.task)}
        shape = (len(total), self.task.n_outputs) if self.task.targets else (len(total),)
        return {"prediction": np.asarray(total, "float64").reshape(shape)}

    def save(self, path: Path) -> None:
        """Writes one .keras file with all of them, where their classes can be written."""
        from wizard.export.predictor import build_predictor

        try:
            build_predictor(self.members, self.task, self.calibration).save(path)
        except Exception as error:
            path.unlink(missing_ok=True)
            raise NotAvailableError(
                f"Your model cannot be written as a part of one file: {reason(error)}. Give its classes a get_config() "
                "and @keras.saving.register_keras_serializable(), and write call() with Keras layers or keras.ops."
            ) from error
