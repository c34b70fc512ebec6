"""A convolutional network over words: for texts where phrases count."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, TokensForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

WIDTHS = (3, 4, 5)  # words that a filter sees
ENOUGH_STEPS = 500
FEWEST_EPOCHS, MOST_EPOCHS = 6, 20


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Filters over three, four and five words, each filter's largest answer in the text: (b, 3 × filters)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout

    assert isinstance(form, TokensForm)
    width = int(hp.Int("width", 8, 256, sampling="log", default=64))
    filters = int(hp.Int("filters", 8, 256, sampling="log", default=64))
    tokens = inputs["tokens"]  # (b, t)
    is_word = keras.ops.cast(tokens > 0, "float32")[:, :, None]
    start = keras.initializers.RandomUniform(-0.25, 0.25)  # as in the paper
    x = keras.layers.Embedding(form.vocabulary, width, embeddings_initializer=start, name="embedding")(tokens)
    x = x * is_word  # (b, t, width), zeros behind the last word
    parts = []
    for n_words in WIDTHS:
        seen = keras.layers.Conv1D(
            filters, n_words, padding="same", activation="relu", kernel_initializer="he_normal"
        )(x)  # fmt: skip
        parts.append(keras.layers.GlobalMaxPooling1D()(seen))  # (b, filters)
    return Dropout()(keras.layers.Concatenate()(parts))


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 1e-3 falling along a cosine, and the paper's dropout of a half."""
    batch = batch_for(n_rows)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="text_cnn", learning_rate=1e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, dropout=0.5,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider embeddings and more filters."""
    return tuple({"width": width, "filters": filters} for width, filters in ((16, 16), (32, 32), (64, 64), (128, 128)))


FAMILY = Family(
    name="text_cnn",
    title="Convolutional network over words",
    paper="Kim, Convolutional neural networks for sentence classification, EMNLP 2014",
    forms=("tokens",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
