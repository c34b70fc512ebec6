"""A compiled network with resident data: traced once, run many times, each run bit for bit as from a fresh model.

What differs between runs (weights, rates, data) is assigned to variables. A step reads a batch of row numbers and
gathers the rows inside the graph. Made under the scope of a strategy for several devices, its steps read the rows
themselves (`training.replicas`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.data.form import Form, SeriesForm
from wizard.data.task import Task
from wizard.models.build import Network, build_network
from wizard.models.creative import disturbed
from wizard.models.family import family
from wizard.models.layers import Schedule
from wizard.models.losses import CrossEntropy, LabelCrossEntropy, OverMembers, SquaredError
from wizard.models.optimizer import ClippedAdamW
from wizard.training.mixing import Mixing
from wizard.training.prepared import Prepared
from wizard.training.randomness import keras_seed
from wizard.training.redraw import Redraw
from wizard.training.resident import Resident
from wizard.training.rows import training_rows
from wizard.training.steps import STEPS_A_CALL, Steps
from wizard.training.teaching import Taught
from wizard.training.trunk import Trunk

SCHEDULES = ("constant", "cosine", "cycles")  # by their number in the schedule
PREDICT_BATCH = 1024  # rows, and fewer where they are large:
PREDICT_NUMBERS = 2**24  # that enter a network at once: 64 MiB, and every layer of pictures takes as much again


class CompiledNetwork:
    """One structure, compiled; see the module's docstring."""

    is_calm = True  # nothing in it draws from TensorFlow's own random states

    def __init__(
        self,
        config: TrainingConfig,
        form: Form,
        task: Task,
        steps_a_call: int = STEPS_A_CALL,
        resident: Resident | None = None,
    ) -> None:
        """Builds and compiles; nothing is traced yet."""
        self.form, self.task = form, task
        self.resident = resident or Resident()  # shared by networks of one form
        self.strategy = tf.distribute.get_strategy() if tf.distribute.has_strategy() else None
        self._untouched: int | None = derive(config.seed, "weights")  # seed whose first weights are in place
        build = partial(build_network, config, form, task)
        self.redraw = Redraw(build, lambda network: network.model, self._untouched)
        self.network: Network = self.redraw.built
        model = self.network.model
        self.schedule = Schedule()
        self.loss = _loss(task)
        self.taught = Taught(self.loss, task) if config.teacher else None
        self.optimizer = ClippedAdamW(self.schedule, weight_decay=0.0)
        self.optimizer.exclude_from_weight_decay(
            var_list=[v for v in model.trainable_variables if len(v.shape) < 2 or "embedding" in v.path]
        )
        self.weight_decay = keras.Variable(0.0, trainable=False, name="weight_decay")
        self.optimizer.weight_decay = self.weight_decay
        loss = self.taught or self.loss
        loss = loss if self.network.n_members == 1 else OverMembers(loss)
        model.compile(self.optimizer, loss, steps_per_execution=steps_a_call, jit_compile=False)
        self.optimizer.build(model.trainable_variables)
        self._fresh_optimizer = [v.numpy().copy() for v in self.optimizer.variables]
        self._data: tuple[Any, ...] = ()
        self.mixing = Mixing(form.kind, self._spread) if config.is_mixed else None
        self._patch(model, self._gathered)
        self._steps = Steps(model) if steps_a_call > 1 else None
        self._trunk = self._cut(config, loss)
        rows = tf.TensorSpec((None,), "int64")
        self._forward = tf.function(self._logits, autograph=False, input_signature=[rows])

    @property
    def model(self) -> Any:
        """The Keras model; `fit` takes a data set of row numbers."""
        return self.network.model

    @property
    def steps(self) -> Steps | None:
        """What runs many training steps together, from kept features where there are; None for Keras's own loop."""
        return self._steps if self._trunk is None or not self._trunk.is_kept else self._trunk.steps

    def begin(
        self, config: TrainingConfig, prepared: Prepared, row_weight: np.ndarray, soft: np.ndarray | None = None
    ) -> None:
        """Makes everything as new for a run: data, weights, optimiser, rates.

        Args:
            config: Of the run.
            prepared: Its data.
            row_weight: (n,) weight of every row in the loss.
            soft: (n, k) what its teacher answers for every row (`teaching.soft_targets`); None without a teacher.
        """
        if self.taught is not None:
            assert soft is not None
            self.taught.set(soft, config.soft)
        self._load(prepared, row_weight, config.control, config.seed)
        trained = training_rows(config, prepared)
        self._draw(config)
        for variable, value in zip(self.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(value)
        network = self.network
        if network.standardize is not None:
            network.standardize.mean.assign(prepared.channel_mean)
            network.standardize.std.assign(prepared.channel_std)
        if network.augment is not None:
            network.augment.strength.assign(config.augment)
        if self.mixing is not None:
            self.mixing.set(config)
        self.regularise(config, 0.0)
        if self.task.is_classification:
            self.loss.smoothing.assign(config.label_smoothing)
            if config.head_bias:
                odds = prepared.prior / (1 - prepared.prior) if self.task.is_multilabel else prepared.prior
                network.head.bias.assign(np.log(odds).astype("float32"))
        chosen = family(config.family)
        if chosen.prepare is not None:
            chosen.prepare(
                self.model, {name: prepared.tensors[name][trained] for name in self.model.input}, config.seed
            )
        self.optimizer.set(config.beta_2, config.clip)
        if self._trunk is not None and not config.augment:
            self.resident.let_keep(self._trunk)
            self._trunk.keep(np.union1d(trained, prepared.held), len(prepared.y), self._predict_batch())
        n_rows = len(trained)
        self.schedule.peak.assign(config.learning_rate)
        self.schedule.steps.assign(float(config.epochs * -(-n_rows // config.batch)))
        self.schedule.kind.assign(SCHEDULES.index(config.schedule))

    def regularise(self, config: TrainingConfig, done: float) -> None:
        """Sets dropout and weight decay for a moment of a run; `done` is the share of it that is over."""
        left = 0.5 * (1 + np.cos(np.pi * min(max(2 * done - 1, 0.0), 1.0))) if config.fade else 1.0
        for dropout in self.network.dropouts:
            dropout.rate.assign(config.dropout * left)
        self.weight_decay.assign(config.weight_decay * left)

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(len(rows), k) logits or (len(rows), m) standardised targets of resident rows, float32, dropout off."""
        self.resident.place(*self._data)  # another network may have put its own there
        batch = self._predict_batch()
        forward = self._trunk.answers if self._trunk is not None and self._trunk.has(rows) else self._forward
        parts = [
            np.asarray(forward(tf.constant(rows[start : start + batch], "int64")))
            for start in range(0, len(rows), batch)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.task.n_outputs), "float32")

    def with_losses(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `predict` gives for resident rows, and their losses (n,)."""
        from wizard.training.fit import losses_of  # which stands on this module

        outputs = self.predict(rows)
        return outputs, losses_of(outputs, self._data[0].y[rows], self.task)

    def predict_disturbed(self, rows: np.ndarray, strength: float, seed: int) -> np.ndarray:
        """What `predict` gives, for inputs disturbed by a strength of 0–1 (`models.creative.disturbed`)."""
        self.resident.place(*self._data)
        parts = []
        batch = self._predict_batch()
        for start in range(0, len(rows), batch):
            gathered = self._gathered(tf.constant(rows[start : start + batch], "int64"))
            inputs = {n: tf.cast(v, "float32") if v.dtype == tf.uint8 else v for n, v in gathered.items()}
            draw = tf.constant([seed, start], "int32")
            changed = disturbed(self.form.kind, inputs, tf.constant(strength), draw, self._spread())
            parts.append(np.asarray(self.network.answers(changed, training=False)))
        return np.concatenate(parts)

    def _predict_batch(self) -> int:
        numbers_a_row = sum(int(np.prod(tensor.shape[1:])) for tensor in self.model.input.values())
        return int(np.clip(PREDICT_NUMBERS // max(numbers_a_row, 1), 1, PREDICT_BATCH))

    def weights(self) -> list[np.ndarray]:
        """All variables of the model, in order: weights, batch statistics, seed states."""
        return [v.numpy().copy() for v in self.model.variables]

    def restore(self, weights: list[Any]) -> None:
        """Assigns what `weights` gave."""
        self._untouched = None
        self._forget()
        for variable, value in zip(self.model.variables, weights, strict=True):
            variable.assign(value)

    def load(self, prepared: Prepared) -> None:
        """Makes the data of a run resident, for predictions."""
        self._load(prepared, prepared.weight, "none", 0)

    def _draw(self, config: TrainingConfig) -> None:
        """Gives all variables the values that a fresh network of this seed has."""
        seed = derive(config.seed, "weights")
        if seed == self._untouched:
            self._untouched = None
            return
        first = self.redraw.values(seed)
        if first is None:
            with keras_seed(seed, is_calm=True):
                first = build_network(config, self.form, self.task).model.variables
            self.redraw.learn(first, seed)
        self.restore(first)

    def _forget(self) -> None:
        if self._trunk is not None:
            self._trunk.forget()

    def _load(self, prepared: Prepared, row_weight: np.ndarray, control: str, seed: int) -> None:
        self._forget()
        self._data = (prepared, row_weight, control, seed)
        self.resident.place(*self._data)

    def _gathered(self, rows: Any) -> dict[str, Any]:
        return {name: self.resident.gather(name, rows) for name in self.model.input}

    def _logits(self, rows: Any) -> Any:
        return self.network.answers(self._gathered(rows), training=False)

    def batch(self, rows: Any) -> tuple[dict[str, Any], Any, Any]:
        """(inputs, targets, weights) of rows (b,), as a training step takes them."""
        return self._gathered(rows), *self._targets(rows)

    def _targets(self, rows: Any) -> tuple[Any, Any]:
        y, weight = self.resident.gather("y", rows), self.resident.gather("weight", rows)
        is_single = self.task.n_outputs == 1
        if self.taught is not None:
            y, is_single = self.taught.beside(y, rows), False
        return y[:, None] if is_single else y, weight

    def _spread(self) -> Any:
        """(c,) standard deviation of a series' channels, 0 for one that holds no measurement."""
        if not isinstance(self.form, SeriesForm):
            return tf.zeros(1)
        is_measured = [float(number < self.form.n_measured) for number in range(len(self.form.channels))]
        return self.network.standardize.std * tf.constant(is_measured)

    def _cut(self, config: TrainingConfig, loss: Any) -> Trunk | None:
        """What nothing trains of the network, where its features may be kept: nothing may disturb the inputs."""
        layer = family(config.family).untrained(self.network.hp)
        if not layer or self._steps is None or self.mixing is not None:
            return None
        trunk = Trunk(self.model, self.network.answers, layer, self._gathered)
        trunk.rest.compile(self.optimizer, loss, jit_compile=False)
        self._patch(trunk.rest, trunk.features)
        return trunk

    def _patch(self, model: Any, inputs_of: Callable[[Any], Any]) -> None:
        """Lets a model's training step take row numbers."""
        step, loss, mixing = model.train_step, model.compute_loss, self.mixing

        def step_on_rows(rows: Any) -> Any:
            inputs, y, weight = rows if self.strategy is not None else (inputs_of(rows), *self._targets(rows))
            if mixing is not None:
                inputs = mixing.changed(inputs, self.optimizer.iterations)
            return step((inputs, y, weight))

        model.train_step = step_on_rows
        if mixing is None:
            return

        def loss_of_step(
            x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
        ) -> Any:
            return mixing.loss(loss, y, y_pred, sample_weight)

        model.compute_loss = loss_of_step


def _loss(task: Task) -> Any:
    if task.is_multilabel:
        return LabelCrossEntropy()
    return CrossEntropy() if task.is_classification else SquaredError()
