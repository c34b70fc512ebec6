"""From a configuration to a compiled network: inputs, family, head, loss, optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, ImageForm, SeriesForm, TokensForm
from wizard.data.task import Task
from wizard.models.family import family

HEAD_SCALE = 0.01  # variance scale of the head's weights: logits start within about 0.1 of the bias
HEAD = "head"
STANDARDIZED = {"image": "image", "series": "series"}  # kind of form: its tensor that is standardised at the door


@dataclass(frozen=True)
class Network:
    """An uncompiled network and the layers whose numbers a run sets.

    Attributes:
        model: Inputs by name -> (b, k) logits, or (b, 1) standardised target; with m members (b, m, k).
        answers: The same network; members' answers are averaged to (b, k).
        n_members: m; 1 without members.
        hp: All structural hyperparameters, defaults filled in.
        standardize: The layer at the door, for pictures and series; None where the family scales them itself.
        augment: The augmentation layer, where the form has one.
        dropouts: All dropout layers.
        head: The last layer.
    """

    model: Any
    answers: Any
    n_members: int
    hp: dict[str, HpValue]
    standardize: Any
    augment: Any
    dropouts: tuple[Any, ...]
    head: Any


def build_network(config: TrainingConfig, form: Form, task: Task) -> Network:
    """Builds the network of a configuration, weights freshly drawn from the current Keras seed."""
    from keras_tuner import HyperParameters

    from wizard.core.backend import keras
    from wizard.models.layers import AUGMENT, Dropout, MeanOfMembers, MemberHeads, Standardize
    from wizard.models.series_layers import AugmentSeries

    hp = HyperParameters()
    hp.values = dict(config.hp)
    inputs = symbolic_inputs(form)
    entering = dict(inputs)
    standardize = augment = None
    chosen = family(config.family)
    door = STANDARDIZED.get(form.kind)
    if door is not None and not chosen.has_own_scale:
        standardize = Standardize(name="standardize")
        entering[door] = standardize(inputs[door])
    if form.kind in AUGMENT:
        augment = AUGMENT[form.kind](name="augment")
    elif isinstance(form, SeriesForm):
        augment = AugmentSeries(form.n_measured, name="augment")
    if augment is not None:
        entering[form.kind] = augment(entering[form.kind])
    features = chosen.build(hp, entering, form)
    n_members = features.shape[1] if len(features.shape) == 3 else 1
    if n_members > 1:
        head = MemberHeads(task.n_outputs, HEAD_SCALE, name=HEAD)
    else:
        start = keras.initializers.VarianceScaling(HEAD_SCALE)
        head = keras.layers.Dense(task.n_outputs, kernel_initializer=start, name=HEAD)
    model = keras.Model(inputs, head(features), name=config.family)
    answers = model
    if n_members > 1:
        kind = "labels" if task.is_multilabel else "classes" if task.is_classification else "numbers"
        answers = keras.Model(inputs, MeanOfMembers(kind, name="mean_of_members")(model.output), name=config.family)
    dropouts = tuple(layer for layer in model.layers if isinstance(layer, Dropout))
    return Network(model, answers, n_members, dict(hp.values), standardize, augment, dropouts, head)


def symbolic_inputs(form: Form) -> dict[str, Any]:
    """The network's inputs for a form."""
    from wizard.core.backend import keras

    if isinstance(form, ImageForm):
        return {"image": keras.Input((form.height, form.width, form.channels), name="image")}
    if isinstance(form, TokensForm):
        return {"tokens": keras.Input((form.length,), dtype="int32", name="tokens")}
    if isinstance(form, SeriesForm):
        return {"series": keras.Input((form.length, len(form.channels)), name="series")}
    inputs = {}
    if form.numeric:
        inputs["numeric"] = keras.Input((len(form.numeric),), name="numeric")
    if form.categories:
        inputs["categories"] = keras.Input((len(form.categories),), dtype="int32", name="categories")
    return inputs
