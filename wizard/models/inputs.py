"""From the network's inputs to one row of numbers an example."""

from __future__ import annotations

from typing import Any

from wizard.data.form import FeaturesForm, Form, SeriesForm, TokensForm

ONE_HOT = 9  # codes of a category up to which it is spread out one-hot; more are embedded
EMBEDDING = 8  # numbers that stand for a category with more codes
WORD_EMBEDDING = 32  # numbers that stand for a word: three times what fastText needs


def flat_features(inputs: dict[str, Any], form: Form) -> Any:
    """Pixels, steps, mean words, or numeric features beside one-hot or embedded categories, in one row: (b, e)."""
    from wizard.core.backend import keras
    from wizard.models.layers import MeanEmbedding

    if isinstance(form, TokensForm):
        return MeanEmbedding(form.vocabulary, WORD_EMBEDDING, name="mean_embedding")(inputs["tokens"])

    if isinstance(form, SeriesForm):
        return keras.layers.Flatten(name="steps")(inputs["series"])
    if not isinstance(form, FeaturesForm):
        return keras.layers.Flatten(name="pixels")(inputs["image"])
    parts = [inputs["numeric"]] if form.numeric else []
    parts += category_features(inputs, form)
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)


def category_features(inputs: dict[str, Any], form: FeaturesForm) -> list[Any]:
    """Each categorical column of a table as (b, codes) one-hot, or, with many codes, as an embedding (b, 8)."""
    from wizard.core.backend import keras

    parts = []
    for number, n_codes in enumerate(form.cardinalities):
        code = inputs["categories"][:, number]  # (b,)
        if n_codes <= ONE_HOT:
            parts.append(keras.ops.one_hot(code, n_codes))
        else:
            parts.append(keras.layers.Embedding(n_codes, EMBEDDING, name=f"embedding_{number}")(code))
    return parts
