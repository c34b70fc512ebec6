"""Raw texts as examples."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from wizard.data.cells import text_of


class TextExamples:
    """Texts; an example is a str.

    Attributes:
        texts: n texts in Unicode's composed form (NFC), without surrounding blanks; "" where there is none.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: int) -> str:
        return self.texts[index]

    def take(self, indices: np.ndarray) -> TextExamples:
        """Returns the texts at `indices`, in that order."""
        return TextExamples(self.texts[int(i)] for i in indices)

    def hashes(self) -> tuple[str, ...]:
        """Returns a content hash a text: equal text, equal hash."""
        return tuple(hashlib.sha256(text.encode()).hexdigest()[:32] for text in self.texts)

    @property
    def lengths(self) -> np.ndarray:
        """(n,) characters of each text."""
        return np.array([len(text) for text in self.texts], "int64")


def clean_text(value: object) -> str:
    """Returns a cell as text: "é" is one character however it was typed, and what no encoding can hold is replaced."""
    if isinstance(value, str) and not value.isascii():
        value = unicodedata.normalize("NFC", value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return text_of(value)


UNSPACED = re.compile(r"[\u0E00-\u0EFF\u0F00-\u0FFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF]")
LEAST_WORDS = 3  # of a text in the middle: with fewer, it is rather a name or a code
MOST_ALIKE = 0.5  # of the texts: where more have a twin, they are rather categories
CHARACTERS_A_WORD = 2  # in scripts without spaces


def reads_like_text(texts: Sequence[str]) -> bool:
    """Whether texts are sentences or titles rather than names of categories, codes or ids.

    Args:
        texts: Cells of a column as text, empty ones left out.
    """
    if not len(texts) or len(set(texts)) < MOST_ALIKE * len(texts):
        return False
    words = [len(text.split()) + len(UNSPACED.findall(text)) // CHARACTERS_A_WORD for text in texts]
    return float(np.median(words)) >= LEAST_WORDS
