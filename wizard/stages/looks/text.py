"""Texts, shown and measured."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Item, Table
from wizard.data.modalities.text import tokens_of
from wizard.data.scripts import script_of
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.labels import label_of
from wizard.stages.odd import Odd
from wizard.stages.words import count, share
from wizard.training.prepared import Prepared

SAME = "the same text"
DO_COINCIDE = True  # two people write "ok" or "untitled", and mean different things
ADVICE = "Clean the texts where they were made, or make sure that new ones look the same."
TRANSFORMATION = "hiding words"
VARIED: tuple[str, ...] = ()  # the nuisances among them, as explore calls them

SAMPLE = 20_000  # texts measured
SHOWN = 4_000  # characters that a gallery keeps of a text: three quarters of a printed page at least
MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|li|ul|ol|h[1-6]|td|tr|table|img|font)\b[^<>]*>", re.IGNORECASE
)
MARKUP_SHARE = 0.05  # of the texts: more, and the data were cut out of pages
BROKEN = re.compile(r"\ufffd|[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u009f™œ\u201c\u201d˜¦¢“”]|ï»¿")  # UTF-8 read as Western
BROKEN_SHARE = 0.005  # of the texts, and at least BROKEN_LEAST: fewer were sent like that
BROKEN_LEAST = 3
HOLLOW_SHARE = 0.01  # of the texts without a letter or digit: fewer are smileys
GIANT = 20  # times the length that 95% of the texts keep to: an unclosed quote that swallowed rows looks like this
GIANT_LEAST = 1_000  # words: shorter texts swallowed nothing
LONG = 80  # characters: shorter texts are said more than once
REPEATED, REPEATED_SHARE = 5, 0.01  # texts that are one and the same, word for word: a page that could not be loaded
FREQUENT = 20  # words drawn


@dataclass(frozen=True)
class _Measured:
    """What was counted in the training texts.

    Attributes:
        rows: (n,) of them.
        words: (n,) tokens of each.
        counts: How often each token occurs.
    """

    rows: np.ndarray
    words: np.ndarray
    counts: Counter[str]


def _measured(context: Context) -> _Measured:
    def measure() -> _Measured:
        rows = context.sample(context.train_rows, SAMPLE, "texts")
        counts: Counter[str] = Counter()
        lengths = []
        for tokens in tokens_of(context.examples(rows)):
            counts.update(tokens)
            lengths.append(len(tokens))
        return _Measured(rows, np.array(lengths), counts)

    measured: _Measured = context.once("measured texts", measure)
    return measured


def cards(context: Context) -> Callable[[int], Item]:
    """Makes an item of a text's row."""
    counts = _measured(context).counts

    def card(row: int) -> Item:
        text = context.dataset.examples[row]
        tokens = next(tokens_of(context.dataset.examples.take(np.array([row]))))
        own = Counter(tokens)
        n_only = sum(n for token, n in own.items() if counts[token] <= n)
        return Item(
            label=label_of(context, row),
            text=text if len(text) <= SHOWN else f"{text[:SHOWN]}… (cut after {SHOWN:,} characters)",
            caption=str(context.dataset.where[row]),
            attributes={
                "row": row,
                "words": len(tokens),
                "characters": len(text),
                "words of its own": round(n_only / max(len(tokens), 1), 3),
            },
        )

    return card


def coincidences(context: Context) -> int:
    """Texts that are equal by chance: not to be told."""
    return 0


