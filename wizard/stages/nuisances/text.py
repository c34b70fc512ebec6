"""Texts: capitals, markup, punctuation and digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.data.texts import UNSPACED
from wizard.stages.context import Context
from wizard.stages.nuisance import Nuisance
from wizard.stages.probing import ProbeName
from wizard.stages.views.text import raw_texts

PROBES: tuple[ProbeName, ...] = ("linear",)  # neighbours in word counts are mostly chance
READ = 2_000  # characters of a text
WORDS = 512  # features
TOKEN = rf"(?u){UNSPACED.pattern}|[^\W_]+|[^\w\s]|_"
MARKUP = re.compile(r"(?is)</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|&[a-z]+;|&#\d+;")
SIGN, DIGITS = re.compile(r"[^\w\s]"), re.compile(r"\d+")
# Calibrated on docstrings, SMS spam, Banking77 and the titles of works of art.
CAPITALS = 0.10  # spread of the share of capitals: plain prose has 0.03
MARKED, SIGNS, NUMBERS = 0.10, 0.10, 0.10  # spread of the share of characters: prose has 0.02 to 0.04


def as_they_came(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) weights of words as they were written."""
    return _features(_texts(context, rows))


def found(context: Context, rows: np.ndarray) -> list[Nuisance]:
    """The nuisances of texts; those that no text has are left out."""
    texts = _texts(context, rows)
    letters = np.array([max(1, sum(map(str.isalpha, text))) for text in texts])
    lengths = np.array([max(1, len(text)) for text in texts])
    capitals = np.array([sum(map(str.isupper, text)) for text in texts]) / letters
    every = (
        ("case", "capitals", capitals, CAPITALS, str.lower, "writing everything in lower case"),
        ("markup", "markup", _share(MARKUP, texts, lengths), MARKED, lambda text: MARKUP.sub(" ", text),
         "taking the markup off"),
        ("punctuation", "punctuation", _share(SIGN, texts, lengths), SIGNS, lambda text: SIGN.sub(" ", text),
         "leaving signs out"),
        ("digits", "digits", _share(DIGITS, texts, lengths), NUMBERS, lambda text: DIGITS.sub("0", text),
         "writing 0 for every number"),
    )  # fmt: skip
    return [
        Nuisance(name, words, values[:, None], float(values.std()), "spread of its share of a text", a_lot,
                 _without(texts, change), remedy)
        for name, words, values, a_lot, change, remedy in every
        if values.any()
    ]  # fmt: skip


def _without(texts: list[str], change: Callable[[str], str]) -> Callable[[], np.ndarray]:
    return lambda: _features([change(text) for text in texts])


def _share(pattern: re.Pattern[str], texts: list[str], lengths: np.ndarray) -> np.ndarray:
    """(n,) share of each text's characters that a pattern takes up."""
    return np.array([sum(len(hit) for hit in pattern.findall(text)) for text in texts]) / lengths


def _texts(context: Context, rows: np.ndarray) -> list[str]:
    return [text[:READ] for text in raw_texts(context, rows)]


def _features(texts: list[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    options: dict[str, Any] = {"max_features": WORDS, "sublinear_tf": True, "dtype": np.float32, "lowercase": False}
    try:
        return np.asarray(TfidfVectorizer(token_pattern=TOKEN, **options).fit_transform(texts).toarray())
    except ValueError:  # no text has a word
        return np.zeros((len(texts), 1), "float32")
