"""KerasTuner proposes values; our own training judges them."""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.core.config import HpValue
from wizard.training.oracles import EPOCHS, oracle_for
from wizard.training.space import Dimension

WORKER = "tuner0"  # what KerasTuner calls a search's only worker
TENSORFLOW_INTERRUPTED = "bad argument to internal function"  # Ctrl-C inside a TensorFlow call, as a SystemError


class TrialFailed(Exception):
    """A trial came to nothing, for a reason that the search records."""


@dataclass(frozen=True)
class SearchTrial:
    """One trial: the values tried and the score they got (None where it failed, with the reason).

    Attributes:
        number: From 0, the incumbent.
        values: By name of the dimension; trial 0 lacks those that it does without, as a clipping.
        score: In the metric that decides.
        failure: Why there is none.
        looks: How many looks at the validation loss it was given, by Hyperband; None for all.
    """

    number: int
    values: dict[str, HpValue]
    score: float | None
    failure: str = ""
    looks: int | None = None


Evaluate = Callable[[int, dict[str, HpValue], int | None], float]
Together = Callable[[Any, int], tuple[list[SearchTrial], list[tuple[int, Any]] | None]]


def search(
    space: Sequence[Dimension],
    evaluate: Evaluate,
    *,
    tuner: str = "random",
    is_higher_better: bool,
    trials: int,
    goes_on: Callable[[int], bool],
    seed: int,
    looks: int = 1,
    place: Path | None = None,
    together: Together | None = None,
) -> list[SearchTrial]:
    """A search with the incumbent as trial 0; by default at random (Bergstra & Bengio 2012).

    KerasTuner's folder is temporary: what resumes a search is that its seeded proposals repeat, and that `evaluate`
    remembers what it has trained.

    Args:
        space: What varies.
        evaluate: (number of the trial, values, looks) -> score; raises TrialFailed for a trial that came to nothing.
        tuner: As `oracles.opened_tuner` gives it.
        is_higher_better: Direction of the score.
        trials: Most trials, the incumbent's among them.
        goes_on: (number of the next trial) -> whether there is time for it.
        seed: Of the proposals.
        looks: Of a whole training; Hyperband begins with fewer.
        place: Folder for KerasTuner's files, which are gone afterwards; one of the system's by default.
        together: (oracle, number of the next trial) -> the trials that several processes ran; and None where these are
            all, else (number, oracle's trial) of those that they began and did not end, and the rest is run here.
    """
    from keras_tuner import HyperParameters

    done: list[SearchTrial] = []
    with contextlib.nullcontext(str(place)) if place else tempfile.TemporaryDirectory() as folder:
        with silence():
            oracle = oracle_for(tuner, space, "max" if is_higher_better else "min", trials, seed, looks)
            oracle._set_project_dir(folder, "search")
            declared = HyperParameters()
            for dimension in space:
                dimension.declare(declared)
            oracle.update_space(declared)
        held = {d.name: d.inside(d.now) for d in space if d.now is not None and d.holds(d.now)}
        if tuner == "bayesian" and len(held) == len(space):  # else its score would be learnt where it was not measured
            _learns_of(oracle, held)
        elif goes_on(0):  # other oracles plan ahead, or learn nothing from it
            done.append(_tried({}, space, evaluate, 0))
        begun: list[tuple[int, Any]] = []
        while len(done) < trials and (begun or goes_on(len(done))):
            if together is not None and done:
                ran, left = together(oracle, len(done))
                done, together = sorted(done + ran, key=lambda one: one.number), None
                if left is None:
                    break
                begun = left
                continue
            with silence():
                number, trial = begun.pop(0) if begun else (len(done), oracle.create_trial(WORKER))
            if trial.status != "RUNNING":  # the space is exhausted, or the oracle has had enough
                break
            done.append(_tried(trial.hyperparameters.values, space, evaluate, number))
            with silence():
                report(oracle, trial, done[-1])
    return done


def _tried(proposed: dict[str, Any], space: Sequence[Dimension], evaluate: Evaluate, number: int) -> SearchTrial:
    first = {d.name: d.now for d in space if d.now is not None}
    values = first if number == 0 else {d.name: d.taken(proposed[d.name]) for d in space}
    looks = proposed.get(EPOCHS)
    try:
        return SearchTrial(number, values, evaluate(number, values, looks), looks=looks)
    except TrialFailed as failed:
        return SearchTrial(number, values, None, str(failed), looks)
    except SystemError as error:
        if TENSORFLOW_INTERRUPTED in str(error):
            raise KeyboardInterrupt from error
        raise


def report(oracle: Any, trial: Any, tried: SearchTrial) -> None:
    """Tells an oracle what came of its trial."""
    trial.status = "COMPLETED" if tried.score is not None else "FAILED"
    trial.message = tried.failure or None
    if tried.score is not None:
        oracle.update_trial(trial.trial_id, {"score": tried.score})
    oracle.end_trial(trial)


def _learns_of(oracle: Any, first: dict[str, HpValue]) -> None:
    """Makes the incumbent an oracle's first proposal, so that it knows its score."""
    propose = oracle.populate_space

    def populate_space(trial_id: str) -> dict[str, Any]:
        return propose(trial_id) if oracle.start_order else {"status": "RUNNING", "values": dict(first)}

    oracle.populate_space = populate_space


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keeps what KerasTuner prints and warns of from the terminal; our own lines are printed outside."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its Gaussian process warns of few trials
        yield
