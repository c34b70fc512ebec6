"""What of a data set must not leave the house: its values and the names of its examples, found in text and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

SHORTEST = 3  # characters of a value that is looked for: shorter ones stand in every other word
TELLING = 5  # significant digits from which on a number is known again
MARK = "[left out]"
WORD = re.compile(r"[^\W_]+(?:[-'.@_/\\:][^\W_]+)*", re.UNICODE)
QUOTED = re.compile(r"""(?<!\w)(['"“„`‘])(.+?)(['"”“`’])(?!\w)""")
NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Private:
    """Values of a data set.

    Attributes:
        values: Cells, texts, names of files, of rows and of groups.
        numbers: Cells that are numbers.
        allowed: Names that a page may say all the same: of classes, columns and the data set.
    """

    values: frozenset[str]
    numbers: frozenset[float]
    allowed: frozenset[str]

    def scrubbed(self, text: str, is_strict: bool = False) -> str:
        """The text with every private value replaced by a mark; where it is strict, also numbers of few digits."""
        for value in self._long:  # the longest first: names within names
            if value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MARK, text)
        text = WORD.sub(lambda found: MARK if found[0] in self._short else found[0], text)
        text = QUOTED.sub(self._quoted, text)
        is_private = self.numbers.__contains__ if is_strict else self.is_private
        return NUMBER.sub(lambda found: MARK if is_private(_number(found[0])) else found[0], text)

    def is_clean(self, texts: Iterable[str]) -> bool:
        """Whether nothing in the texts is private."""
        return all(self.scrubbed(text) == text for text in texts)

    def is_private(self, number: float) -> bool:
        """Whether a number is a cell that can be known again by its digits."""
        return number in self.numbers and len(f"{abs(number):.15g}".replace(".", "").strip("0")) >= TELLING

    @cached_property
    def _searched(self) -> list[str]:
        wanted = (value for value in self.values if len(value) >= SHORTEST and value not in self.allowed)
        return sorted(wanted, key=lambda value: (-len(value), value))

    @cached_property
    def _short(self) -> frozenset[str]:
        """Values of one word, which are looked up word by word."""
        return frozenset(value for value in self._searched if WORD.fullmatch(value))

    @cached_property
    def _long(self) -> list[str]:
        return [value for value in self._searched if value not in self._short]

    def _quoted(self, found: re.Match[str]) -> str:
        """What is quoted comes from the data more often than not: it stays only where it is a name or nowhere there."""
        inner = found[2]
        if inner in self.allowed or not any(inner.strip("…. ") in value for value in self.values):
            return found[0]
        return f"{found[1]}{MARK}{found[3]}"


def _number(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))
