"""A compiled model and the tensors that it trains on: what baseline's experiments are done to.

Nothing is known of how either was made. A model may not be clonable, so all of its variables and those of its optimiser
are kept and put back around every experiment; training goes through the model's own `train_on_batch`, so that a
`train_step`, losses and weights of the user's own are what is judged.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.seeds import derive
from wizard.training.draws import differ, repeat
from wizard.training.heads import Head, heads_of
from wizard.training.randomness import keras_seed, watched_draws

PREDICTED = 256  # examples a call
EXPLODED = 1e6  # times the first loss: a run that gets there is over


@dataclass(frozen=True)
class Tensors:
    """What enters a model: nests (an array, or tuples or dicts of arrays) whose first axis is n examples."""

    x: Any
    y: Any
    weight: Any = None

    def __len__(self) -> int:
        return len(keras.tree.flatten(self.x)[0])

    def take(self, rows: np.ndarray) -> Tensors:
        """Some of the examples, in that order."""

        def chosen(nest: Any) -> Any:
            return None if nest is None else keras.tree.map_structure(lambda array: array[rows], nest)

        return Tensors(chosen(self.x), chosen(self.y), chosen(self.weight))

    def joined(self, other: Tensors) -> Tensors:
        """These examples, then others of the same structure; weights stay where both have them."""

        def both(one: Any, two: Any) -> Any:
            return keras.tree.map_structure(lambda a, b: np.concatenate([a, b]), one, two)

        weight = None if self.weight is None or other.weight is None else both(self.weight, other.weight)
        return Tensors(both(self.x, other.x), both(self.y, other.y), weight)

    def but(self, **changes: Any) -> Tensors:
        """With other inputs, targets or weights."""
        return Tensors(**{"x": self.x, "y": self.y, "weight": self.weight, **changes})

    @property
    def inputs(self) -> list[np.ndarray]:
        """The arrays of the inputs."""
        return keras.tree.flatten(self.x)

    @property
    def targets(self) -> list[np.ndarray]:
        """The arrays of the targets."""
        return keras.tree.flatten(self.y)


@dataclass(frozen=True)
class Trace:
    """What a short training showed.

    Attributes:
        losses: (steps,) loss of each step's batch, as Keras reports it.
        ratios: {variable: (steps,) length of the update over the variable's length}, of the watched steps.
        moved: {variable: whether it changed at all}.
        watched: What `watch` returned, one each time.
        at: Steps at which it was asked.
        failure: Why training ended early, or "".
    """

    losses: np.ndarray
    ratios: dict[str, np.ndarray]
    moved: dict[str, bool]
    watched: list[Any]
    at: list[int]
    failure: str


class Pipeline:
    """See the module's docstring."""

    def __init__(
        self,
        model: Any,
        train: Tensors,
        held: Tensors | None = None,
        *,
        batch: int = 32,
        epochs: int = 1,
        class_weight: dict[Any, float] | None = None,
        is_shuffled: bool = True,
        is_own: bool = False,
        second_x: Any = None,
        second_x_held: Any = None,
        draws: str = "",
        n_examples: int | None = None,
        callbacks: tuple[Any, ...] = (),
        seed: int = 0,
    ) -> None:
        """Keeps the model's first state.

        Args:
            model: Compiled and built.
            train: Training examples, in the order in which they would come.
            held: Validation examples, or None.
            batch: Examples a step.
            epochs: That were to be trained.
            class_weight: As `fit` takes it.
            is_shuffled: Whether the examples are shuffled before every epoch.
            is_own: Whether the model is the library's.
            second_x: The first training inputs as a second pass gives them, or None where there is none.
            second_x_held: The same of the validation inputs.
            draws: What draws random numbers while training batches are made, "" where nothing is seen to.
            n_examples: Training examples of an epoch, where they are more than these.
            callbacks: That `fit` was given.
            seed: Of the experiments.
        """
        self.model, self.train, self.batch, self.epochs = model, train, max(1, min(batch, len(train))), epochs
        self.wanted_batch = max(1, batch)
        self.class_weight, self.is_shuffled, self.is_own, self.seed = class_weight, is_shuffled, is_own, seed
        self.second_x, self.second_x_held, self.draws = second_x, second_x_held, draws
        self.n_examples, self.callbacks = n_examples or len(train), callbacks
        self.given_held = held
        self.judged_at: int | None = None
        self._draws_seen = False
        model.jit_compile = False  # compiling takes longer than these short runs
        model.train_function = model.test_function = model.predict_function = None
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        # AutoGraph leaves bytecode in the system's temporary folder: only for what may need it
        self._forward = tf.function(self._called, autograph=not is_own, reduce_retracing=True)
        self.first = self.state()

    def use(self, train: Tensors, held: Tensors) -> None:
        """Takes other examples, those of a journey's sets, in place of the first ones."""
        self.train, self.given_held = train, held
        self.batch = max(1, min(self.wanted_batch, len(train)))
        self.__dict__.pop("held", None)

    @property
    def steps_an_epoch(self) -> int:
        """Of all training examples, also where these are a part of them."""
        return max(1, -(-self.n_examples // self.batch))

    @property
    def rate(self) -> float:
        """The learning rate at this step."""
        return float(keras.ops.convert_to_tensor(self.model.optimizer.learning_rate))

    # ── state ────────────────────────────────────────────────────────────────────────────────────
    @property
    def variables(self) -> list[Any]:
        """Of model and optimiser, each once."""
        seen = {id(v): v for v in [*self.model.variables, *self.model.optimizer.variables]}
        return list(seen.values())

    def state(self) -> list[np.ndarray]:
        """Values of all variables."""
        return [v.numpy().copy() for v in self.variables]

    def restore(self, state: list[np.ndarray]) -> None:
        """Puts values back."""
        for variable, value in zip(self.variables, state, strict=True):
            variable.assign(value)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Notes whether the model draws from TensorFlow's own random state, which is then seeded at each fit."""
        with watched_draws() as draws:
            try:
                yield
            finally:
                self._draws_seen = self._draws_seen or bool(draws)

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Whatever is done inside, the model is as before afterwards."""
        before = self.state()
        try:
            yield
        finally:
            self.restore(before)

    # ── data ─────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def held(self) -> Tensors:
        """Validation examples; without any, every fourth training example."""
        return self.given_held if self.given_held is not None else self.train.take(np.arange(0, len(self.train), 4))

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The model's outputs with losses and targets."""
        few = self.train.take(np.arange(min(PREDICTED, len(self.train))))
        with self.untouched():
            return heads_of(self.model, self.outputs(few.x), self.train.targets)

    @property
    def head(self) -> Head:
        """The output that is judged: the first one that has a loss, unless `of_output` chose another."""
        if self.judged_at is not None:
            return self.heads[self.judged_at]
        return next((head for head in self.heads if head.loss), self.heads[0])

    def of_output(self, place: int) -> Pipeline:
        """The same model and data, judged by one of its outputs alone; it trains as it always does."""
        own = copy.copy(self)
        own.judged_at = place
        return own

    @cached_property
    def judged_outputs(self) -> tuple[int, ...]:
        """Places of the outputs that have a loss."""
        return tuple(place for place, head in enumerate(self.heads) if head.loss)

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """What the inputs are called: as in the data, else as the model calls them; "the input" where there is one."""
        n = len(self.train.inputs)
        if isinstance(self.train.x, dict) and len(self.train.x) == n:
            return tuple(f"input '{name}'" for name in sorted(self.train.x))
        own = [getattr(tensor, "name", "") for tensor in keras.tree.flatten(getattr(self.model, "inputs", None) or [])]
        if n > 1 and len(own) == n and all(own):
            return tuple(f"input '{name}'" for name in own)
        return tuple(f"input {i + 1}" for i in range(n)) if n > 1 else ("the input",)

    @cached_property
    def varies(self) -> bool:
        """Whether training inputs are others at every pass."""
        return self.second_x is not None and differ(keras.tree.flatten(self.second_x), self.train.inputs)

    @cached_property
    def repeats(self) -> bool:
        """Whether a second pass over training inputs was made, and gave the very same."""
        return self.second_x is not None and repeat(keras.tree.flatten(self.second_x), self.train.inputs)

    @cached_property
    def varies_held(self) -> bool:
        """Whether validation inputs are others at every pass."""
        if self.second_x_held is None or self.given_held is None:
            return False
        return differ(keras.tree.flatten(self.second_x_held), self.given_held.inputs)

    # ── looking ──────────────────────────────────────────────────────────────────────────────────
    def _called(self, x: Any) -> Any:
        return self.model(x, training=False)

    def outputs(self, x: Any) -> list[np.ndarray]:
        """One array an output, of any number of examples, dropout off."""
        n, parts = len(keras.tree.flatten(x)[0]), []
        for start in range(0, n, PREDICTED):
            few = keras.tree.map_structure(lambda a, s=start: tf.constant(a[s : s + PREDICTED]), x)
            with self._watched():
                parts.append([np.asarray(out) for out in keras.tree.flatten(self._forward(few))])
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def losses(self, tensors: Tensors, outputs: list[np.ndarray] | None = None) -> np.ndarray:
        """(n,) losses by the user's own loss functions, the heads that are judged added up; no regularisation."""
        outputs = self.outputs(tensors.x) if outputs is None else outputs
        total = np.zeros(len(tensors))
        for place, (head, out, y) in enumerate(zip(self.heads, outputs, tensors.targets, strict=True)):
            if head.loss and self.judged_at in (None, place):
                values = np.asarray(head.call(tf.constant(y), tf.constant(out)), "float64")
                total += values if values.shape == (len(tensors),) else float(np.mean(values))
        return total

    def penalty(self) -> float:
        """What regularisers add to the loss."""
        return float(sum(float(keras.ops.convert_to_tensor(one)) for one in self.model.losses))

    def reported(self, tensors: Tensors) -> float:
        """The loss that Keras reports for examples, in test mode, regularisation left out."""
        self.model.reset_metrics()
        answer = self.model.test_on_batch(tensors.x, tensors.y, sample_weight=tensors.weight, return_dict=True)
        if self.judged_at is not None:  # Keras tells the outputs' losses one by one
            return float(answer.get(f"{self.head.name}_loss", float("nan")))
        return float(answer["loss"]) - self.penalty() if "loss" in answer else float("nan")

    def gradients(self, tensors: Tensors) -> tuple[list[Any], list[Any]]:
        """(trainable variables, gradients of the loss on examples) in training mode; None where there is none."""
        x, y = (keras.tree.map_structure(tf.constant, nest) for nest in (tensors.x, tensors.y))
        with self.untouched(), tf.GradientTape() as tape:
            out = self.model(x, training=True)
            loss = self.model.compute_loss(x=x, y=y, y_pred=out, sample_weight=None, training=True)
            variables = self.model.trainable_variables
            found = tape.gradient(loss, [v.value for v in variables])
        return variables, [None if g is None else np.asarray(tf.convert_to_tensor(g)) for g in found]

    # ── training ─────────────────────────────────────────────────────────────────────────────────
    def fit(
        self,
        tensors: Tensors,
        steps: int,
        *,
        batch: int | None = None,
        watch: Callable[[], Any] | None = None,
        every: int = 0,
        measured: int = 0,
        uses: str = "",
    ) -> Trace:
        """Trains from where the model is, by its own `train_on_batch`, on examples in a seeded order.

        Args:
            tensors: Examples.
            steps: Gradient steps.
            batch: Examples a step; the user's by default.
            watch: Called before the first step and after every `every`-th.
            every: Steps between two looks; 0 looks never.
            measured: First steps of which updates are measured.
            uses: Name of the use, for the seed.
        """
        n, batch = len(tensors), min(batch or self.batch, len(tensors))
        random = np.random.default_rng(derive(self.seed, "fit", uses))
        order, place = random.permutation(n), 0
        losses, watched, at = [], [], []
        ratios: dict[str, list[float]] = {}
        before = {v.path: v.numpy().copy() for v in self.model.trainable_variables}
        first, failure = None, ""
        is_calm = self.is_own or (self.model.train_function is not None and not self._draws_seen)
        with keras_seed(derive(self.seed, "steps", uses), is_calm), self._watched():
            if every and watch:
                watched.append(watch())
                at.append(0)
            for number in range(1, steps + 1):
                if place + batch > n:
                    order, place = random.permutation(n), 0
                rows = order[place : place + batch]
                place += batch
                old = [v.numpy().copy() for v in self.model.trainable_variables] if number <= measured else []
                losses.append(self._step(tensors.take(rows)))
                first = losses[0]
                for variable, value in zip(self.model.trainable_variables, old, strict=False):
                    change, size = np.linalg.norm(variable.numpy() - value), np.linalg.norm(value)
                    ratios.setdefault(variable.path, []).append(float(change / size) if size else float(change > 0))
                if every and watch and number % every == 0:
                    watched.append(watch())
                    at.append(number)
                if not np.isfinite(losses[-1]) or abs(losses[-1]) > EXPLODED * max(abs(first), 1e-3):
                    word = "was no number any more" if not np.isfinite(losses[-1]) else "exploded"
                    failure = f"the loss {word} after {number} step{'s' * (number > 1)}"
                    break
        after = {v.path: v.numpy().copy() for v in self.model.trainable_variables}
        moved = {path: not np.array_equal(value, after[path]) for path, value in before.items()}
        return Trace(
            np.array(losses), {p: np.array(r) for p, r in ratios.items()}, moved, watched, at, failure
        )  # fmt: skip

    def _step(self, tensors: Tensors) -> float:
        self.model.reset_metrics()
        weights = (
            {"sample_weight": tensors.weight} if self.class_weight is None else {"class_weight": self.class_weight}
        )
        is_bare = tensors.weight is None and self.class_weight is None
        if is_bare and type(self.model).train_step is not keras.Model.train_step:
            self.model.make_train_function()  # as fit gives it: a step of the user's may unpack pairs alone
            answer = self.model.train_function(iter([(tensors.x, tensors.y)]))
        else:
            answer = self.model.train_on_batch(tensors.x, tensors.y, return_dict=True, **weights)
        return float(answer.get("loss", next(iter(answer.values()), float("nan"))))
