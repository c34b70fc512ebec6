"""A fault that measurements speak for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wizard.core.finding import Cause

Level = Literal["failed", "warned", "noted"]


@dataclass(frozen=True)
class Suspicion:
    """A fault that the measurements speak for.

    Attributes:
        fault: Its id.
        sentence: What is wrong, where, and what it does, with numbers.
        step: The step of the recipe whose question it answers.
        level: How bad it is.
        advice: What to do.
        tested: What mending it did: True it helped, False it did not, None not tried.
    """

    fault: str
    sentence: str
    step: str
    level: Level
    advice: str = ""
    tested: bool | None = None

    @property
    def cause(self) -> Cause:
        """As a finding names it."""
        return Cause(fault=self.fault, sentence=self.sentence, tested=self.tested)
