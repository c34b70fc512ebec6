"""Embeddings of words that know where the word stands.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE

WORDS_START = 0.1  # standard deviation of fresh embeddings of words
PLACES_START = 0.02  # and of places: at first it counts which words there are, not where


@keras.saving.register_keras_serializable(package=PACKAGE)
class WordsAndPlaces(keras.layers.Layer):
    """Embeddings of words plus those of their places in the text: codes (b, t) -> (b, t, e).

    Args:
        n_codes: Rows of the words' embedding.
        width: e.
    """

    built: bool

    def __init__(self, n_codes: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n_codes, self.width = int(n_codes), int(width)

    def build(self, shape: Any) -> None:
        """A row a word and a row a place."""
        words, places = (keras.initializers.RandomNormal(stddev=std) for std in (WORDS_START, PLACES_START))
        self.words = self.add_weight(shape=(self.n_codes, self.width), initializer=words, name="embedding")
        self.places = self.add_weight(shape=(shape[1], self.width), initializer=places, name="place_embedding")
        self.built = True

    def call(self, tokens: Any) -> Any:
        """(b, t) int32 -> (b, t, e)."""
        return tf.gather(self.words.value, tokens) + self.places

    def compute_output_spec(self, tokens: Any) -> keras.KerasTensor:
        """(b, t, e)."""
        if not self.built:
            self.build(tokens.shape)
        return keras.KerasTensor((*tokens.shape, self.width), "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "n_codes": self.n_codes, "width": self.width}
