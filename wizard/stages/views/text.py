"""Texts for classical probes: TF-IDF of words and pairs of words, or of characters in scripts without spaces."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.data.texts import UNSPACED
from wizard.stages.context import Context
from wizard.stages.probing import probe_sample
from wizard.stages.views import MOST

WORD = r"(?u)\w+|[^\w\s]"  # words and signs
READ = 5_000  # characters of a text: what it is about is said by then
RARE = 2  # texts that a word must stand in


def features(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) TF-IDF weights of the sample's most frequent words, signs and pairs of them."""
    vectorizer = context.once("words of the texts", lambda: fitted(raw_texts(context, probe_sample(context).rows)))
    return np.asarray(vectorizer.transform(raw_texts(context, rows)).toarray(), "float32")


def names(context: Context) -> list[str]:
    """(d,) word or pair of words behind each feature."""
    features(context, context.train_rows[:1])
    return [str(name) for name in context.shared["words of the texts"].get_feature_names_out()]


def raw_texts(context: Context, rows: np.ndarray) -> list[str]:
    """The texts of rows, cut where they are very long."""
    return [str(context.dataset.examples[int(row)])[:READ] for row in rows]


def fitted(texts: list[str], most: int = MOST, words: tuple[int, int] = (1, 2)) -> Any:
    """A TF-IDF vectorizer fitted to texts: of words and pairs, or of characters in scripts without spaces."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    is_unspaced = sum(len(UNSPACED.findall(text)) for text in texts) > 0.5 * sum(map(len, texts))
    options: dict[str, Any] = {"max_features": most, "sublinear_tf": True, "dtype": np.float32}
    options |= {"analyzer": "char"} if is_unspaced else {"token_pattern": WORD}
    for rarest in (RARE, 1):
        try:
            return TfidfVectorizer(ngram_range=words, min_df=rarest, **options).fit(texts)
        except ValueError:  # every word stands in one text only
            continue
    return TfidfVectorizer(ngram_range=(1, 1), **options).fit(["empty"])
