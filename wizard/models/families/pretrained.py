"""A network that has seen a million pictures: its features are kept, or go on being trained, under a new head."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.errors import OptionError
from wizard.data.form import Form, ImageForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

NETWORKS = ("ResNet50", "EfficientNetV2B0", "MobileNetV3Small")
BY_SIZE = ("MobileNetV3Small", "EfficientNetV2B0", "ResNet50")  # 1, 6 and 24 million parameters
COLOURS = (1, 3)
FINER = 0.1  # of the head's rate, for what was learnt from a million pictures: more would undo it
FILES = {  # as Keras calls them where it keeps them, without their heads
    "ResNet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "EfficientNetV2B0": "efficientnetv2-b0_notop.h5",
    "MobileNetV3Small": "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
}
HOW_TO_GIVE_WEIGHTS = (
    "Fetch them once where there is a network, by keras.applications.ResNet50(include_top=False), or put the file "
    f"{FILES['ResNet50']} into ~/.keras/models."
)


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """The network without its head, frozen or not, from pictures of 0–255: (b, e)."""
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout
    from wizard.models.pretrained_layers import IMAGENET, Backbone

    assert isinstance(form, ImageForm)
    if form.channels not in COLOURS:
        raise OptionError(
            f"Pretrained networks take grey or colour pictures. Received: {form}; train the family 'resnet' on them."
        )
    application = str(hp.Choice("application", NETWORKS, default=NETWORKS[0]))
    is_frozen = bool(hp.Boolean("frozen", default=True))
    weights = str(hp.Fixed("weights", IMAGENET))  # or what the caller asks for
    x = Backbone(application, is_frozen, weights, name="backbone")(inputs["image"])
    x = keras.layers.LayerNormalization(center=False, scale=False)(x)  # in whatever unit its features are
    return Dropout()(x)


def prepare(model: Any, tensors: dict[str, np.ndarray], seed: int) -> None:
    """Loads the weights to start from."""
    model.get_layer("backbone").load()


def at_hand() -> tuple[str, ...]:
    """The applications whose ImageNet weights lie where Keras keeps them, the largest first."""
    folder = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"
    return tuple(name for name in NETWORKS if (folder / FILES[name]).is_file())


def fine_tuned(config: TrainingConfig) -> TrainingConfig:
    """The second stage: everything is trained, at a low rate, from where the run with a frozen backbone ended.

    Args:
        config: Of that run.
    """
    from wizard.models.pretrained_layers import SCRATCH

    hp = {**config.hp, "frozen": False, "weights": SCRATCH}  # those of the first stage are taken instead
    return config.but(hp=hp, after=config, learning_rate=FINER * config.learning_rate)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 1e-3 falling along a cosine: the head alone is trained until `fine_tuned`."""
    batch = min(batch_for(n_rows), 32)  # pictures of 96 pixels and more are large on a CPU
    look = look_every(n_rows, batch)
    return TrainingConfig(
        family="pretrained", learning_rate=1e-3, schedule="cosine", batch=batch, epochs=multiple(10, look),
        look_every=look,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Larger networks, of those whose weights are at hand."""
    there = at_hand() or BY_SIZE
    return tuple({"application": name, "frozen": True, "weights": "imagenet"} for name in BY_SIZE if name in there)


FAMILY = Family(
    name="pretrained",
    title="Pretrained network",
    paper="Kornblith, Shlens & Le, Do better ImageNet models transfer better?, CVPR 2019",
    forms=("image",),
    build=build,
    recipe=recipe,
    ladder=ladder,
    prepare=prepare,
    has_own_scale=True,
    untrained=lambda hp: "backbone" if hp["frozen"] else "",
)
