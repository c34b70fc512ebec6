"""How much work a journey may be: a level of effort, or a promise about wall-clock time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.core import costs
from wizard.core.errors import OptionError
from wizard.core.result import STAGES

SHARES = {  # of the time that is left beside what no stage can do without; what one does not use, the later ones get
    "explore": 0.18,
    "baseline": 0.24,
    "overfit": 0.13,
    "regularize": 0.20,
    "tune": 0.15,
    "ensemble": 0.10,
}
QUICK_BELOW, STANDARD_BELOW = 300.0, 1800.0  # seconds: what a budget in seconds buys
UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Effort:
    """Counts that decide the size of a journey, the same on every machine.

    Attributes:
        name: "quick", "standard" or "thorough".
        repeats: Seeds of a comparison; folds, each with a network of its own, count as such.
        epochs: Times the family's usual number of epochs.
        rungs: Rungs of capacity tried, at most.
        trials: Trials of the search.
        probe_rows: Rows that classical probes see, at most.
        steps: Gradient steps of a baseline's short experiment.
    """

    name: str
    repeats: int
    epochs: float
    rungs: int
    trials: int
    probe_rows: int
    steps: int


EFFORTS = {
    "quick": Effort("quick", repeats=2, epochs=1.0, rungs=3, trials=6, probe_rows=5_000, steps=200),
    "standard": Effort("standard", repeats=3, epochs=2.0, rungs=4, trials=20, probe_rows=20_000, steps=400),
    "thorough": Effort("thorough", repeats=5, epochs=4.0, rungs=4, trials=60, probe_rows=50_000, steps=800),
}


@dataclass(frozen=True)
class Budget:
    """A level of effort, and the seconds that the whole journey may take (None: as long as it takes)."""

    effort: Effort
    seconds: float | None = None

    def allotted(self, stage: str, left: float, pace: float = 1.0) -> float:
        """Seconds that a stage may take: what it cannot do without, and its share of what is free.

        Time that an earlier stage did not use, or used too much, is spread over all that come.

        Args:
            stage: The next stage.
            left: Seconds left to the journey.
            pace: How many times longer steps take here than on the sample data.
        """
        to_come = STAGES[STAGES.index(stage) :]
        free = left - pace * sum(map(costs.needed, to_come))
        share = SHARES[stage] / sum(SHARES[name] for name in to_come)
        return pace * costs.needed(stage) + max(0.0, share * free)

    def plan(self, left: float | None = None, pace: float = 1.0) -> str:
        """What the budget means, in words.

        Args:
            left: Seconds left once the data are open; all by default.
            pace: How many times longer steps take here than on the sample data.
        """
        if self.seconds is None:
            return f"{self.effort.name} effort: up to {self.effort.trials} trials, {self.effort.repeats} seeds"
        left = self.seconds if left is None else left
        least = pace * sum(map(costs.needed, STAGES))
        if least > left:
            return (
                f"{self.seconds:.0f} s in all, less than what cannot be left out may take here (about {least:.0f} s): "
                "all else is left out"
            )
        parts = []
        for stage in STAGES:
            seconds = self.allotted(stage, left, pace)
            left -= seconds
            parts.append(f"{stage} {seconds:.0f} s")
        return f"{self.seconds:.0f} s in all, at {self.effort.name} effort: {', '.join(parts)}"


def parse_budget(budget: str | float | None) -> Budget:
    """Reads "10m", "90s", "2h", seconds, "quick", "standard", "thorough", or None (standard).

    Raises:
        OptionError: For anything else, and for less than ten seconds.
    """
    if budget is None:
        return Budget(EFFORTS["standard"])
    if isinstance(budget, str) and budget in EFFORTS:
        return Budget(EFFORTS[budget])
    seconds = _seconds(budget)
    if seconds is None or not 10 <= seconds < float("inf"):
        raise OptionError(
            f'budget must be a time of at least 10 s like "10m", "90s", "2h" or a number of seconds, or one of '
            f"{', '.join(EFFORTS)}. Received: {budget!r}."
        )
    level = "quick" if seconds < QUICK_BELOW else "standard" if seconds < STANDARD_BELOW else "thorough"
    return Budget(EFFORTS[level], seconds)


def _seconds(budget: object) -> float | None:
    if isinstance(budget, (int, float)) and not isinstance(budget, bool):
        return float(budget)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h)?\s*", str(budget))
    return float(match[1]) * UNITS[match[2] or "s"] if match else None
