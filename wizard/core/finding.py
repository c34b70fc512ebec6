"""A step's answer."""

from __future__ import annotations

from typing import Literal

from wizard.core.blocks import Block
from wizard.core.values import Value

Status = Literal["passed", "noted", "warned", "failed", "skipped", "crashed"]
STATUSES: tuple[Status, ...] = ("passed", "noted", "warned", "failed", "skipped", "crashed")


class Cause(Value):
    """One likely cause of what was measured.

    Attributes:
        fault: Id of a known silent fault ("M01", "L03" …), or "" where none fits.
        sentence: The cause in words, naming where in the data or code it sits.
        tested: What an experiment on this cause said: True confirmed, False ruled out, None not tested.
    """

    fault: str = ""
    sentence: str
    tested: bool | None = None


class Finding(Value):
    """What one step of the recipe found: a claim, the numbers behind it, and the next move.

    Attributes:
        step: Name of the step, as in the recipe.
        title: The claim that the step tests, one sentence.
        why: Why it matters, in a paragraph.
        status: `passed`, `noted` (true, no action), `warned`, `failed`, `skipped` (with the reason) or
            `crashed` (the step's own exception).
        headline: The answer in one sentence.
        measured: The number that was measured, in `unit`.
        expected: The number that it should have been, in `unit`.
        interval: 95% interval around `measured`, in `unit`.
        unit: Unit of the numbers ("nats", "accuracy", "rows" …).
        causes: Likeliest causes first.
        advice: What to do next, in a sentence.
        gate: Whether the recipe stops here when the step fails.
        blocks: The evidence, as plain data.
        seconds: How long the step took.
    """

    step: str
    title: str
    why: str = ""
    status: Status
    headline: str
    measured: float | None = None
    expected: float | None = None
    interval: tuple[float, float] | None = None
    unit: str = ""
    causes: tuple[Cause, ...] = ()
    advice: str = ""
    gate: bool = False
    blocks: tuple[Block, ...] = ()
    seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether the step looked, and came to an answer."""
        return self.status not in ("skipped", "crashed")

    @property
    def stops(self) -> bool:
        """Whether this finding closes a gate."""
        return self.gate and self.status in ("failed", "crashed")
