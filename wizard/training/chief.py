"""The chief of a search by several processes: KerasTuner's service hands out an oracle's trials.

A worker that asks again under its name gets the trial that it did not end, so that one that was killed loses nothing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.training.oracles import EPOCHS
from wizard.training.search import SearchTrial, TrialFailed, report, silence
from wizard.training.space import Dimension

TOLD = "wizard/told"  # a trial's exact values, as JSON: KerasTuner sends numbers with seven digits
FAILURE = "wizard/failure"  # why a trial came to nothing: KerasTuner sends no messages
LOOK, BATCH = "first_look", "batch"  # what a worker reports beside the score
LATE, LEAST_LATE = 4.0, 60.0  # times the usual trial, and seconds, after which a trial's worker is taken for dead


class Chief:
    """What KerasTuner's service takes for an oracle: the real one, with our own count of trials in front.

    Attributes:
        done: What came of the trials that ended, in that order.
        error: What broke in the chief itself, or None.
        asked: Workers that asked for a trial.
        heard: When any of them said something last.
    """

    def __init__(
        self,
        oracle: Any,
        space: Sequence[Dimension],
        first: int,
        trials: int,
        goes_on: Callable[[int], bool],
        looked: Callable[[int, dict[str, HpValue], int], str],
        ended: Callable[[int, dict[str, HpValue], int | None, int | None, str], float],
        usual: Callable[[], float],
    ) -> None:
        """Hands nothing out yet.

        Args:
            oracle: Proposes.
            space: What varies.
            first: Number of the first trial to hand out.
            trials: Number of the last one, plus one.
            goes_on: (number of the next trial) -> whether there is time for it.
            looked: (number, values, batch) of a trial that was looked at -> why it is given up, or "".
            ended: (number, values, looks, batch, failure) of a trial that ended -> its score; raises TrialFailed. The
                batch is None where the trial came to nothing.
            usual: Seconds that a whole trial takes, as far as is known.
        """
        self.oracle, self.space, self.trials = oracle, tuple(space), trials
        self.goes_on, self.looked, self.ended, self.usual = goes_on, looked, ended, usual
        self.done: list[SearchTrial] = []
        self.error: BaseException | None = None
        self.lock = threading.RLock()
        self._next, self._is_over, self._is_closed = first, False, False
        self._numbers: dict[str, int] = {}  # by trial id
        self._batches: dict[str, int] = {}  # by trial id, as reported last
        self._begun: dict[str, float] = {}  # moments, by trial id
        self._took: list[float] = []
        self.asked: set[str] = set()
        self.heard = time.monotonic()
        self.told_over: set[str] = set()
        self.n_ended: dict[str, int] = {}  # by worker

    # ── what the service asks ────────────────────────────────────────────────────────────────────
    def create_trial(self, tuner_id: str) -> Any:
        """The trial that a worker has not ended yet, else the next one; IDLE where there may be one later."""
        with self._answering():
            self.asked.add(tuner_id)
            if self._is_closed:
                return self._empty("IDLE")
            if tuner_id in self.oracle.ongoing_trials:
                return self._told(self.oracle.ongoing_trials[tuner_id])
            if not self._is_over and (self._next >= self.trials or not self.goes_on(self._next)):
                self._is_over = True
            if self._is_over:
                return self._left_over(tuner_id)
            with silence():
                trial = self.oracle.create_trial(tuner_id)
            if trial.status == "STOPPED":  # the space is exhausted, or the oracle has had enough
                self._is_over = True
                return self._left_over(tuner_id)
            if trial.status != "RUNNING":
                return self._empty("IDLE")
            self._numbers[trial.trial_id] = self._next
            self._begun[trial.trial_id] = time.monotonic()
            self._next += 1
            return self._told(trial)

    def update_trial(self, trial_id: str, metrics: Any, step: int = 0) -> Any:
        """Takes what a worker says of a trial; the answer is STOPPED where it is to be given up."""
        if trial_id not in self._numbers:  # of an earlier chief, and no mistake of this one
            raise KeyError(trial_id)
        with self._answering():
            trial = self.oracle.trials[trial_id]
            if BATCH in metrics:
                self._batches[trial_id] = round(metrics[BATCH])
            if LOOK not in metrics:
                return self._told(trial)
            why = self.looked(self._numbers[trial_id], self._values(trial), self._batches[trial_id])
            return self._told(trial, "STOPPED" if why else "RUNNING")

    def end_trial(self, trial: Any) -> None:
        """Takes the end of a trial; the second of two workers that ran one is not heard, nor are an earlier chief's."""
        with self._answering():
            worker = next((w for w, t in self.oracle.ongoing_trials.items() if t.trial_id == trial.trial_id), None)
            told = trial.hyperparameters.values
            if self._is_closed or worker is None or told.get(TOLD) != self._as_told(self.oracle.trials[trial.trial_id]):
                return
            failure = str(told.get(FAILURE) or "")
            self._ended(worker, self._batches.get(trial.trial_id) if trial.status == "COMPLETED" else None, failure)

    def get_space(self) -> Any:
        """For KerasTuner's service."""
        return self.oracle.get_space()

    def update_space(self, hyperparameters: Any) -> None:
        """For KerasTuner's service: the space is declared by the chief alone."""

    def get_trial(self, trial_id: str) -> Any:
        """For KerasTuner's service."""
        return self.oracle.get_trial(trial_id)

    def get_best_trials(self, num_trials: int = 1) -> Any:
        """For KerasTuner's service."""
        return self.oracle.get_best_trials(num_trials)

    # ── what the chief's own loop asks ───────────────────────────────────────────────────────────
    @property
    def is_done(self) -> bool:
        """Whether no trial is running and none will."""
        with self.lock:  # a trial that is ending is no longer there, and not yet among the done
            return self._is_over and not self.oracle.ongoing_trials

    @property
    def patience(self) -> float:
        """Seconds after which a worker that has a trial is taken for dead."""
        return max(LEAST_LATE, LATE * max(float(np.median(self._took)) if self._took else 0.0, self.usual()))

    def has_trial(self, worker: str) -> bool:
        """Whether a worker has a trial that did not end."""
        return worker in self.oracle.ongoing_trials

    def fail(self, worker: str, why: str) -> None:
        """Records a worker's trial as failed."""
        with self.lock:
            if self.has_trial(worker):
                self._ended(worker, None, why)

    def end(self) -> list[int]:
        """Hands nothing out any more, and waits for nothing; returns the numbers of the trials that did not end."""
        with self.lock:
            self._is_over = True
            left = [self._numbers[trial.trial_id] for trial in self.oracle.ongoing_trials.values()]
            self.oracle.ongoing_trials.clear()
            return sorted(left)

    def take_back(self) -> list[tuple[int, Any]]:
        """(number, trial) of what was handed out and did not end: no worker is heard any more."""
        with self.lock:
            self._is_closed = True
            begun = list(self.oracle.ongoing_trials.values())
            return sorted(((self._numbers[trial.trial_id], trial) for trial in begun), key=lambda one: one[0])

    # ── inside ───────────────────────────────────────────────────────────────────────────────────
    @contextmanager
    def _answering(self) -> Iterator[None]:
        with self.lock:
            self.heard = time.monotonic()
            try:
                yield
            except BaseException as error:  # the service would send it to the worker, and nobody else would know
                self.error = self.error or error
                raise

    def _values(self, trial: Any) -> dict[str, HpValue]:
        return {d.name: d.taken(trial.hyperparameters.values[d.name]) for d in self.space}

    def _ended(self, worker: str, batch: int | None, failure: str) -> None:
        trial = self.oracle.ongoing_trials[worker]
        number, values = self._numbers[trial.trial_id], self._values(trial)
        looks = trial.hyperparameters.values.get(EPOCHS)
        try:
            tried = SearchTrial(number, values, self.ended(number, values, looks, batch, failure), looks=looks)
        except TrialFailed as failed:
            tried = SearchTrial(number, values, None, str(failed), looks)
        with silence():
            report(self.oracle, trial, tried)
        self.done.append(tried)
        self._took.append(time.monotonic() - self._begun[trial.trial_id])
        self.n_ended[worker] = self.n_ended.get(worker, 0) + 1

    def _left_over(self, tuner_id: str) -> Any:
        """What there is for a worker when all trials are handed out: one that is late elsewhere, or to wait."""
        now = time.monotonic()
        for worker, trial in self.oracle.ongoing_trials.items():
            if now - self._begun[trial.trial_id] > self.patience:
                self.oracle.ongoing_trials[tuner_id] = self.oracle.ongoing_trials.pop(worker)
                self._begun[trial.trial_id] = now
                return self._told(trial)
        if self.oracle.ongoing_trials:
            return self._empty("IDLE")
        self.told_over.add(tuner_id)
        return self._empty("STOPPED")

    def _told(self, trial: Any, status: str = "RUNNING") -> Any:
        """A trial as it is sent."""
        sent = self._empty(status, trial.trial_id)
        sent.hyperparameters.values[TOLD] = self._as_told(trial)
        return sent

    def _as_told(self, trial: Any) -> str:
        looks = trial.hyperparameters.values.get(EPOCHS)
        return json.dumps({"number": self._numbers[trial.trial_id], "values": self._values(trial), "looks": looks})

    @staticmethod
    def _empty(status: str, trial_id: str = "none") -> Any:
        from keras_tuner import HyperParameters
        from keras_tuner.engine.trial import Trial

        return Trial(HyperParameters(), trial_id=trial_id, status=status)
