"""What can be read but stands out, and the causes that it gives a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wizard.core.finding import Cause
from wizard.stages.words import listed


class Odd(NamedTuple):
    """An example, column or channel that stands out.

    Attributes:
        where: Which one.
        what: What is odd about it, as the rest of a sentence about it.
        fault: Id of the silent fault that it is a sign of, or "".
    """

    where: str
    what: str
    fault: str = "D08"


def causes_of(odd: Sequence[Odd]) -> tuple[Cause, ...]:
    """A cause for each different fault, naming where it sits."""
    causes = []
    for fault in dict.fromkeys(one.fault for one in odd):
        own = [one for one in odd if one.fault == fault]
        what = own[0].what
        places = listed([one.where for one in own])
        causes.append(Cause(fault=fault, sentence=f"{what[0].upper()}{what[1:]}: {places}."))
    return tuple(causes)
