"""Texts: words, signs and emoji to codes, by a vocabulary of the training rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.core.keys import content_key
from wizard.data.dataset import Dataset, Examples
from wizard.data.form import TokensForm

RARE = 2  # a token seen less often in training texts counts as unknown, so that "unknown" is learnt as well
MOST_TOKENS = 20_000  # kept by frequency: beyond it, tokens are so rare that their embeddings hardly learn
LONGEST = 256  # tokens: a CPU reads more only slowly, and what a text is about is mostly said by then
LONG_ENOUGH = 0.98  # of the training texts fit whole, where LONGEST allows
BATCH = 1024  # texts encoded at a time
SIZES, LENGTHS = 4, 2  # steps a doubling to which codes and lengths are rounded up: folds then mostly share one graph


class TextPreparation:
    """Raw texts -> tensor "tokens" (n, t) int32: 0 none, 1 unknown, then tokens by falling frequency."""

    def __init__(self, tokens: list[str], length: int, n_codes: int, cut_share: float = 0.0) -> None:
        """Holds what `fit` found.

        Args:
            tokens: Known ones, most frequent first; their codes start at 2.
            length: Tokens kept of a text.
            n_codes: Codes that networks make room for, at least len(tokens) + 2.
            cut_share: Share of the training texts that are longer.
        """
        self.tokens, self.cut_share = tokens, cut_share
        self.form = TokensForm(length=length, vocabulary=n_codes)
        self._layer: Any = None

    @classmethod
    def fit(cls, dataset: Dataset, rows: np.ndarray, settings: dict[str, HpValue]) -> TextPreparation:
        """Counts tokens in the training rows; `settings` may give "length" and "vocabulary" (codes)."""
        counts: Counter[str] = Counter()
        lengths = np.zeros(len(rows), "int64")
        for i, tokens in enumerate(tokens_of(dataset.examples.take(rows))):
            counts.update(tokens)
            lengths[i] = len(tokens)
        most = int(settings.get("vocabulary", MOST_TOKENS + 2)) - 2
        known = sorted((token for token, n in counts.items() if n >= RARE), key=lambda token: (-counts[token], token))
        known = known[: max(most, 0)] or ["the"]  # Keras wants one, and codes of a text without any stay unknown
        n_codes = int(settings.get("vocabulary", rounded_up(len(known) + 2, SIZES)))
        longest = min(rounded_up(int(np.ceil(np.quantile(lengths, LONG_ENOUGH))), LENGTHS), LONGEST)
        length = int(settings.get("length", longest))
        return cls(known, length, max(n_codes, len(known) + 2), float(np.mean(lengths > length)))

    @property
    def key(self) -> str:
        """Content key of what was fitted."""
        return content_key("text", self.form, self.tokens)

    def encode(self, examples: Examples) -> dict[str, np.ndarray]:
        """Raw texts to {"tokens": (n, t)}; an empty one is zeros."""
        encoded = np.zeros((len(examples), self.form.length), "int32")
        for start, texts in _batches(examples):
            encoded[start : start + BATCH] = self._vectorize(texts)
        return {"tokens": encoded}

    def raw_inputs(self) -> dict[str, Any]:
        """Symbolic raw inputs of a predictor: {"text": (b,) strings}."""
        from wizard.core.backend import keras

        return {"text": keras.Input((), dtype="string", name="text")}

    def apply(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Symbolic raw inputs to the network's symbolic inputs."""
        return {"tokens": self._vectorize(raw["text"])}

    def raw_batch(self, examples: Examples) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Raw examples as predictor inputs: one (positions, {"text": (n,)}) pair."""
        texts = np.empty(len(examples), object)  # NumPy's own text type pads all to the longest
        texts[:] = [examples[i] for i in range(len(examples))]
        return [(np.arange(len(examples)), {"text": texts})]

    def describe(self) -> dict[str, Any]:
        """What is done to the texts, for pages."""
        return {
            "tokens": f"{len(self.tokens):,} known words, signs and emoji, in lower case; markup taken off",
            "length": f"{self.form.length} tokens; {self.cut_share:.1%} of the training texts are cut",
        }

    def _vectorize(self, texts: Any) -> Any:
        if self._layer is None:
            from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
            from wizard.data.layers import TokenCodes

            self._layer = TokenCodes(self.tokens, self.form.length, name="token_codes")
        return self._layer(texts)


def tokens_of(examples: Examples) -> Iterator[list[str]]:
    """The tokens of each text, as the network's vocabulary counts them."""
    from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
    from wizard.data.layers import words_apart

    for _, texts in _batches(examples):
        for apart in words_apart(texts).numpy():
            yield apart.decode().split()


def rounded_up(n: int, steps: int) -> int:
    """The next size of so many even steps a doubling: with 4 steps 8, 10, 12, 14, 16, 20, 24 …; never 0."""
    step = max(1, 2 ** (int(n) - 1).bit_length() // (2 * steps)) if n > 1 else 1
    return max(1, -(-n // step) * step)


def _batches(examples: Examples) -> Iterator[tuple[int, Any]]:
    from wizard.core.backend import tf

    for start in range(0, len(examples), BATCH):
        yield start, tf.constant([examples[i] for i in range(start, min(start + BATCH, len(examples)))], tf.string)


def in_words(dataset: Dataset) -> str:
    """What the examples are."""
    examples: Any = dataset.examples
    return f"texts, {int(np.median(examples.lengths)):,} characters at the median"


def usage(preparation: TextPreparation) -> str:
    """What a predictor takes."""
    return '{"text": tf.constant(texts)}, n strings as they were written'


PREPARATION = TextPreparation
