"""Texts in which their label is written."""

from __future__ import annotations

import re

import numpy as np

from wizard.stages.context import Context
from wizard.stages.leak import Leak
from wizard.stages.probing import probe_sample
from wizard.stages.views.text import raw_texts
from wizard.stages.words import count, share

LOOKED_AT = "no text names its label, and no word gives it away without exception"
SHORTEST = 3  # letters of a label that is looked for: shorter ones stand in every text
MOST = 0.9  # of the texts of a class that name it
ELSEWHERE = 0.01  # of the other texts that name it
LEAST = 20  # texts of a class: fewer may share a word by chance
WORD = r"(?u)[\w#@]+"


def hidden(context: Context) -> list[Leak]:
    """Labels written out, words that all texts of a class have and no others, and target numbers in the text."""
    texts = raw_texts(context, probe_sample(context).rows)
    if not context.task.is_classification:
        return _numbers(context, texts)
    return _written_out(context, texts) or _telling_words(context, texts)


def _has(context: Context) -> np.ndarray:
    """(n, k) whether each text has the class or label."""
    y, k = probe_sample(context).y, context.task.n_outputs
    return np.eye(k, dtype=bool)[y] if context.task.is_exclusive else y.astype(bool)


def _written_out(context: Context, texts: list[str]) -> list[Leak]:
    has, found = _has(context), []
    for name, own in zip(context.task.classes, has.T, strict=True):
        if len(name) < SHORTEST or not LEAST <= own.sum() <= len(own) - LEAST:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        names_it = np.array([pattern.search(text) is not None for text in texts])
        if names_it[own].mean() >= MOST and names_it[~own].mean() <= ELSEWHERE:
            found.append((name, float(names_it[own].mean()), bool((names_it == own).all())))
    if not found:
        return []
    name, most, _ = found[0]
    is_exact = all(exact for *_, exact in found) and len(found) >= len(context.task.classes) - 1
    more = f", and {count(len(found) - 1, 'other label')} likewise" if len(found) > 1 else ""
    sentence = (
        f"{share(most)} of the texts labelled {name!r} have this label written in them, and hardly any others{more}"
    )
    return [Leak(sentence, "failed" if is_exact else "warned", "S05", measured=most)]


def _telling_words(context: Context, texts: list[str]) -> list[Leak]:
    from sklearn.feature_extraction.text import CountVectorizer

    has, n = _has(context), len(texts)
    try:
        vectorizer = CountVectorizer(binary=True, token_pattern=WORD, min_df=LEAST)
        stands_in = vectorizer.fit_transform(texts)  # (n, words)
    except ValueError:  # no word stands in so many texts
        return []
    together = np.asarray(stands_in.T @ has.astype("float64"))  # (words, k)
    n_word, n_class = np.asarray(stands_in.sum(0)).ravel(), has.sum(0)
    union = n_word[:, None] + n_class[None, :] - together
    is_same = (together == union) & (n_class >= LEAST)[None, :] & (n_class <= n - LEAST)[None, :]
    words = vectorizer.get_feature_names_out()
    pairs = [(str(words[i]), context.task.classes[j], int(n_class[j])) for i, j in np.argwhere(is_same)]
    if not pairs:
        return []
    word, name, times = pairs[0]
    sentence = f"The word {context.private(repr(word))} stands in all {times:,} texts labelled {name!r} and in no other"
    return [Leak(sentence, "warned", "S05")]


def _numbers(context: Context, texts: list[str]) -> list[Leak]:
    """Target numbers that stand in the text."""
    y = probe_sample(context).y.reshape(len(texts), -1)[:, 0]
    if len(np.unique(y)) < LEAST:
        return []
    found = [any(abs(float(n.replace(",", "")) - value) <= 1e-9 * max(1.0, abs(value)) for n in _numbers_in(text))
             for text, value in zip(texts, y, strict=True)]  # fmt: skip
    names_it = float(np.mean(found))
    if names_it < MOST:
        return []
    sentence = f"{share(names_it)} of the texts have the number that is to be predicted written in them"
    return [Leak(sentence, "failed" if names_it == 1 else "warned", "S05", measured=names_it)]


def _numbers_in(text: str) -> list[str]:
    return re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)
