"""Texts: their length, casing and layout."""

from __future__ import annotations

import re

import numpy as np

from wizard.stages.context import Context

TAG = re.compile(r"</?[A-Za-z][^<>]*>|&[a-z]+;")
BLANKS = re.compile(r"[ \t]{2,}|\t")


def incidental(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Length, casing, and how a text is laid out and encoded."""
    texts = [str(context.dataset.examples[int(row)]) for row in rows]
    found = {"length": np.array([[np.log1p(len(text)), np.log1p(len(text.split()))] for text in texts])}
    casing = np.array([_casing(text) for text in texts])
    layout = np.array([_layout(text) for text in texts])
    if np.ptp(casing, axis=0).any():
        found["casing"] = casing
    if np.ptp(layout, axis=0).any():
        found["markup and layout"] = layout
    return found


def described(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Length, casing, digits, signs, markup and layout."""
    texts = [str(context.dataset.examples[int(row)]) for row in rows]
    names = ("capital letters", "capital at the start", "markup", "line breaks", "runs of blanks", "letters outside "
             "ASCII", "characters", "words", "digits")  # fmt: skip
    table = np.array([
        [*_casing(text), *_layout(text), len(text), len(text.split()), _share(text, str.isdigit)] for text in texts
    ])  # fmt: skip
    return dict(zip(names, table.T, strict=True))


def _casing(text: str) -> tuple[float, float]:
    """Share of letters that are capitals, and whether the first one is."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / max(len(letters), 1), float(bool(letters) and letters[0].isupper())


def _layout(text: str) -> tuple[float, float, float, float]:
    """Tags, line breaks, runs of blanks (as logarithms), and the share of characters outside ASCII."""
    counts = (len(TAG.findall(text)), text.count("\n"), len(BLANKS.findall(text)))
    tags, breaks, blanks = (float(np.log1p(n)) for n in counts)
    return tags, breaks, blanks, 0.0 if text.isascii() else _share(text, lambda c: not c.isascii())


def _share(text: str, is_such: object) -> float:
    assert callable(is_such)
    return sum(map(is_such, text)) / max(len(text), 1)
