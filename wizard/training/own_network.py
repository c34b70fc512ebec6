"""A model of the user's own, compiled by their code, as the one `fit` trains it: through its own train_step.

It has the same methods as `compiled.CompiledNetwork`. What a run may set is what the optimiser takes: rate, schedule
and weight decay. Loss, head, metrics and regularisers are the user's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.models.layers import Schedule
from wizard.training.compiled import PREDICT_BATCH, PREDICT_NUMBERS, SCHEDULES
from wizard.training.fit import losses_of
from wizard.training.own_build import built_of
from wizard.training.own_model import OwnModel
from wizard.training.prepared import Prepared
from wizard.training.resident import Resident
from wizard.training.rows import training_rows


class OwnNetwork:
    """One structure of the user's, with resident data; see the module's docstring."""

    is_calm = False  # a step of the user's may draw from TensorFlow's random state, as their build may
    steps = None  # the user's go through Keras's own loop,
    strategy = None  # on one device

    def __init__(self, own: OwnModel, config: TrainingConfig, steps_a_call: int, resident: Resident) -> None:
        """Builds; nothing is traced yet.

        Args:
            own: The user's model.
            config: Of the structure's first run.
            steps_a_call: Steps in one graph execution, of a model whose steps are Keras's own.
            resident: Holds the data.
        """
        self.own, self.task, self.resident = own, own.task, resident
        self.steps_a_call = steps_a_call
        self.is_weighted = own.tensors.weight is not None or config.class_weights
        self._data: tuple[Any, ...] = ()
        self._traced: list[Any] = []  # graphs
        self._make(config, derive(config.seed, "weights"))

    @property
    def network(self) -> OwnNetwork:
        """Where steps look for `model`."""
        return self

    def begin(
        self, config: TrainingConfig, prepared: Prepared, row_weight: np.ndarray, soft: np.ndarray | None = None
    ) -> None:
        """Makes everything as new for a run: data, weights, optimiser, rate, decay.

        Args:
            config: Of the run.
            prepared: Its data.
            row_weight: (n,) weight of every row in the loss.
            soft: Not for a loss that is the user's.
        """
        assert soft is None, "a loss of the user's own learns from no teacher"
        self._load(prepared, row_weight, config.control, config.seed)
        self._renew(config)
        n_rows = len(training_rows(config, prepared))
        self._set_rate(config, config.epochs * -(-n_rows // config.batch))
        self.regularise(config, 0.0)
        if self.model.__dict__.get("train_step") is not self._step:
            self._patch()

    def regularise(self, config: TrainingConfig, done: float) -> None:
        """Sets the weight decay; dropout is the user's."""
        if self.weight_decay is not None:
            self.weight_decay.assign(config.weight_decay)

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(len(rows), k) log probabilities, or (len(rows), m) predictions, of resident rows; dropout off."""
        return self.own.logits(self._outputs(rows)[self.own.head_at])

    def with_losses(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `predict` gives, and (n,) losses by the user's own loss, heads added up; penalties are left out."""
        outputs = self._outputs(rows)
        answers = self.own.logits(outputs[self.own.head_at])
        heads, weights = self.own.pipeline.heads, self._loss_weights
        total, has_loss = np.zeros(len(rows)), False
        for number, (head, out) in enumerate(zip(heads, outputs, strict=True)):
            if not head.loss:
                continue
            y = self.own.tensors.targets[number][rows]
            values = np.asarray(head.call(tf.constant(y), tf.constant(out)), "float64")
            total += weights[number] * (values if values.shape == (len(rows),) else float(np.mean(values)))
            has_loss = True
        if not has_loss:  # it lies in a train_step of the user's: the textbook's loss of the answers stands in
            total = losses_of(answers, self.own.y[rows], self.task)
        return answers, total

    def weights(self) -> list[np.ndarray]:
        """All variables of the model, in order."""
        return [v.numpy().copy() for v in self.model.variables]

    def restore(self, weights: list[np.ndarray]) -> None:
        """Assigns what `weights` gave."""
        for variable, value in zip(self.model.variables, weights, strict=True):
            variable.assign(value)

    def load(self, prepared: Prepared) -> None:
        """Makes the data of a run resident, for predictions."""
        self._load(prepared, prepared.weight, "none", 0)

    def release(self) -> None:
        """Gives a model's own training step back, and the memory of what ours was traced into."""
        if self.model.__dict__.get("train_step") is self._step:
            del self.model.__dict__["train_step"]
            self.model.train_function = None
        self._take_apart()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────
    def _take_apart(self) -> None:
        """Ends the graphs of training steps: TensorFlow keeps those that were traced inside another one for ever."""
        from tensorflow.python.framework.func_graph import dismantle_func_graph  # there is no public way

        for graph in self._traced:
            dismantle_func_graph(graph)
        self._traced.clear()

    def _make(self, config: TrainingConfig, seed: int) -> None:
        self._take_apart()
        own = self.own
        self.model = own.new(config.hp, seed) if own.is_copyable else own.given
        self.built = own.default if own.is_instance else built_of(self.model)
        optimizer = self.model.optimizer
        self.schedule = self.weight_decay = None
        if own.takes_schedule and self.built.rate is not None:
            self.schedule = Schedule()
            optimizer.learning_rate = self.schedule
        if own.takes_decay:
            if not optimizer.weight_decay and not optimizer.built:  # what was excluded stays so
                optimizer.exclude_from_weight_decay(
                    var_list=[v for v in self.model.trainable_variables if len(v.shape) < 2 or "embedding" in v.path]
                )
            self.weight_decay = keras.Variable(0.0, trainable=False, name="weight_decay")
            optimizer.weight_decay = self.weight_decay
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        if not own.has_own_step:
            self.model.steps_per_execution = self.steps_a_call
        self.model.jit_compile = False  # compiling takes longer than short runs
        is_fresh = own.is_copyable  # an instance may have been trained since it came
        self._fresh_optimizer = [v.numpy().copy() for v in optimizer.variables] if is_fresh else own.first_state()[1]
        self._forward = tf.function(
            lambda rows: self.model(self._gathered("x", rows), training=False),
            input_signature=[tf.TensorSpec((None,), "int64")],
        )
        self._patch()

    def _renew(self, config: TrainingConfig) -> None:
        """Weights and optimiser as a fresh model has them; a step of the user's own may keep more than these."""
        own, seed = self.own, derive(config.seed, "weights")
        if not own.is_copyable:
            self.restore(own.first_state()[0])
        elif own.has_own_step:
            self._make(config, seed)
            return
        else:
            fresh = own.new(config.hp, seed)
            ours, theirs = ([tuple(v.shape) for v in model.variables] for model in (self.model, fresh))
            if ours != theirs:  # a build that is another each time
                self._make(config, seed)
                return
            for mine, new in zip(self.model.variables, fresh.variables, strict=True):
                mine.assign(new)
        for variable, value in zip(self.model.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(value)

    def _set_rate(self, config: TrainingConfig, steps: int) -> None:
        """The run's rate: a build of other hyperparameters may have another one, which is changed as much."""
        own, built = self.own, self.built.rate
        if built is None or own.default.rate is None:
            return
        rate = config.learning_rate * (built / own.default.rate)
        if self.schedule is None:
            self.model.optimizer.learning_rate = rate
            return
        self.schedule.peak.assign(rate)
        self.schedule.steps.assign(float(steps))
        self.schedule.kind.assign(SCHEDULES.index(config.schedule))

    def _load(self, prepared: Prepared, row_weight: np.ndarray, control: str, seed: int) -> None:
        self._data = (prepared, row_weight, control, seed)
        self.resident.place(*self._data)

    def _gathered(self, kind: str, rows: Any) -> Any:
        """Inputs ("x") or targets ("y") of rows, nested as the user's."""
        like = self.own.tensors.x if kind == "x" else self.own.tensors.y
        n = len(keras.tree.flatten(like))
        return keras.tree.pack_sequence_as(like, [self.resident.gather(f"{kind}{i}", rows) for i in range(n)])

    def _outputs(self, rows: np.ndarray) -> list[np.ndarray]:
        """One array an output."""
        self.resident.place(*self._data)  # another network may have put its own there
        n_numbers = sum(int(np.prod(array.shape[1:])) for array in self.own.tensors.inputs)
        batch = int(np.clip(PREDICT_NUMBERS // max(n_numbers, 1), 1, PREDICT_BATCH))
        parts = [
            [np.asarray(out) for out in keras.tree.flatten(self._forward(tf.constant(rows[at : at + batch], "int64")))]
            for at in range(0, max(len(rows), 1), batch)
        ]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    @property
    def _loss_weights(self) -> list[float]:
        """Of every head, as compiled."""
        heads = self.own.pipeline.heads
        try:
            given = (self.model.get_compile_config() or {}).get("loss_weights")
        except Exception:  # a loss of the user's that cannot be written down
            given = None
        if isinstance(given, dict):
            return [float(given.get(head.name, 1.0)) for head in heads]
        return [float(one) for one in given] if isinstance(given, (list, tuple)) else [1.0] * len(heads)

    def _patch(self) -> None:
        model = self.model
        step = type(model).train_step.__get__(model)

        def step_on_rows(rows: Any) -> Any:
            if not tf.executing_eagerly():
                self._traced.append(tf.compat.v1.get_default_graph())
            data: tuple[Any, ...] = (self._gathered("x", rows), self._gathered("y", rows))
            if self.is_weighted:
                weight = self.resident.gather("weight", rows)
                if self.own.tensors.weight is not None:
                    weight = weight * tf.cast(self.resident.gather("own_weight", rows), weight.dtype)
                data = (*data, weight)
            logs = step(data)
            if isinstance(logs, dict) and "loss" not in logs and logs:
                return {"loss": next(iter(logs.values())), **logs}
            return logs

        self._step = step_on_rows
        model.train_step = step_on_rows
        model.train_function = None
