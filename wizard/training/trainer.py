"""train(config): memoised in the store, by everything that decides the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary
from zipfile import is_zipfile

import numpy as np

from wizard.core.clock import Clock
from wizard.core.config import OWN_FAMILY, TrainingConfig
from wizard.core.errors import RunFolderError
from wizard.core.keys import content_key, source_key, versions
from wizard.core.pacing import Pacing
from wizard.core.run import TrainingRun
from wizard.core.store import UNREADABLE, Store
from wizard.data.dataset import Dataset
from wizard.data.form import Form
from wizard.data.split import Split
from wizard.data.task import Task
from wizard.training.distribution import in_keys, scope
from wizard.training.metrics import all_scores
from wizard.training.prepared import Prepared, Preparer
from wizard.training.watched import Watched, callbacks_of, is_callback, name_of

KIND = "training"  # folder in the store
COMPILED_KEPT = 6  # compiled networks in memory; each holds a graph
SCORED_TRAIN_ROWS = 20_000  # training rows scored at the end of a run: a standard error below half a percent
SCORED_NUMBERS = 20_000_000  # probabilities of them, where there are thousands of classes: 160 MB
CODE = ("wizard.training.fit", "wizard.training.compiled", "wizard.training.prepared", "wizard.training.trainer")


class NotStoredError(Exception):
    """A run that another process trained is not in the run folder."""


class Trainer:
    """Trains configurations on one data set and split, and keeps what came of it."""

    def __init__(
        self,
        dataset: Dataset,
        task: Task,
        split: Split,
        store: Store,
        clock: Clock,
        *,
        is_deterministic: bool = True,
        callbacks: Sequence[Any] = (),
        own: Any = None,
        distribution: Any = None,
    ) -> None:
        """Loads nothing and trains nothing yet; `own` is the user's own model (`own_model.OwnModel`), or None."""
        self.dataset, self.task, self.split, self.store, self.clock = dataset, task, split, store, clock
        self.is_deterministic, self.callbacks = is_deterministic, tuple(callbacks)
        self.distribution = distribution
        self.preparer, self.own = Preparer(dataset, task, split), own
        self.stage = ""  # that is running,
        self.pacing: Pacing | None = None  # and its pacing
        self.used: dict[str, None] = {}  # keys of the runs asked for since last emptied, in order
        self.n_trained = 0
        self.is_reading = False  # while runs are taken from the store only
        self._compiled: dict[Any, Any] = {}
        self._resident: Any = WeakValueDictionary()  # data in place by form, while a compiled network uses them

    @property
    def known_y(self) -> np.ndarray:
        """Codes or targets of the rows that may be looked at, (n,) or (n, m)."""
        y: np.ndarray = self.preparer.y[self.split.known]
        return y

    def key(self, config: TrainingConfig) -> str:
        """Content key of a run: configuration, data, split, code, versions."""
        return content_key(
            config,
            self.dataset.fingerprint,
            self.split.key,
            self.task,
            self.is_deterministic,
            [name_of(one) for one in self.callbacks],
            source_key(*CODE),
            versions("tensorflow", "keras", "numpy"),
            *([self.own.key] if config.family == OWN_FAMILY else []),
            *in_keys(self.distribution),
        )

    def train(self, config: TrainingConfig) -> TrainingRun:
        """Returns the run of a configuration, training it only if it is not stored."""
        key = self.key(config)
        self.used[key] = None
        stored = self.stored(key)
        if stored is not None:
            if self.pacing is not None:
                self.pacing.remembered(key)
            return stored
        if self.is_reading:
            raise NotStoredError(f"a run of it is not in {self.store.folder}, where its worker should have put it")
        return self._train(key, config)

    def is_stored(self, config: TrainingConfig) -> bool:
        """Whether the run of a configuration is stored."""
        return self.store.has(KIND, self.key(config))

    def prepared(self, config: TrainingConfig) -> Prepared:
        """The tensors that a configuration trains on."""
        if config.family != OWN_FAMILY:
            return self.preparer.prepare(config)
        prepared: Prepared = self.own.prepared(self.preparer.prepare(config.but(inputs={}, synthetic="")))
        return prepared

    def form(self, config: TrainingConfig) -> Form:
        """What a configuration's network eats."""
        return self.prepared(config).form

    def held_predictions(self, run: TrainingRun) -> np.ndarray:
        """Predictions for the held-out rows of a run: (n, k) probabilities, or (n,) or (n, m) in the targets' units."""
        return _arrays(self.folder(run) / "predictions.npz")["held"]

    def predict(self, run: TrainingRun, rows: np.ndarray) -> np.ndarray:
        """Predictions of a stored run for any rows of the data set."""
        from wizard.training.fit import to_predictions

        prepared = self.prepared(run.config)
        compiled = self.network(run)
        return to_predictions(compiled.predict(rows), prepared, self.task)

    def train_unstored(self, config: TrainingConfig) -> list[np.ndarray]:
        """Trains without looking into the store or writing to it; returns all variables of the network."""
        from wizard.training.fit import fit

        soft = self._taught(config)
        compiled = self.compiled(config)
        fit(compiled, config, self.prepared(config), first=self._first_weights(config), soft=soft)
        return compiled.weights()

    def untrained(self, config: TrainingConfig) -> tuple[np.ndarray, np.ndarray]:
        """(n,) losses and (n, k) outputs of the freshly initialised network on the held-out rows."""
        from wizard.training.fit import losses_of

        soft = self._taught(config)
        prepared, compiled = self.prepared(config), self.compiled(config)
        compiled.begin(config, prepared, prepared.weight, soft)
        outputs = compiled.predict(prepared.held)
        return losses_of(outputs, prepared.y[prepared.held], self.task), outputs

    def network(self, run: TrainingRun) -> Any:
        """The compiled network of a run's structure, with the run's weights and data in place."""
        compiled = self.compiled(run.config)
        compiled.load(self.prepared(run.config))
        compiled.restore(self.weights(run))
        return compiled

    def weights(self, run: TrainingRun) -> list[np.ndarray]:
        """All variables of a stored run's network, in order."""
        stored = _arrays(self.folder(run) / "weights.npz")
        return [stored[name] for name in sorted(stored, key=int)]

    def folder(self, run: TrainingRun) -> Path:
        """Where a run is stored."""
        return self.store.path(KIND, run.key)

    def compiled(self, config: TrainingConfig, callbacks: Sequence[Any] | None = None) -> Any:
        """A compiled network of a configuration's structure: the same one for all runs that can share it.

        Args:
            config: The configuration.
            callbacks: Those of the run that is about to begin; None where it does not matter how steps are run.
        """
        from wizard.training.compiled import STEPS_A_CALL, CompiledNetwork
        from wizard.training.own_network import OwnNetwork
        from wizard.training.randomness import keras_seed, make_deterministic
        from wizard.training.resident import Resident

        is_own = config.family == OWN_FAMILY
        if self.is_deterministic and not is_own:  # code of the user's may not bear it
            make_deterministic()
        form = self.form(config)
        data = "own" if is_own else form.model_dump_json()
        own = (config.structure, *([config.class_weights] if is_own else []), data)
        watching = filter(is_callback, self.callbacks) if callbacks is None else callbacks
        is_watched = any(map(_watches_batches, watching))
        steps = 1 if is_watched or self.distribution is not None else STEPS_A_CALL
        if callbacks is None:
            steps = next((known[-1] for known in reversed(self._compiled) if known[:-1] == own), steps)
        structure = (*own, steps)
        if structure in self._compiled:
            self._compiled[structure] = self._compiled.pop(structure)  # most recently used last
        else:
            while len(self._compiled) >= COMPILED_KEPT:
                _let_go(self._compiled.pop(next(iter(self._compiled))))
            with keras_seed(0, is_calm=not is_own), scope(self.distribution):
                resident = self._resident.get(data) or Resident(None if self.distribution is None else "CPU:0")
                self._compiled[structure] = (
                    OwnNetwork(self.own, config, steps, resident)
                    if is_own
                    else CompiledNetwork(config, form, self.task, steps, resident)
                )
            self._resident[data] = resident
        return self._compiled[structure]

    def release(self) -> None:
        """Lets go of all compiled networks and the data that they hold, where memory ran out."""
        for compiled in self._compiled.values():
            _let_go(compiled)
        self._compiled.clear()

    def _first_weights(self, config: TrainingConfig) -> list[np.ndarray] | None:
        """The last weights of the run that a run starts from, which is trained first if need be."""
        if config.after is None:
            return None
        same = {"fold": config.fold, "refit": config.refit, "n_rows": config.n_rows, "seed": config.seed}
        return self.weights(self.train(config.after.but(**same)))

    def stored(self, key: str) -> TrainingRun | None:
        """The stored run of a key, or None."""
        return self.store.read(KIND, key, _read_run)

    def _train(self, key: str, config: TrainingConfig) -> TrainingRun:
        from wizard.training.fit import fit, to_predictions
        from wizard.training.rows import training_rows

        first = self._first_weights(config)
        started = self.clock.now()
        prepared = self.prepared(config)
        soft = self._taught(config)
        callbacks = callbacks_of(self.callbacks, Watched.of(config, key, self.stage))
        compiled = self.compiled(config, callbacks)
        fitted = fit(compiled, config, prepared, callbacks, self.clock, first, soft)
        train = training_rows(config, prepared)
        most = min(SCORED_TRAIN_ROWS, SCORED_NUMBERS // self.task.n_outputs)
        real = train[train < len(self.dataset)]  # examples of the user's own are no part of any score
        scored = real[:: max(1, len(real) // max(1, most))]
        scores: dict[str, float] = {}
        held = np.empty(0)
        for part, rows in (("train", scored), ("val", prepared.held)):
            if not len(rows) or fitted.failure:
                continue
            outputs, losses = compiled.with_losses(rows)
            predictions = to_predictions(outputs, prepared, self.task)
            weight = None if self.dataset.weight is None else prepared.weight[rows]
            scores[f"{part}_loss"] = float(np.average(losses, weights=weight))
            truth = self.preparer.y[rows]
            found = all_scores(self.task, truth, predictions, weight, self.known_y)
            scores |= {f"{part}_{name}": score for name, score in found.items()}
            held = predictions if part == "val" else held
        run = TrainingRun(
            key=key,
            config=config,
            history=fitted.history,
            scores=scores,
            n_parameters=int(sum(np.prod(v.shape) for v in compiled.model.trainable_variables)),
            n_train=len(train),
            best_epoch=fitted.best_epoch,
            failure=fitted.failure,
            seconds=round(self.clock.now() - started, 3),
            seconds_an_epoch=round(fitted.seconds_an_epoch, 5),
        )
        weights = {str(number): value for number, value in enumerate(compiled.weights())}

        def fill(folder: Path) -> None:
            np.savez(folder / "weights.npz", **weights)
            np.savez(folder / "predictions.npz", held=held)
            (folder / "run.json").write_text(run.model_dump_json(indent=1), encoding="utf-8")

        self.store.write(KIND, key, fill)
        self.n_trained += 1
        if self.pacing is not None:
            self.pacing.trained(key, run.seconds)
        return run

    def _taught(self, config: TrainingConfig) -> np.ndarray | None:
        """(n, k) what a configuration's teacher answers for training rows, else zeros; None without one.

        The teacher's networks train on the student's own rows, so that nothing of the held-out ones comes through it.
        """
        from wizard.training.teaching import soft_targets

        if not config.teacher:
            return None
        prepared = self.prepared(config)
        rows = prepared.train
        total: Any = 0.0
        for own, weight in config.teacher:
            run = self.train(own.but(fold=config.fold, refit=config.refit))
            total = total + weight * self.predict(run, rows)
        soft = soft_targets(total, self.task, prepared.scale.to_network)
        whole = np.zeros((len(self.dataset), soft.shape[1]), "float32")
        whole[rows] = soft
        return whole


def _read_run(folder: Path) -> TrainingRun:
    """A stored run, whose weights and predictions are there as well."""
    for name in ("weights.npz", "predictions.npz"):
        if not is_zipfile(folder / name):  # the list of its arrays stands at its end: a file cut short has none
            raise ValueError(f"{name} is cut short")
    return TrainingRun.model_validate_json((folder / "run.json").read_bytes())


def _arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file) as stored:
            return {name: stored[name] for name in stored.files}
    except UNREADABLE as error:
        raise RunFolderError(
            f"{path} cannot be read ({error}): the disk or a copy broke it. Remove the folder {path.parent} and run "
            "the same again: only this run is trained anew."
        ) from error


def _let_go(compiled: Any) -> None:
    if compiled.network is compiled:  # the user's own: its training step is theirs again
        compiled.release()


def _watches_batches(callback: Any) -> bool:
    """Whether a Keras callback wants to see every batch, so that steps may not be run together."""
    from wizard.core.backend import keras

    plain = keras.callbacks.Callback
    hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(getattr(type(callback), hook, None) is not getattr(plain, hook) for hook in hooks)
