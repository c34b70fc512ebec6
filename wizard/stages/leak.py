"""One way in which the target gets into the inputs, or training rows into those that are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Leak:
    """A leak.

    Attributes:
        sentence: What was measured, in words.
        status: "failed" for an exact property, "warned" for what a person has to judge.
        fault: Its id.
        columns: Inputs that should be ignored.
        measured: How much leaks,
        unit: and of what it is a share.
        option: What to pass to Wizard instead of `ignore=`, as 'group="unit"', or "".
    """

    sentence: str
    status: Literal["failed", "warned"]
    fault: str
    columns: tuple[str, ...] = ()
    measured: float = 1.0
    unit: str = "of the rows"
    option: str = ""
