"""A small transformer encoder over words: for texts where words far apart belong together."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, TokensForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

A_HEAD = 16  # numbers that a head of attention compares words by
HIDDEN = 2  # times the width, between the two layers that look at each word alone; the paper's 4 overfits small sets
ENOUGH_STEPS = 1_200
MOST_ROWS_A_STEP = 64  # larger batches leave too few steps for embeddings to move
FEWEST_EPOCHS, MOST_EPOCHS = 6, 30


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Words and their places, then layers of attention among them, then the mean over the words: (b, width).

    Each layer normalises what enters it (Xiong et al. 2020): such networks train without a long warm-up.
    """
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout
    from wizard.models.text_layers import WordsAndPlaces

    assert isinstance(form, TokensForm)
    width = int(hp.Int("width", A_HEAD, 256, step=A_HEAD, default=64))
    layers = int(hp.Int("layers", 1, 4, default=2))
    tokens = inputs["tokens"]  # (b, t)
    is_word = tokens > 0
    x = Dropout()(WordsAndPlaces(form.vocabulary, width, name="words_and_places")(tokens))  # (b, t, width)
    for _ in range(layers):
        y = keras.layers.LayerNormalization()(x)
        y = keras.layers.MultiHeadAttention(width // A_HEAD, A_HEAD)(y, y, attention_mask=is_word[:, None, :])
        x = keras.layers.Add()([x, Dropout()(y)])
        y = keras.layers.LayerNormalization()(x)
        y = keras.layers.Dense(HIDDEN * width, activation="gelu")(y)
        y = keras.layers.Dense(width)(y)
        x = keras.layers.Add()([x, Dropout()(y)])
    x = keras.layers.LayerNormalization()(x)
    counts = keras.ops.cast(is_word, "float32")[:, :, None]  # (b, t, 1)
    n_words = keras.ops.maximum(keras.ops.sum(counts, axis=1), 1.0)  # a text of none gives zeros
    return Dropout()(keras.ops.sum(x * counts, axis=1) / n_words)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 3e-3 falling along a cosine, and dropout of a fifth."""
    batch = min(batch_for(n_rows), MOST_ROWS_A_STEP)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="transformer", learning_rate=3e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, dropout=0.2,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider and deeper in turn."""
    return tuple({"width": width, "layers": layers} for width, layers in ((16, 1), (32, 1), (64, 2), (128, 4)))


FAMILY = Family(
    name="transformer",
    title="Transformer encoder",
    paper="Vaswani et al., Attention is all you need, NeurIPS 2017",
    forms=("tokens",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
