"""Texts along their axes."""

from __future__ import annotations

from collections import Counter

import numpy as np

from wizard.data.modalities.text import tokens_of
from wizard.stages.axis import Axis
from wizard.stages.context import Context

MOST = 4_000  # texts
READ = 20_000  # characters of a text whose signs are counted


def axes(context: Context, rows: np.ndarray) -> list[Axis]:
    """Length, words of its own, and what it is written with."""
    texts = [str(context.dataset.examples[int(row)]) for row in rows]
    tokens = list(tokens_of(context.examples(rows)))
    holders = Counter(token for one in tokens for token in set(one))
    own = [np.mean([holders[token] == 1 for token in one]) if one else np.nan for one in tokens]
    kinds = np.array([_shares(text[:READ]) for text in texts]).reshape(len(texts), 4)
    return [
        Axis("number of words", np.array([len(one) for one in tokens], "float64")),
        Axis("number of characters", np.array([len(text) for text in texts], "float64")),
        Axis("share of words that no other text has", np.array(own, "float64")),
        Axis("longest word", np.array([max(map(len, text.split()), default=0) for text in texts], "float64")),
        Axis("share of capitals", kinds[:, 0]),
        Axis("share of digits", kinds[:, 1]),
        Axis("share of signs", kinds[:, 2]),
        Axis("share of characters beyond ASCII", kinds[:, 3]),
    ]


def _shares(text: str) -> tuple[float, float, float, float]:
    n = max(len(text), 1)
    return (
        sum(map(str.isupper, text)) / n,
        sum(map(str.isdigit, text)) / n,
        sum(not (sign.isalnum() or sign.isspace()) for sign in text) / n,
        sum(not sign.isascii() for sign in text) / n,
    )
