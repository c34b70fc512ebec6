"""Texts cut after their first words, seen through TF-IDF of what is left."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.data.modalities.text import LONG_ENOUGH, LONGEST, RARE
from wizard.data.texts import UNSPACED
from wizard.stages.context import Context
from wizard.stages.probing import Sample, out_of_fold, probe_sample
from wizard.stages.rung import Rung
from wizard.stages.words import count

WHAT = "length"
READ = 20_000  # characters of a text, some 3,000 words: the default preprocessing looks at no more either
WORDS = 512  # features: the linear probe on as many takes a twentieth of a second a fold
MARKUP = re.compile(r"(?is)</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|&[a-z]+;")
TOKEN = re.compile(rf"{UNSPACED.pattern}|[^\W_]+(?:'[^\W_]+)*|-+|=+|\*+|\.+|!+|\?+|~+|#+|[^\s\w]|_")
EMBEDDING = 8  # numbers a word in the smallest net


@dataclass(frozen=True)
class Truncation:
    """What the default preprocessing cuts off.

    Attributes:
        kept: Tokens that it keeps of a text.
        text_share: Share of the texts that are longer.
        token_share: Share of all tokens that are cut off.
        whole: Predictions from whole texts.
        cut: Predictions from what is left.
    """

    kept: int
    text_share: float
    token_share: float
    whole: np.ndarray
    cut: np.ndarray


def rungs(context: Context, sample: Sample) -> list[Rung]:
    """Whole texts (98% of them), and the first 1/2, 1/4 and 1/8 of so many tokens."""
    texts = tokens(context, sample.rows)
    full = max(1, int(np.ceil(np.quantile([len(text) for text in texts], LONG_ENOUGH))))
    found: list[Rung] = []
    for share in (1.0, 0.5, 0.25, 0.125):
        length = max(1, round(full * share))
        if found and length == found[-1].setting["length"]:
            break
        predictions = out_of_fold(context, _features(texts, length), sample=sample)
        found.append(Rung(count(length, "token"), share, predictions, {"length": length}))
    return found


def truncation(context: Context, sample: Sample) -> Truncation | None:
    """What networks do not get to read of texts by default."""
    texts = tokens(context, sample.rows)
    lengths = np.array([len(text) for text in texts])
    if not (lengths > LONGEST).any():
        return None
    whole = out_of_fold(context, _features(texts, int(lengths.max())), sample=sample)
    cut = out_of_fold(context, _features(texts, LONGEST), sample=sample)
    share = float(np.maximum(lengths - LONGEST, 0).sum() / lengths.sum())
    return Truncation(LONGEST, float((lengths > LONGEST).mean()), share, whole, cut)


def tokens(context: Context, rows: np.ndarray) -> list[list[str]]:
    """Words, signs and characters of scripts without spaces, in lower case, markup left out."""
    texts = (str(context.dataset.examples[int(row)])[:READ] for row in rows)
    return [TOKEN.findall(MARKUP.sub(" ", text).lower()) for text in texts]


def _features(texts: list[list[str]], length: int) -> np.ndarray:
    """(n, d) TF-IDF weights of the most frequent of the texts' first tokens."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    cut = [text[:length] for text in texts]
    options: dict[str, Any] = {"max_features": WORDS, "sublinear_tf": True, "dtype": np.float32}
    try:
        return np.asarray(TfidfVectorizer(analyzer=list, **options).fit_transform(cut).toarray())
    except ValueError:  # no text has a token
        return np.zeros((len(texts), 1), "float32")


def smallest_net(context: Context) -> tuple[int, str]:
    """The mean of the words' embeddings."""
    counts: Counter[str] = Counter()
    for text in tokens(context, probe_sample(context).rows):
        counts.update(text)
    n_known = sum(n >= RARE for n in counts.values())
    n = (n_known + 2) * EMBEDDING + (EMBEDDING + 1) * context.task.n_outputs
    return n, f"{EMBEDDING} numbers for each of {n_known:,} known words, averaged over the text"
