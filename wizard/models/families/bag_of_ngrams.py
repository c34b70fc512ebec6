"""A bag of words and pairs of words: seconds on a CPU, and hard to beat on short texts."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, TokensForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

ENOUGH_STEPS = 900  # a few hundred texts need so many before rare words have been seen often enough
FEWEST_EPOCHS, MOST_EPOCHS = 12, 40
# Numbers are learnt by heart sooner than classes: of 0.1, 0.5, 0.7 and 0.8 the last told the years of 3,400 works
# of art best on validation rows.
DROPOUT, DROPOUT_TO_NUMBERS = 0.1, 0.8
BUCKETS = (4_096, 8_192, 16_384, 32_768)  # of pairs; fastText takes millions, but Adam updates each at every step


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """The mean of the embeddings of words and of hashed pairs of neighbours: (b, width)."""
    from wizard.models.layers import Dropout, MeanEmbedding

    assert isinstance(form, TokensForm)
    width = hp.Int("width", 8, 256, sampling="log", default=32)
    bigrams = hp.Choice("bigrams", BUCKETS, default=16_384)
    x = MeanEmbedding(form.vocabulary, int(width), int(bigrams), name="mean_embedding")(inputs["tokens"])
    return Dropout()(x)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 1e-2 falling along a cosine: embeddings of rare words move only when they are met."""
    batch = batch_for(n_rows)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="bag_of_ngrams", learning_rate=1e-2, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, dropout=DROPOUT if task.is_classification else DROPOUT_TO_NUMBERS,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider embeddings, and more room for pairs."""
    return tuple({"width": width, "bigrams": bigrams} for width, bigrams in zip((8, 16, 32, 64), BUCKETS, strict=True))


FAMILY = Family(
    name="bag_of_ngrams",
    title="Bag of words and pairs",
    paper="Joulin, Grave, Bojanowski & Mikolov, Bag of tricks for efficient text classification, EACL 2017",
    forms=("tokens",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
