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
        output: The output that it is about; "" where the model has one only, or it is about the whole of it.
    """

    fault: str
    sentence: str
    step: str
    level: Level
    advice: str = ""
    tested: bool | None = None
    output: str = ""

    @property
    def words(self) -> str:
        """The sentence, with the output that it is about."""
        return f"Output '{self.output}': {self.sentence}" if self.output else self.sentence

    @property
    def cause(self) -> Cause:
        """As a finding names it."""
        return Cause(fault=self.fault, sentence=self.words, tested=self.tested)
