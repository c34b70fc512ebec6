"""Trials judged one after the other; a hopeless one is given up after its first look."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.errors import WizardError
from wizard.stages.context import Context, Judged
from wizard.stages.stage import shown
from wizard.stages.tune.search_space import SMALLEST_BATCH, with_values
from wizard.training.search import TENSORFLOW_INTERRUPTED, TrialFailed

ENOUGH = 5  # earlier trials before the median rule stops any: the median of fewer says little
EARLY = 4  # a trial without folds is looked at after a quarter of its course
NO_NUMBERS = "its predictions are no finite numbers"
OUT_OF_MEMORY = ("ResourceExhaustedError", "MemoryError")  # TensorFlow's, on any device, and Python's


@dataclass(frozen=True)
class Tried:
    """One trial as it was judged.

    Attributes:
        number: From 0, the incumbent.
        config: What was trained, the batch halved where memory ran out.
        values: By name of the dimension, the batch that was trained with; trial 0 lacks those that it does without.
        score: On all deciding rows; where it was given up the incumbent's, plus what it was worse by at the first look
            (the first sound trial's, where the incumbent broke).
        seconds: What its runs took.
        judged: On all deciding rows, or None.
        given_up: Why, in words, or "".
        failure: Why it came to nothing, or "".
        remark: What else is to be said of it.
        is_whole: Whether it was trained for as long as the incumbent.
    """

    number: int
    config: TrainingConfig
    values: dict[str, HpValue]
    score: float | None
    seconds: float
    judged: Judged | None = None
    given_up: str = ""
    failure: str = ""
    remark: str = ""
    is_whole: bool = True


class Race:
    """Judges the trials of one search, in order."""

    def __init__(self, context: Context, incumbent: TrainingConfig) -> None:
        """Nothing is trained yet."""
        self.context, self.incumbent = context, incumbent
        self.tried: list[Tried] = []
        self._first: dict[int, Judged] = {}  # at the first look, by the trial's number
        self._verdicts: dict[int, str] = {}  # at the first look, by the trial's number
        self._batches = ""

    @property
    def complete(self) -> list[Tried]:
        """Trials judged on all rows and trained to the end, best first; equal ones in the order of their numbers."""
        metric = self.context.metric
        whole = [one for one in self.tried if one.judged is not None and one.is_whole]
        return sorted(whole, key=lambda one: (-metric.gain(one.judged.score, 0.0) if one.judged else 0.0, one.number))

    @property
    def yardstick(self) -> Tried | None:
        """The start, or where it broke the first trial that did not: given-up trials are estimated by it."""
        return next((one for one in self.tried if one.judged is not None and one.number in self._first), None)

    @property
    def seconds_a_trial(self) -> float:
        """What a trial that was not given up takes; where all broke, what these took."""
        whole = [one.seconds for one in self.tried if one.judged is not None and one.is_whole]
        whole = whole or [one.seconds for one in self.tried]
        return float(np.median(whole)) if whole else 0.0

    def evaluate(
        self, number: int, values: dict[str, HpValue], looks: int | None, batch: int | None = None, failure: str = ""
    ) -> float:
        """Judges a trial; raises TrialFailed where it came to nothing.

        Args:
            number: Of the trial.
            values: By name of the dimension.
            looks: As Hyperband wants it, or None.
            batch: To begin with, where another process found the trial's own too large.
            failure: Why it came to nothing in another process.
        """
        config, is_whole = self.planned(number, values, looks)
        if failure:
            tried = Tried(number, config, values, None, 0.0, failure=failure)
        else:
            wanted = config.batch
            config = config.but(batch=batch or wanted)
            tried = self._judged(
                number, config, values, wanted=wanted, is_hyperband=looks is not None, is_whole=is_whole
            )
        if "batch" in values:
            tried = replace(tried, values={**values, "batch": tried.config.batch})
        self.tried.append(tried)
        if tried.score is None:
            raise TrialFailed(tried.failure)
        return tried.score

    def planned(self, number: int, values: dict[str, HpValue], looks: int | None) -> tuple[TrainingConfig, bool]:
        """What a trial trains, and whether that is for as long as the incumbent."""
        config = self.incumbent if number == 0 else with_values(self.incumbent, values, self._defaults)
        is_whole = number == 0 or looks is None or looks >= looks_of(self.incumbent)
        return config if is_whole else config.but(stop_after=(looks or 1) * config.look_every), is_whole

    @property
    def _defaults(self) -> dict[str, HpValue]:
        own = self.context.own
        return {} if own is None else {one.name: one.default for one in own.declared}

    def verdict(self, number: int, first: Judged) -> str:
        """Why a trial that was looked at is not worth the rest of it, or ""; the same when it is asked again."""
        if number not in self._verdicts:
            self._verdicts[number] = self._hopeless(first)
            self._first[number] = first
        return self._verdicts[number]

    def _judged(
        self, number: int, config: TrainingConfig, values: dict[str, HpValue], *, wanted: int, is_hyperband: bool,
        is_whole: bool,
    ) -> Tried:  # fmt: skip
        while True:
            try:
                tried = self._run(number, config, values, is_hyperband=is_hyperband, is_whole=is_whole)
                break
            except SystemError as error:
                if TENSORFLOW_INTERRUPTED in str(error):
                    raise KeyboardInterrupt from error
                raise
            except (WizardError, OSError):  # a full disk is no trial's fault
                raise
            except Exception as error:
                if number == 0:  # it was trained before: something else is broken
                    raise
                if type(error).__name__ in OUT_OF_MEMORY and config.batch // 2 >= SMALLEST_BATCH:
                    self.context.trainer.release()
                    config = config.but(batch=config.batch // 2)
                    continue
                why = "out of memory" if type(error).__name__ in OUT_OF_MEMORY else shown(error)
                tried = Tried(number, config, values, None, 0.0, failure=why)
                break
        halved = f"batch halved to {config.batch} for want of memory" if config.batch != wanted else ""
        return replace(tried, remark=halved)

    def _run(
        self, number: int, config: TrainingConfig, values: dict[str, HpValue], *, is_hyperband: bool, is_whole: bool
    ) -> Tried:
        first, looked = None if is_hyperband else first_look(self.context, config), 0.0
        if first is not None:
            if first.failure:
                return Tried(number, config, values, None, first.seconds, failure=why_broken(first))
            reason = self.verdict(number, first)
            if reason:
                return Tried(number, config, values, self._estimate(first), first.seconds, given_up=reason)
            looked = 0.0 if self.context.split.folds else first.seconds  # a fold is a run of the whole trial
        judged = self.context.judge(config)
        seconds = looked + judged.seconds
        failure = why_broken(judged)
        if failure:
            return Tried(number, config, values, None, seconds, failure=failure)
        return Tried(number, config, values, judged.score, seconds, judged, is_whole=is_whole)

    def _hopeless(self, first: Judged) -> str:
        """Why a trial is not worth its other folds or epochs, or ""."""
        if not self._first:
            return ""
        context, start = self.context, self._first.get(0)
        where = "its first fold" if context.split.folds else "a quarter of its epochs"
        is_sound = start is not None and not (self.tried and self.tried[0].failure)
        if context.split.folds and start is not None and is_sound and context.gain(first, start).high < 0:
            return f"clearly worse than the start after {where}"  # trained to the end: what is worse stays so
        earlier = [one.score for one in self._first.values()]
        if len(earlier) >= ENOUGH and context.metric.better(float(np.median(earlier)), first.score):
            return f"below the median of the earlier trials after {where}"
        return ""

    def _estimate(self, first: Judged) -> float:
        """A score for all rows: the yardstick's, plus what this one differed from it by at the first look."""
        yardstick = self.yardstick
        if yardstick is None or yardstick.score is None:
            return first.score
        return yardstick.score + first.score - self._first[yardstick.number].score


def why_broken(judged: Judged) -> str:
    """Why a configuration's runs are worthless, in words, or ""."""
    if judged.failure:
        return judged.failure.replace("became nan", "was no number any more").replace("became inf", "became infinite")
    return "" if judged.is_dropped or np.isfinite(judged.score) else NO_NUMBERS


def looks_of(config: TrainingConfig) -> int:
    """Looks at the validation loss that a configuration's training takes, at most."""
    return min(config.epochs, config.stop_after or config.epochs) // config.look_every


def first_look(context: Context, config: TrainingConfig) -> Judged | None:
    """A configuration on its first fold or, without folds, after a quarter of its epochs; None where that is no look.

    A trial that goes on is trained from its beginning again, so that what is stored is a run like any other.
    """
    if context.split.folds:
        part = config.but(fold=0, seed=0)
    elif looks_of(config) >= EARLY:
        part = config.but(fold=None, seed=0, stop_after=looks_of(config) // EARLY * config.look_every)
    else:
        return None
    run, rows = context.train(part), context.split.rows(part.fold)[1]
    if run.failure:
        return Judged(config, ((run,),), np.empty(0, "int64"), [], float("nan"), is_dropped=True)
    predictions = context.trainer.held_predictions(run)
    score = context.metric.score(context.y(rows), predictions, context.weight(rows))
    return Judged(config, ((run,),), rows, [predictions], score, is_dropped=True)


def candidates_of(context: Context) -> tuple[TrainingConfig, ...]:
    """What the search left, best first; nothing where it broke."""
    has_searched = "candidates" in (*context.reads, *context.shared.get("decided_here", ()))
    return context.decided("candidates") if has_searched else ()
