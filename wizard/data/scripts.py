"""Which script a text is written in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

LOOKED_AT = 200  # letters: more do not change which script prevails


def script_of(text: str) -> str:
    """The script that most letters of a text belong to ("Latin", "Cyrillic", "Chinese characters"), or "no letters"."""
    letters = [c for c in text[: 10 * LOOKED_AT] if c.isalpha()][:LOOKED_AT]
    return Counter(map(_script, letters)).most_common(1)[0][0] if letters else "no letters"


@lru_cache(4096)
def _script(letter: str) -> str:
    first = unicodedata.name(letter, "OTHER").split()[0]
    return {"CJK": "Chinese characters"}.get(first, first.capitalize())
