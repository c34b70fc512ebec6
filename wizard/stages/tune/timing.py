"""What a search's trials take, and how many more there is time for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from wizard.core.pacing import CAUTION
from wizard.stages.context import Context
from wizard.stages.tune.race import Race

RECENT = 3  # trials whose pauses tell the next one's: a Gaussian process takes longer with every trial
PROOF_SHARE = 0.3  # of the search's time that is kept for the schedule and the winner's fresh seeds,
# and no more than what they take where there is time for all of it: so many trials' runs for each seed of a comparison,
# and so many beside (texts took two thirds of it, banking77 nine tenths)
PROOF_RUNS = {"quick": (3, 3), "standard": (8, 10), "thorough": (8, 20)}
ENSEMBLE_RUNS = {"quick": (3, 5), "standard": (4, 10), "thorough": (4, 15)}  # fresh seeds, longer runs, a student
PROOF = 2  # runs of the winner and the incumbent with a fresh seed, for which time is kept
MINUTE, LONG = 60.0, 90.0  # seconds: beyond the second, time is given in minutes


class Timing:
    """The time that the trials of a search take."""

    def __init__(self, context: Context, race: Race, limit: int, at_a_time: Callable[[], int] = lambda: 1) -> None:
        """Begins with no trial.

        Args:
            context: Of the stage.
            race: Judges the trials.
            limit: Trials in all, at most.
            at_a_time: How many run side by side.
        """
        self.context, self.race, self.limit, self.at_a_time = context, race, limit, at_a_time
        self._ends: list[float] = []  # moments, the first being the beginning

    def begins(self) -> None:
        """Notes that somebody wants the first trial after the start's: workers come when they are ready."""
        self._ends = [self.context.trainer.clock.spent()]

    def ended(self) -> None:
        """Notes that a trial ended now."""
        self._ends.append(self.context.trainer.clock.spent())

    @property
    def pause(self) -> float:
        """Seconds between two trials in which nothing is trained, as of late: proposals, mostly."""
        ends = self._ends[-RECENT - 1 :]
        n = len(ends) - 1
        if n < 1:
            return 0.0
        trained = sum(one.seconds for one in self.race.tried[-n:]) / self.at_a_time()
        return max(ends[-1] - ends[0] - trained, 0.0) / n

    @property
    def between_ends(self) -> float:
        """Seconds from the end of a trial to the next one's."""
        tried = self.race.tried
        return sum(one.seconds for one in tried) / max(len(tried), 1) / self.at_a_time() + self.pause

    @property
    def cost(self) -> float:
        """Seconds that another trial takes, and what has to come after it."""
        return self.pause + self.race.seconds_a_trial + max(PROOF * self._judging, self.proof)

    @property
    def proof(self) -> float:
        """Seconds that are kept for the schedule and for fresh seeds."""
        left = self.context.shared.get("time for the search", self.context.pacing.left)
        return 0.0 if left == float("inf") else min(PROOF_SHARE * max(left, 0.0), self.seconds_of(PROOF_RUNS))

    def seconds_of(self, runs: Mapping[str, tuple[int, int]]) -> float:
        """Seconds of so many runs a seed of a comparison and so many beside, by effort."""
        a_seed, beside = runs[self.context.effort.name]
        return (a_seed * self.context.repeats + beside) * self._judging

    @property
    def to_come(self) -> int:
        """How many trials there will be after those that ended: under a budget in seconds as many as `cost` lets in."""
        n, left = self.limit - len(self.race.tried), self.context.pacing.left
        if left == float("inf") or not self.race.tried:
            return n
        spare = left - CAUTION * self.cost
        return min(n, 1 + int(spare / max(self.between_ends, 1e-9))) if spare >= 0 else 0

    def last(self, number: int) -> int:
        """Number of the last trial, as it looks while trial `number` runs or ends."""
        return max(len(self.race.tried) + self.to_come - 1, number)

    def time_left(self, number: int) -> str:
        """Time that the search has left, as it looks while trial `number` runs or ends: "4 min left"."""
        seconds = (self.last(number) + 1 - len(self.race.tried)) * self.between_ends
        return f"{seconds / MINUTE:.0f} min left" if seconds >= LONG else f"{seconds:.0f} s left"

    @property
    def _judging(self) -> float:
        """What all runs of a configuration take, without a first look."""
        whole = [one.judged.seconds for one in self.race.complete if one.judged is not None]
        return float(np.median(whole)) if whole else self.race.seconds_a_trial
