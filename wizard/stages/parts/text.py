"""Texts as words in their places."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.parts import Parts
from wizard.stages.views.text import fitted, raw_texts

WORDS = 300  # the most frequent, of the bag
PAIRS = 500  # neighbouring words
PLACES = 12  # a text is cut into


def parts(context: Context, rows: np.ndarray) -> Parts:
    """Counts of frequent words in each twelfth of a text, and pairs of neighbours."""
    texts = raw_texts(context, rows)
    one, two = fitted(texts, WORDS, (1, 1)), fitted(texts, PAIRS, (2, 2))
    split, number = one.build_analyzer(), one.vocabulary_
    small = np.zeros((len(texts), PLACES, len(number)), "float32")
    for i, text in enumerate(texts):
        words = split(text)
        for j, word in enumerate(words):
            if word in number:
                small[i, min(j * PLACES // len(words), PLACES - 1), number[word]] += 1
    root = np.sqrt(np.maximum(small.sum((1, 2), keepdims=True), 1))  # long texts hold more of everything
    places = (np.arange(PLACES) / (PLACES - 1))[:, None]
    pairs = np.asarray(two.transform(texts).toarray(), "float32")
    return Parts(np.sqrt(small) / root, places, np.zeros((len(texts), 0, len(number)), "float32"), pairs)
