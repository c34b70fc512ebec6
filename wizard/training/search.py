"""KerasTuner proposes values; our own training judges them."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from wizard.core.config import HpValue
from wizard.core.values import Value


class Dimension(Value):
    """One hyperparameter and where it may lie.

    Attributes:
        name: A field of TrainingConfig, or "hp.width" for one of the family's own.
        kind: "log" and "linear" for ranges, "choice" for a list.
        low: Least value of a range.
        high: Largest value of a range.
        options: Values of a choice.
        now: The incumbent's value.
    """

    name: str
    kind: Literal["log", "linear", "choice"]
    low: float = 0.0
    high: float = 0.0
    options: tuple[HpValue, ...] = ()
    now: HpValue

    def declare(self, hp: Any) -> None:
        """Declares itself in KerasTuner's language."""
        if self.kind == "choice":
            hp.Choice(self.name, list(self.options))
        else:
            hp.Float(self.name, self.low, self.high, sampling=self.kind)


@dataclass(frozen=True)
class SearchTrial:
    """One trial: the values tried and the score they got (None where it failed, with the reason)."""

    number: int
    values: dict[str, HpValue]
    score: float | None
    failure: str = ""


def random_search(
    space: tuple[Dimension, ...],
    evaluate: Callable[[int, dict[str, HpValue]], float],
    *,
    is_higher_better: bool,
    trials: int,
    goes_on: Callable[[int], bool],
    seed: int,
) -> list[SearchTrial]:
    """Random search (Bergstra & Bengio 2012) with the incumbent as trial 0.

    KerasTuner's folder is temporary: what resumes a search is that its seeded proposals repeat, and that `evaluate`
    remembers what it has trained.

    Args:
        space: What varies.
        evaluate: (number of the trial, values) -> score; raises for a trial that fails.
        is_higher_better: Direction of the score.
        trials: Most trials, the incumbent's among them.
        goes_on: (number of the next trial) -> whether there is time for it.
        seed: Of the proposals.
    """
    import keras_tuner
    from keras_tuner.src import config as tuner_config

    tuner_config.DEBUG = False  # or it prints a traceback for every failed trial
    done: list[SearchTrial] = []
    first = {dimension.name: dimension.now for dimension in space}

    class Oracle(keras_tuner.oracles.RandomSearchOracle):
        """Proposes the incumbent first, then at random, and stops when there is no time."""

        def populate_space(self, trial_id: str) -> dict[str, Any]:
            if not goes_on(len(done)):
                return {"status": "STOPPED", "values": None}
            if not self.start_order:
                return {"status": "RUNNING", "values": dict(first)}
            return super().populate_space(trial_id)

    class Tuner(keras_tuner.Tuner):
        """Hands every trial to `evaluate`."""

        def run_trial(self, trial: Any, **_: Any) -> dict[str, float]:
            values = {dimension.name: trial.hyperparameters.values[dimension.name] for dimension in space}
            number = len(done)
            try:
                score = evaluate(number, values)
            except ValueError as error:
                done.append(SearchTrial(number, values, None, str(error)))
                raise keras_tuner.errors.FailedTrialError(str(error)) from error
            done.append(SearchTrial(number, values, score))
            return {"score": score}

    objective = keras_tuner.Objective("score", "max" if is_higher_better else "min")
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        own_seed = seed + 1  # KerasTuner takes 0 for none, and draws one
        oracle = Oracle(objective=objective, max_trials=trials, seed=own_seed, max_consecutive_failed_trials=trials + 1)
        tuner = Tuner(oracle=oracle, hypermodel=_Declared(space), directory=folder, project_name="search")
        oracle.verbose = 0
        oracle._display.verbose = 0
        tuner.search()
    return done


class _Declared:
    """A hypermodel that only declares its hyperparameters: the networks are built elsewhere."""

    def __init__(self, space: tuple[Dimension, ...]) -> None:
        self.space = space

    def __call__(self, hp: Any) -> None:
        for dimension in self.space:
            dimension.declare(hp)
