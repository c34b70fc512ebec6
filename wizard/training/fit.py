"""The only place that trains a compiled network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.clock import Clock
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.data.task import Task
from wizard.training.averaging import Average
from wizard.training.compiled import CompiledNetwork
from wizard.training.prepared import Prepared
from wizard.training.randomness import keras_seed
from wizard.training.replicas import shared_out
from wizard.training.rows import training_rows
from wizard.training.steps import shuffled

OBJECTIVE = "val_objective"  # the smoothed loss on held-out rows, where labels are smoothed
ROWS_AT_A_TIME = 1024  # whose losses are computed: 10,000 classes in double precision are 80 KB a row


@dataclass(frozen=True)
class Fitted:
    """What a fit leaves in the compiled network's variables, in words and numbers.

    Attributes:
        history: One number a look: "loss" while training; "val_loss" at each look, where rows were held out.
        best_epoch: Epoch (from 1) whose weights are in place.
        failure: Why the weights are worthless, or "".
        seconds_an_epoch: Wall-clock time of an epoch, the first look left out where there are more.
    """

    history: dict[str, tuple[float, ...]]
    best_epoch: int
    failure: str
    seconds_an_epoch: float


def fit(
    compiled: CompiledNetwork,
    config: TrainingConfig,
    prepared: Prepared,
    callbacks: Sequence[Any] = (),
    clock: Clock | None = None,
    first: list[np.ndarray] | None = None,
    soft: np.ndarray | None = None,
) -> Fitted:
    """Trains a compiled network as a configuration says.

    Args:
        compiled: Of the configuration's structure.
        config: What to do.
        prepared: The data.
        callbacks: Keras callbacks of the caller; "val_loss" is in the logs at each look.
        clock: To measure the pace by; a new one where none is given.
        first: Weights to start from, in place of fresh ones.
        soft: (n, k) answers of the configuration's teacher for every row; None without one.
    """
    rows = training_rows(config, prepared)
    compiled.begin(config, prepared, row_weights(config, prepared, compiled.task), soft)
    if first is not None:
        compiled.restore(first)
    order = _EpochOrder(rows, config.batch, config.look_every, derive(config.seed, "order"))
    looks = min(config.epochs, config.stop_after or config.epochs) // config.look_every
    pace = _Pace(clock or Clock())
    watching: list[Any] = [order, pace]
    if config.fade:
        watching.append(_Fade(compiled, config))
    average = Average(compiled, looks, config.average) if config.average else None
    if average is not None:
        watching.append(average)
    if len(prepared.held):
        watching.append(_Validation(compiled, prepared, config.label_smoothing))
    watching.append(_StopAtNaN())
    if config.fit_to is not None:
        watching.append(FitTo(config.fit_to))
    if config.patience is not None and len(prepared.held):
        watching.append(
            keras.callbacks.EarlyStopping(
                monitor=_monitored(config, compiled.task),
                mode="min",
                patience=config.patience,
                restore_best_weights=True,
            )
        )
    with keras_seed(derive(config.seed, "fit"), compiled.is_calm and not callbacks):
        try:
            history = _train(compiled, order, looks, [*watching, *callbacks])
        except SystemError as error:  # how Ctrl-C inside a TensorFlow call can arrive
            if "bad argument to internal function" in str(error):
                raise KeyboardInterrupt from error
            raise
    if average is not None:
        average.keep()
    losses = history.get("loss", [])
    failure = ""
    if losses and not np.isfinite(losses[-1]):
        failure = f"the training loss became {losses[-1]} by epoch {len(losses) * config.look_every}"
    best = len(losses)
    monitored = _monitored(config, compiled.task)
    if config.patience is not None and monitored in history:
        best = int(np.argmin(history[monitored])) + 1
    curves = {name: tuple(map(float, values)) for name, values in history.items()}
    return Fitted(curves, best * config.look_every, failure, pace.seconds_a_look / config.look_every)


def _train(compiled: CompiledNetwork, order: _EpochOrder, looks: int, callbacks: list[Any]) -> dict[str, list[float]]:
    """Trains as `model.fit` does; by itself where no callback watches batches, since steps are then run together."""
    model, steps = compiled.model, compiled.steps
    if steps is None:
        batches = shared_out(order.batches, compiled)
        return model.fit(batches, epochs=looks, verbose=0, shuffle=False, callbacks=callbacks).history
    history = keras.callbacks.History()
    watching = keras.callbacks.CallbackList(
        [*callbacks, history], model=model, verbose=0, epochs=looks, steps=order.n_batches
    )
    model.stop_training = False
    logs: dict[str, float] = {}
    watching.on_train_begin()
    for look in range(looks):
        watching.on_epoch_begin(look)
        logs = {"loss": steps.look(order.rows, order.batch, order.seed, look * order.passes, order.passes)}
        watching.on_epoch_end(look, logs)
        if model.stop_training:
            break
    watching.on_train_end(logs)
    return history.history


def row_weights(config: TrainingConfig, prepared: Prepared, task: Task) -> np.ndarray:
    """(n,) weight of every row in the loss: the user's, times that of its class where the run asks for it.

    A row with several labels has no class of its own to weigh by.
    """
    if not (config.class_weights and task.is_exclusive):
        return prepared.weight
    by_class = 1.0 / (prepared.prior * len(prepared.prior))
    weight = prepared.weight * by_class[prepared.y]
    return (weight / weight[prepared.train].mean()).astype("float32")


class _EpochOrder(keras.callbacks.Callback):
    """Batches of row numbers in an order that the seed and the number of the epoch decide, and nothing else.

    What Keras calls an epoch is a look here: one or several passes over the rows.
    """

    def __init__(self, rows: np.ndarray, batch: int, passes: int, seed: int) -> None:
        super().__init__()
        self.rows, self.batch, self.passes, self.seed = rows, batch, passes, seed
        self.n_batches = passes * -(-len(rows) // batch)
        with tf.device("CPU:0"):  # where batches are put together
            self.look = tf.Variable(0, dtype="int64", trainable=False)

    @property
    def batches(self) -> Any:
        """The batches of the look that has begun, as a pipeline: for Keras's own loop, which goes step by step."""
        all_rows, seed = tf.constant(self.rows, "int64"), tf.constant(self.seed, "int64")

        def one_pass(number: Any) -> Any:
            order = shuffled(all_rows, seed, self.look * self.passes + number)
            return tf.data.Dataset.from_tensor_slices(order).batch(self.batch)

        options = tf.data.Options()
        options.deterministic = True
        batches = tf.data.Dataset.range(self.passes).flat_map(one_pass)
        return batches.apply(tf.data.experimental.assert_cardinality(self.n_batches)).with_options(options)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.look.assign(epoch)


