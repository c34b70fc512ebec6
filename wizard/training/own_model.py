"""A model of the user's own as the later stages train it: built anew for every structure, by the user's own code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.core.config import OWN_FAMILY, HpValue, TrainingConfig
from wizard.core.errors import DataError, NotAvailableError
from wizard.data.form import Form
from wizard.data.task import Task
from wizard.models.family import Family, look_every, multiple
from wizard.training.declared import Declared, declared_of, value_at
from wizard.training.heads import Head, squashed
from wizard.training.nests import in_numpy, leaves
from wizard.training.own_build import Built, built_of, is_plain_graph
from wizard.training.own_tensors import OwnPreparation
from wizard.training.pipeline import Pipeline, Tensors
from wizard.training.prepared import Prepared, TargetScale
from wizard.training.randomness import keras_seed

ENOUGH_STEPS, FEWEST_EPOCHS, MOST_EPOCHS = 600, 20, 60  # of the usual training, as for our plainest family
PLACES = (0.0, 1 / 3, 2 / 3, 1.0)  # between the ends of every range of capacity: rungs of the ladder
LEAST = 1e-12  # of a probability, so that it has a logarithm
SUMS = 1e-3  # by which probabilities may miss their sum


class OwnModel:
    """See the module's docstring."""

    def __init__(self, given: Any, pipeline: Pipeline, tensors: Tensors, task: Task, key: str, seed: int) -> None:
        """Looks at nothing yet.

        Args:
            given: `build(hp)`, a HyperModel, or a compiled model.
            pipeline: Of the model as it was built first.
            tensors: All examples, in the order of the data set.
            task: As the data set has it.
            key: What decides the outcome.
            seed: The journey's.
        """
        self.given, self.pipeline, self.tensors, self.task, self.key, self.seed = (
            given, pipeline, tensors, task, key, seed
        )  # fmt: skip
        self.is_instance = isinstance(given, keras.Model)
        self._first = [v.numpy().copy() for v in given.variables] if self.is_instance else []
        self._first_optimizer = [v.numpy().copy() for v in given.optimizer.variables] if self.is_instance else []
        self._built: dict[tuple[Any, ...], Built] = {}
        self._prepared: dict[int, tuple[Prepared, Prepared]] = {}

    # ── what it is ───────────────────────────────────────────────────────────────────────────────
    @property
    def name(self) -> str:
        """What the user calls it."""
        build = getattr(self.given, "__name__", type(self.given).__name__)
        return str(self.given.name if self.is_instance else build)

    @property
    def head(self) -> Head:
        """The output that answers."""
        return self.pipeline.head

    @property
    def head_at(self) -> int:
        """Its place among the outputs."""
        return self.pipeline.heads.index(self.head)

    @property
    def has_own_step(self) -> bool:
        """Whether training goes through a train_step of the user's own."""
        return type(self.pipeline.model).train_step is not keras.Model.train_step

    @property
    def is_copyable(self) -> bool:
        """Whether there can be a second instance: a build function gives one, and so does a plain graph of layers."""
        return not self.is_instance or (is_plain_graph(self.given) and not self.has_own_step)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """The hyperparameters that build(hp) declares."""
        from keras_tuner import HyperParameters

        if self.is_instance:
            return ()
        hp = HyperParameters()
        with keras_seed(0):
            self._build(hp)
        return declared_of(hp.space)

    def of_role(self, role: str) -> tuple[Declared, ...]:
        """The hyperparameters of one role."""
        return tuple(one for one in self.declared if one.role == role)

    @cached_property
    def default(self) -> Built:
        """The build with all hyperparameters at their defaults."""
        return self.built({})

    @cached_property
    def owned(self) -> frozenset[str]:
        """Which of "learning_rate" and "weight_decay" hyperparameters of the user's decide, found by moving all."""
        moved = {d.name: _elsewhere(d) for d in self.declared}
        if not moved:
            return frozenset()
        try:
            other = self.built(moved)
        except Exception:  # all at their ends may be too much together: then the names have to tell
            words = " ".join(moved)
            rate, decay = (re.search(pattern, words) for pattern in (r"lr|rate", r"decay"))
            return frozenset(name for name, is_there in (("learning_rate", rate), ("weight_decay", decay)) if is_there)
        own = {"learning_rate": other.rate != self.default.rate, "weight_decay": other.decay != self.default.decay}
        return frozenset(name for name, is_other in own.items() if is_other)

    @property
    def takes_rate(self) -> bool:
        """Whether the learning rate is a number that can be set."""
        return self.default.rate is not None

    @property
    def takes_schedule(self) -> bool:
        """Whether a schedule can take its place; the optimiser of an instance that is used itself is left as it is."""
        return self.takes_rate and self.is_copyable

    @property
    def takes_decay(self) -> bool:
        """Whether the optimiser's weight decay can be set."""
        return self.default.takes_decay and self.is_copyable and "weight_decay" not in self.owned

    # ── building ─────────────────────────────────────────────────────────────────────────────────
    def new(self, hp: Mapping[str, HpValue], seed: int) -> Any:
        """A compiled and built model: fresh weights of a build; of an instance a copy with its first weights.

        Raises:
            NotAvailableError: For an instance that cannot be copied.
        """
        from keras_tuner import HyperParameters

        if not self.is_copyable:
            raise NotAvailableError("This model was given as an instance that cannot be copied. Pass build(hp).")
        few = keras.tree.map_structure(lambda array: array[:1], self.tensors.x)
        with keras_seed(seed):
            if self.is_instance:
                model = keras.models.clone_model(self.given)
                optimizer = self.given.optimizer
                settings = self.given.get_compile_config() or {}
                model.compile(type(optimizer).from_config(self._optimizer), self.given.loss,
                              loss_weights=settings.get("loss_weights"))  # fmt: skip
            else:
                values = HyperParameters()
                values.values = dict(hp)
                model = self._build(values)
            if not model.built:
                model(few, training=False)
        if self.is_instance:
            for variable, value in zip(model.variables, self._first, strict=True):
                variable.assign(value)
        return model

    def first_state(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Values of the variables of an instance and of its optimiser, as they came."""
        return self._first, self._first_optimizer

    def built(self, hp: Mapping[str, HpValue]) -> Built:
        """What a build with these hyperparameters is; built once."""
        own = tuple(sorted(hp.items()))
        if own not in self._built:
            model = self.given if self.is_instance else self.new(hp, 0)
            self._built[own] = built_of(model)
        return self._built[own]

    @cached_property
    def _optimizer(self) -> dict[str, Any]:
        return self.given.optimizer.get_config()

    def _build(self, hp: Any) -> Any:
        build: Callable[[Any], Any] = self.given.build if hasattr(self.given, "build") else self.given
        return build(hp)

    # ── as a family ──────────────────────────────────────────────────────────────────────────────
    @cached_property
    def family(self) -> Family:
        """What the steps ask of a family: how it is usually trained, and its sizes."""

        def cannot(*_: Any) -> Any:
            raise NotAvailableError("A model of the user's own is built by its own code.")

        title = f"Your model {self.name!r}"
        return Family(OWN_FAMILY, title, "Your own code", (), cannot, self._recipe, lambda form: self.ladder)

    def _recipe(self, form: Form, n: int, task: Task) -> TrainingConfig:
        """The user's optimiser and batch; epochs as our plainest family would take."""
        batch = self.pipeline.wanted_batch
        look = look_every(n, batch)
        epochs = min(max(ENOUGH_STEPS * batch / n, FEWEST_EPOCHS), MOST_EPOCHS)
        decay = 0.0 if "weight_decay" in self.owned else self.default.decay
        return TrainingConfig(
            family=OWN_FAMILY, hp=self.calm, learning_rate=self.default.rate or 1e-3, weight_decay=decay, batch=batch,
            epochs=multiple(epochs, look), look_every=look, head_bias=False,
        )  # fmt: skip

    @property
    def calm(self) -> dict[str, HpValue]:
        """Declared regularisers at the values that hold training back least."""
        return {one.name: one.calm for one in self.declared if one.role not in ("", "capacity")}

    @cached_property
    def ladder(self) -> tuple[dict[str, HpValue], ...]:
        """Rungs of capacity, by the number of parameters that the user's code then has; one has the defaults."""
        sizes = self.of_role("capacity")
        wanted = [{one.name: value_at(one.dimension, place) for one in sizes} for place in PLACES]
        wanted.append({one.name: one.default for one in sizes})
        rungs: dict[int, dict[str, HpValue]] = {}
        for size in wanted[::-1]:  # of as many parameters, the defaults come first
            try:
                rungs.setdefault(self.built({**self.calm, **size}).n_parameters, {**self.calm, **size})
            except Exception:  # what the code cannot build is no rung
                continue
        return tuple(rungs[n] for n in sorted(rungs))

    @property
    def has_ladder(self) -> bool:
        """Whether there is more than one size."""
        return len(self.ladder) > 1

    def size_of(self, hp: Mapping[str, HpValue]) -> dict[str, HpValue]:
        """The part of a configuration's hyperparameters that makes it larger or smaller."""
        return {one.name: hp.get(one.name, one.default) for one in self.of_role("capacity")}

    def neighbours(self, hp: Mapping[str, HpValue]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Sizes of fewer and of more parameters than a configuration's, the nearest first."""
        own = self.built({**self.calm, **self.size_of(hp)}).n_parameters
        counted = [(self.built(rung).n_parameters, self.size_of(rung)) for rung in self.ladder]
        below = [size for n, size in counted if n < own]
        return below[::-1], [size for n, size in counted if n > own]

    # ── data ─────────────────────────────────────────────────────────────────────────────────────
    def prepared(self, plain: Prepared) -> Prepared:
        """What a run reads: the rows of a plain preparation, with the user's tensors as they came."""
        found = self._prepared.get(id(plain))
        if found is None or found[0] is not plain:
            y = self.y
            own = replace(
                plain, preparation=self.preparation, tensors=self._arrays, y=y,
                scale=TargetScale(np.zeros(()), np.ones(())),  # the user's own unit
                channel_mean=np.empty(0), channel_std=np.empty(0),
            )  # fmt: skip
            while len(self._prepared) >= 4:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[id(plain)] = found = (plain, own)
        return found[1]

    @cached_property
    def preparation(self) -> OwnPreparation:
        """What turns new examples into the model's tensors."""
        return OwnPreparation(keras.tree.map_structure(lambda array: array[:1], self.tensors.x))

    @cached_property
    def y(self) -> np.ndarray:
        """Codes of the data set's classes, labels, or targets in the user's unit."""
        return self._coded(self.tensors.targets[self.head_at])

    def codes(self, y: Any, n: int) -> np.ndarray:
        """Targets of n new examples, as `y` has those of the known ones.

        Raises:
            DataError: For others than the model was trained on.
        """
        flat = keras.tree.flatten(in_numpy(y))
        one = np.asarray(flat[self.head_at] if len(flat) == len(self.pipeline.heads) else flat[0])
        if len(one) != n:
            raise DataError(f"There must be a target for each example. Received: {n:,} examples, {len(one):,} targets.")
        try:
            return self._coded(one).astype("float64" if not self.task.is_classification else "int32")
        except KeyError as error:
            raise DataError(
                f"Every label must be one that the model was trained on. Received: {error.args[0]}; "
                f"the classes are {', '.join(self.task.classes)}."
            ) from error

    def _coded(self, y: np.ndarray) -> np.ndarray:
        y = y.reshape(len(y), -1)
        if self.task.is_multilabel:
            return y.astype("int32")
        if not self.task.is_classification:
            return (y if self.task.targets else y[:, 0]).astype("float32")
        codes = y[:, 0] if y.shape[1] == 1 else y.argmax(1)
        code = {unit: number for number, unit in enumerate(self.units)}
        return np.array([code[int(one)] for one in codes], "int32")

    @cached_property
    def units(self) -> list[int]:
        """Of every class the unit of the output, or the value of the label, that stands for it."""
        return [int(float(name)) for name in self.task.classes] if self.task.is_exclusive else []

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        named = {f"x{i}": array for i, array in enumerate(self.tensors.inputs)}
        named |= {f"y{i}": array for i, array in enumerate(self.tensors.targets)}
        return named if self.tensors.weight is None else {**named, "own_weight": leaves(self.tensors.weight)[0]}

    # ── outputs ──────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def are_probabilities(self) -> bool:
        """Whether the outputs are probabilities: by the loss, by the last layer, or by their values."""
        head = self.head
        if head.is_known:
            return head.wants_probabilities
        if head.activation in ("softmax", "sigmoid"):
            return True
        few = self.pipeline.train.take(np.arange(min(64, len(self.pipeline.train))))
        out = self.pipeline.outputs(few.x)[self.head_at].reshape(len(few), -1)
        is_inside = bool((out >= 0).all() and (out <= 1).all())
        return is_inside and (out.shape[1] == 1 or self.head.kind == "labels" or abs(out.sum(1) - 1).max() < SUMS)

    def answers(self, out: np.ndarray) -> np.ndarray:
        """Outputs of the answering head as probabilities (n, k) float64, or as predictions (n, m)."""
        n = len(out)
        if not self.task.is_classification:
            return out.reshape(n, -1)
        head = replace(self.head, from_logits=not self.are_probabilities)
        p = squashed(head, out).reshape(n, -1)
        if self.task.is_multilabel:
            return np.clip(p, 0.0, 1.0)
        if p.shape[1] == 1:
            return np.clip(np.concatenate([1 - p, p], axis=1), 0.0, 1.0)
        p = np.maximum(p[:, self.units], 0.0)
        return p / np.maximum(p.sum(1, keepdims=True), LEAST)

    def logits(self, out: np.ndarray) -> np.ndarray:
        """Outputs of the answering head as every step reads a network's: logits (n, k), or predictions (n, m)."""
        p = self.answers(out)
        if not self.task.is_classification:
            return p
        p = np.clip(p, LEAST, 1 - LEAST if self.task.is_multilabel else 1.0)
        return np.log(p) - np.log1p(-p) if self.task.is_multilabel else np.log(p)

    @property
    def loss_unit(self) -> str:
        """What its losses are counted in."""
        return "nats" if self._is_cross_entropy else "units of your loss"

    @property
    def _is_cross_entropy(self) -> bool:
        return self.head.is_known and self.head.kind != "numbers"

    def fit_to(self, error: float) -> float:
        """The training loss at which training may stop, for a training error; one of another kind falls as it can."""
        if len(self.pipeline.heads) > 1:
            return -1e30
        if self._is_cross_entropy:
            return error / 4
        if self.head.loss == "mean_squared_error":
            return error / 2 * float(np.var(self.y, axis=0).mean())
        return -1e30

    def refuse_unusual(self) -> None:
        """Raises NotAvailableError for outputs that are no one answer an example."""
        few = self.pipeline.train.take(np.arange(min(2, len(self.pipeline.train))))
        out = self.pipeline.outputs(few.x)[self.head_at]
        width = int(np.prod(out.shape[1:]))
        wanted = max(self.units, default=0) + 1 if self.task.is_exclusive else self.task.n_outputs
        if self.task.is_exclusive and width == 1 and self.task.n_outputs == 2:
            return
        if out.ndim > 2 or width < wanted or (not self.task.is_exclusive and width != wanted):
            raise NotAvailableError(
                "The stages after baseline() take models with one answer an example: a number for each of "
                f"{wanted} {'classes' if self.task.is_classification else 'targets'}. Received: outputs of shape "
                f"{tuple(out.shape[1:])}. explore() and baseline() judge such a model too."
            )


def _elsewhere(one: Declared) -> HpValue:
    """A value of a hyperparameter that is not its default."""
    first, last = (value_at(one.dimension, place) for place in (0.0, 1.0))
    return first if one.default != first else last
