"""What may vary in a search, and how far."""

from __future__ import annotations

import math
from typing import Any, Literal

from wizard.core.config import HpValue
from wizard.core.values import Value

ROUNDING = 1e-9  # of an end: a value drawn at it may come out beyond it by a last bit
NOTHING = {"weight_decay": 1e-2}  # so little does what none does: 0 stands at a logarithm's lower end
OWN = "hp."  # before the name of one of the family's own hyperparameters


class Dimension(Value):
    """One hyperparameter and where it may lie.

    Attributes:
        name: A field of TrainingConfig, or "hp.width" for one of the family's own.
        kind: "log" and "linear" for ranges, "choice" for a list.
        low: Least value of a range.
        high: Largest value of a range.
        options: Values of a choice.
        is_whole: Whether a range holds whole numbers only.
        now: The incumbent's value; it may lie outside. None where it does without (no clipping).
    """

    name: str
    kind: Literal["log", "linear", "choice"]
    low: float = 0.0
    high: float = 0.0
    options: tuple[HpValue, ...] = ()
    is_whole: bool = False
    now: HpValue | None

    @property
    def label(self) -> str:
        """The name as people know it."""
        return self.name.removeprefix(OWN)

    @property
    def is_ordered(self) -> bool:
        """Whether its values are numbers, of which one can be larger than another."""
        return self.kind != "choice" or all(
            isinstance(option, (int, float)) and not isinstance(option, bool) for option in self.options
        )

    def declare(self, hp: Any) -> None:
        """Declares itself in KerasTuner's language."""
        if self.kind == "choice":
            hp.Choice(self.name, list(self.options))
        elif self.is_whole:
            hp.Int(self.name, int(self.low), int(self.high), sampling=self.kind)
        else:
            hp.Float(self.name, self.low, self.high, sampling=self.kind)

    def taken(self, proposed: Any) -> HpValue:
        """A proposal as Python's own value, an option as it was given: KerasTuner makes 0 of False."""
        value: HpValue = proposed.item() if hasattr(proposed, "item") else proposed
        return next((option for option in self.options if option == value), value)

    def holds(self, value: HpValue | None) -> bool:
        """Whether a value has a place here: one beyond the ends, or none at all, has not."""
        if value is None or self.kind == "choice":
            return value in self.options
        if not isinstance(value, (int, float)):
            return False
        is_nothing = value == 0 and 0 < self.low <= NOTHING.get(self.name, 0.0)
        slack = ROUNDING * max(abs(self.low), abs(self.high))
        return is_nothing or self.low - slack <= value <= self.high + slack

    def inside(self, value: HpValue) -> HpValue:
        """The value of the dimension that is nearest to a value: oracles cannot place one outside."""
        if self.kind == "choice":
            if value in self.options or not self.is_ordered:
                return self.taken(value) if value in self.options else self.options[0]
            return min(self.options, key=lambda option: abs(float(option) - float(value)))
        return min(max(value, self.low), self.high)

    def place(self, value: HpValue) -> float:
        """Where a value lies between the ends, 0–1; options of a choice stand evenly spread, numbers in order."""
        inside = self.inside(value)
        if self.kind == "choice":
            ordered = self.ordered
            return ordered.index(inside) / (len(ordered) - 1) if len(ordered) > 1 else 0.5
        if self.high == self.low:
            return 0.5
        if self.kind == "log":
            return math.log(float(inside) / self.low) / math.log(self.high / self.low)
        return (float(inside) - self.low) / (self.high - self.low)

    @property
    def ordered(self) -> tuple[HpValue, ...]:
        """Options of a choice, numbers in order."""
        return tuple(sorted(self.options)) if self.is_ordered else self.options

    @property
    def in_words(self) -> str:
        """The range as it is printed: "0.001 to 0.016, even in its logarithm"."""
        if self.kind == "choice":
            return f"one of {', '.join(map(str, self.ordered))}"
        drawn = {"log": "even in its logarithm", "linear": "even"}[self.kind]
        return f"{self.low:.3g} to {self.high:.3g}, {drawn}"