class _Validation(keras.callbacks.Callback):
    """Adds "val_loss" to the logs at each look, over all held-out rows at once."""

    def __init__(self, compiled: CompiledNetwork, prepared: Prepared, smoothing: float) -> None:
        super().__init__()
        self.compiled, self.prepared, self.smoothing = compiled, prepared, smoothing

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        assert logs is not None
        rows, task = self.prepared.held, self.compiled.task
        (outputs, losses), weight = self.compiled.with_losses(rows), self.prepared.weight[rows]
        logs["val_loss"] = float(np.average(losses, weights=weight))
        if self.smoothing and task.is_classification:
            even = smoothed_part(outputs, task)
            logs[OBJECTIVE] = (1 - self.smoothing) * logs["val_loss"] + self.smoothing * float(
                np.average(even, weights=weight)
            )


def _monitored(config: TrainingConfig, task: Task) -> str:
    """What the best epoch is chosen by: the loss that is trained, on held-out rows."""
    return OBJECTIVE if config.label_smoothing and task.is_classification else "val_loss"


class _Pace(keras.callbacks.Callback):
    """Measures how long a look takes."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock, self.moments = clock, [clock.now()]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.moments.append(self.clock.now())

    @property
    def seconds_a_look(self) -> float:
        moments = self.moments[1:] if len(self.moments) > 2 else self.moments  # the first look traces the graph
        return (moments[-1] - moments[0]) / max(len(moments) - 1, 1)


class _Fade(keras.callbacks.Callback):
    """Takes dropout and weight decay back in the second half of a run, look by look."""

    def __init__(self, compiled: CompiledNetwork, config: TrainingConfig) -> None:
        super().__init__()
        self.compiled, self.config = compiled, config

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.compiled.regularise(self.config, epoch * self.config.look_every / self.config.epochs)


class _StopAtNaN(keras.callbacks.Callback):
    """Ends a run whose loss is no number any more."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if logs and not np.isfinite(logs.get("loss", 0.0)):
            self.model.stop_training = True


class FitTo(keras.callbacks.Callback):
    """Ends a run whose training loss is low enough, or has stopped falling."""

    FLAT = 0.99  # of the best loss so far: what counts as falling
    LOOKS = 12  # without falling: the noise of dozens of steps a look evens out over so many

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target, self.best, self.since = target, float("inf"), 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Looks at the loss of the look that ends."""
        loss = (logs or {})["loss"]
        self.since = 0 if loss < self.FLAT * self.best else self.since + 1
        self.best = min(self.best, loss)
        if loss <= self.target or self.since >= self.LOOKS:
            self.model.stop_training = True


def losses_of(outputs: np.ndarray, y: np.ndarray, task: Task) -> np.ndarray:
    """(n,) losses of network outputs, recomputed in NumPy: nats, or squares of the standardised error.

    Several labels or targets count with their mean.
    """
    losses = np.empty(len(outputs))
    for start in range(0, len(outputs), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        losses[rows] = _losses_of(outputs[rows].astype("float64"), y[rows], task)
    return losses


def smoothed_part(outputs: np.ndarray, task: Task) -> np.ndarray:
    """(n,) cross-entropy with all classes equally likely (or all labels with one half): what smoothing mixes in."""
    z = outputs.astype("float64")
    if task.is_multilabel:
        return (np.logaddexp(0, z) - 0.5 * z).mean(1)
    z = z - z.max(1, keepdims=True)
    return np.log(np.exp(z).sum(1)) - z.mean(1)


def _losses_of(z: np.ndarray, y: np.ndarray, task: Task) -> np.ndarray:
    if not task.is_classification:
        return ((z - y.reshape(z.shape)) ** 2).mean(1)
    if task.is_multilabel:
        return (np.logaddexp(0, z) - y * z).mean(1)
    z = z - z.max(1, keepdims=True)
    return np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), y]


def to_predictions(outputs: np.ndarray, prepared: Prepared, task: Task) -> np.ndarray:
    """Network outputs to probabilities (n, k) float64, or to predictions (n,) or (n, m) in the targets' units."""
    if not task.is_classification:
        return prepared.scale.to_user(outputs if task.targets else outputs[:, 0])
    from scipy.special import expit

    z = outputs.astype("float64")
    if task.is_multilabel:
        return expit(z)
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)