def distributions(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    """Lengths, vocabulary, scripts, casing and markup."""
    measured = _measured(context)
    texts = [context.dataset.examples[int(row)] for row in measured.rows]
    counts = measured.counts
    n_once = sum(n == 1 for n in counts.values())
    scripts = Counter(script_of(text) for text in texts)
    has_markup = float(np.mean([bool(MARKUP.search(text)) for text in texts]))
    facts = (
        ("different words and signs", f"{len(counts):,}"),
        ("of them seen once", f"{n_once:,} ({share(n_once / max(len(counts), 1))})"),
        ("texts in capitals throughout", share(float(np.mean([text.isupper() for text in texts])))),
        ("texts without a capital", share(float(np.mean([text == text.lower() for text in texts])))),
        ("texts with HTML markup", share(has_markup)),
        *((f"texts mostly in {name}", share(n / len(texts))) for name, n in scripts.most_common(5)),
    )
    frequent = [(token, n) for token, n in counts.most_common(10 * FREQUENT) if any(map(str.isalnum, token))][:FREQUENT]
    blocks: list[Block] = [
        histogram("Length in words", measured.words, "words and signs of a text", "Training texts."),
        histogram("Length in characters", np.array([len(text) for text in texts]), "characters of a text"),
        Table(title="Vocabulary and writing", columns=(Column(name="what"), Column(name="value")), rows=facts),
    ]
    if frequent:
        blocks.append(
            Bars(
                title="Most frequent words",
                labels=tuple(token for token, _ in frequent),
                values=tuple(float(n) for _, n in frequent),
                value_label="times",
                private=True,
            )
        )
    odd = []
    if has_markup > MARKUP_SHARE:
        odd.append(f"{share(has_markup)} of the texts have HTML markup, which is taken off before training")
    low, middle, high = (int(q) for q in np.quantile(measured.words, [0.05, 0.5, 0.95]))
    words = f"Nine in ten texts have {low:,} to {high:,} words, half of them more than {middle:,}"
    return tuple(blocks), odd, f"{words}; {count(len(counts), 'different word')}."


def odd(context: Context) -> list[Odd]:
    """Training texts that were decoded wrongly, say nothing, or are far longer than the others."""
    measured, where = _measured(context), context.dataset.where
    found: list[tuple[int, str]] = []
    texts = [context.dataset.examples[int(row)] for row in measured.rows]
    broken = [i for i, text in enumerate(texts) if BROKEN.search(text)]
    if len(broken) >= max(BROKEN_LEAST, BROKEN_SHARE * len(texts)):
        found += [(i, f"wrongly decoded, as {context.private(repr(_around(texts[i])))}") for i in broken]
    hollow = [i for i, text in enumerate(texts) if not any(map(str.isalnum, text))]
    if len(hollow) > HOLLOW_SHARE * len(texts):
        found += [(i, "neither a letter nor a digit") for i in hollow]
    repeated = Counter(text for text in texts if len(text) >= LONG)
    most = max(REPEATED, REPEATED_SHARE * len(texts))
    found += [
        (i, f"the same text in {repeated[text]:,} places") for i, text in enumerate(texts) if repeated[text] >= most
    ]
    long = max(GIANT_LEAST, GIANT * float(np.quantile(measured.words, 0.95)))
    giants = np.flatnonzero(measured.words > long)
    found += [(int(i), f"{measured.words[i]:,} words, {GIANT} times what nearly all have") for i in giants]
    return [Odd(context.private(where[measured.rows[i]]), what) for i, what in found]


def _around(text: str) -> str:
    match = BROKEN.search(text)
    assert match is not None
    return text[max(0, match.start() - 10) : match.end() + 10]


def transformed(prepared: Prepared, tensors: dict[str, np.ndarray], strength: float, seed: int) -> dict[str, Any]:
    """Texts with some words hidden, as augmentation does while training."""
    from wizard.core.backend import tf
    from wizard.models.layers import hidden

    codes = tf.constant(tensors["tokens"])
    return {"tokens": np.asarray(hidden(codes, tf.constant(strength), tf.constant([seed, 0], "int32")))}


def shown(context: Context, prepared: Prepared, tensors: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    """The words of a text again, a hidden or unknown one as "▢"."""
    known, codes = prepared.preparation.tokens, tensors["tokens"][i]
    words = ["▢" if code == 1 or code - 2 >= len(known) else known[code - 2] for code in codes[codes > 0]]
    return {"text": " ".join(words)[:SHOWN]}
