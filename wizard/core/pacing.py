"""Asks whether there is time for more; remembers each answer, so that a resumed stage cuts where it did before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wizard.core.clock import Clock
from wizard.core.store import write_file

CAUTION = 1.15  # what is to come is taken to cost this much more than what came: machines get busy


class Pacing:
    """The time left to a stage.

    A stage that was killed and runs again finds its finished runs stored; their seconds are credited once, so that the
    time left is what it would have been.

    Attributes:
        cuts: What was left out for lack of time, in words.
        kept: Seconds that are kept for steps of the stage that are to come and cannot be left out.
        reserved: Seconds that are kept for what a later step of the stage is to do with what an earlier one chose.
    """

    def __init__(
        self, clock: Clock, already_spent: float, deadline: float | None, journal: Path, end: float | None = None
    ) -> None:
        """Starts a stage.

        Args:
            clock: Of the process.
            already_spent: Seconds of work of the earlier stages, as stored.
            deadline: Seconds from the journey's start at which the stage should be done, or None.
            journal: File that remembers answers and finished runs.
            end: Seconds from the journey's start at which all of it should be done; the stage's by default.
        """
        self._clock, self._deadline, self._journal = clock, deadline, journal
        self._end = deadline if end is None else end
        self.kept = self.reserved = 0.0
        self._offset = already_spent - clock.spent()
        stored = _read(journal)
        self._answers: dict[str, bool] = stored.get("answers", {})
        self._caps: dict[str, int] = stored.get("caps", {})
        self._runs: dict[str, float] = stored.get("runs", {})
        self._to_credit = dict(self._runs)
        self.cuts: list[str] = []

    @property
    def left(self) -> float:
        """Seconds left to what may be left out in this stage; infinite without a budget in seconds."""
        if self._deadline is None:
            return float("inf")
        until = self._deadline if self._end is None else min(self._deadline, self._end)
        return until - self._offset - self._clock.spent() - self.kept - self.reserved

    @property
    def left_in_all(self) -> float:
        """Seconds left to the journey; infinite without a budget in seconds."""
        return float("inf") if self._end is None else self._end - self._offset - self._clock.spent()

    @property
    def is_late(self) -> bool:
        """Whether the journey has less time left than the stage cannot do without."""
        return self._deadline is not None and self._end is not None and self._end < self._deadline

    def take(self, needed: float) -> None:
        """Lets the stage go on into what the later ones have no use for.

        Args:
            needed: Seconds that they can make use of.
        """
        if self._deadline is not None and self._end is not None:
            self._deadline = max(self._deadline, self._end - needed)

    def allows(self, what: str, seconds: float) -> bool:
        """Whether something that takes about so many seconds still fits; a "no" is recorded as a cut.

        Args:
            what: A name, unique in the stage, that says what would be left out.
            seconds: What it is expected to take, from what like things took.
        """
        if self._deadline is None:
            return True
        if what not in self._answers:
            self._answers[what] = seconds * CAUTION <= self.left
            self._write()
        if not self._answers[what]:
            self.cuts.append(what)
        return self._answers[what]

    def cap(self, what: str, wanted: int, seconds_each: float, seconds: float) -> int:
        """How many of `wanted` fit into so many seconds, at least one; fewer than wanted is recorded as a cut.

        Args:
            what: A name, unique in the stage, that says what is made smaller.
            wanted: How many there should be.
            seconds_each: What one takes.
            seconds: What all of them may take.
        """
        if self._deadline is None:
            return wanted
        if what not in self._caps:
            self._caps[what] = min(wanted, max(1, int(seconds / (CAUTION * max(seconds_each, 1e-9)))))
            self._write()
        if self._caps[what] < wanted:
            self.cuts.append(f"{what}: {self._caps[what]} of {wanted}")
        return self._caps[what]

    def trained(self, key: str, seconds: float) -> None:
        """Remembers a run that this stage trained."""
        if self._deadline is not None:
            self._runs[key] = seconds
            self._write()

    def remembered(self, key: str) -> None:
        """Credits a stored run, if it was this stage that trained it before it was killed."""
        self._clock.credit(self._to_credit.pop(key, 0.0))

    def _write(self) -> None:
        content = json.dumps({"answers": self._answers, "caps": self._caps, "runs": self._runs}, indent=1)
        write_file(self._journal, content.encode())


def _read(journal: Path) -> dict[str, Any]:
    """What a killed process wrote; a journal that cannot be read says nothing, and times are measured anew."""
    try:
        stored = json.loads(journal.read_bytes())
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
