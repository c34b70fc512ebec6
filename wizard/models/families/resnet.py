"""A small residual network: the plain choice for pictures.

Calibrated on scikit-learn's digits (8 × 8) and on 8,000 and 20,000 pictures of Fashion-MNIST (28 × 28). There the first
stage at full size, as He et al. have it for CIFAR, took most of the arithmetic and brought the least; and batches of 32
got as far as batches of 128 did in nearly twice the time, since on pictures arithmetic costs, not the number of steps.
"""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form, ImageForm
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple

SMALL_SIDE = 48  # pixels: smaller pictures keep their size through the first layer, as on CIFAR
FINE_SIDE = 16  # pixels: larger pictures are halved by the first stage as well
FLAT_SIDE = 4  # of small pictures a last map up to this size is read place by place; all else is pooled over places
ENOUGH_STEPS = 450  # 1,145 digits: accuracy .9929 after 470 steps, .9938 after 650, .9941 after 940 (± .001)
FEWEST_EPOCHS, MOST_EPOCHS = 12, 40
MOST_ROWS_A_STEP = 32
MOMENTUM = 0.9  # batch statistics of the last dozens of steps: runs here are short


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Stem, then stages of residual blocks, each stage half the size and twice the channels: (b, e).

    The first stage keeps the size of small pictures; larger ones it halves, after a stem of half its channels.
    """
    from wizard.core.backend import keras
    from wizard.models.layers import Dropout

    assert isinstance(form, ImageForm)
    side = min(form.height, form.width)
    first = ladder(form)[0]
    width = int(hp.Int("width", 8, 64, step=8, default=first["width"]))
    blocks = int(hp.Int("blocks", 1, 3, default=first["blocks"]))
    is_small, is_fine = side <= SMALL_SIDE, _is_fine(form)
    x = _convolution(
        inputs["image"], width if is_fine else width // 2, 3 if is_small else 5, stride=1 if is_small else 2
    )
    side = side if is_small else side // 2
    for stage in range(int(hp.Int("stages", 1, 4, default=first["stages"]))):
        stride = 2 if (stage or not is_fine) and side > 2 else 1
        side //= stride
        for block in range(blocks):
            x = _residual(x, width * 2**stage, stride if block == 0 else 1)
    grid = int(hp.Int("grid", 1, 4, default=1))  # places a side that the head tells apart; 1 pools over all
    is_flat = is_fine and side <= FLAT_SIDE
    if is_flat or grid > 1:
        x = keras.layers.Flatten()(x if is_flat else _by_places(x, grid))
    else:
        x = keras.layers.GlobalAveragePooling2D()(x)
    return Dropout()(x)


def _is_fine(form: ImageForm) -> bool:
    """Whether the first stage keeps the size: it is small as it is."""
    return min(form.height, form.width) <= FINE_SIDE


def _by_places(x: Any, grid: int) -> Any:
    """The mean of each of about grid x grid places."""
    from wizard.core.backend import keras

    size = tuple(-(-side // grid) for side in x.shape[1:3])
    return keras.layers.AveragePooling2D(size, padding="same")(x)


def _convolution(x: Any, filters: int, size: int, stride: int = 1, activation: str | None = "relu") -> Any:
    from wizard.core.backend import keras
    from wizard.models.layers import BatchNormalization

    x = keras.layers.Conv2D(
        filters, size, strides=stride, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    x = BatchNormalization(momentum=MOMENTUM)(x)
    return keras.layers.Activation(activation)(x) if activation else x


def _residual(x: Any, filters: int, stride: int) -> Any:
    from wizard.core.backend import keras

    shortcut = x
    if stride > 1:  # by pooling: oneDNN overruns its memory in a strided 1 x 1 convolution of few channels and odd rows
        shortcut = keras.layers.AveragePooling2D(1, stride)(shortcut)
    if shortcut.shape[-1] != filters:
        shortcut = _convolution(shortcut, filters, 1, activation=None)
    x = _convolution(x, filters, 3, stride)
    x = _convolution(x, filters, 3, activation=None)
    return keras.layers.Activation("relu")(keras.layers.Add()([x, shortcut]))


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 2e-3 falling along a cosine, on pictures that are moved a little; small sets get more epochs."""
    batch = min(batch_for(n_rows), MOST_ROWS_A_STEP)
    look = look_every(n_rows, batch)
    epochs = min(max(ENOUGH_STEPS * batch / n_rows, FEWEST_EPOCHS), MOST_EPOCHS)
    return TrainingConfig(
        family="resnet", learning_rate=2e-3, schedule="cosine", batch=batch, epochs=multiple(epochs, look),
        look_every=look, augment=0.5,
    )  # fmt: skip


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """Wider and deeper in turn; larger pictures begin deeper, so that the last filters see as much of them."""
    assert isinstance(form, ImageForm)
    fine, coarse = ((16, 2, 1), (32, 2, 1), (32, 3, 1), (64, 3, 2)), ((32, 3, 1), (64, 3, 1), (64, 3, 2), (64, 4, 2))
    return tuple(
        {"width": width, "stages": stages, "blocks": blocks}
        for width, stages, blocks in (fine if _is_fine(form) else coarse)
    )


FAMILY = Family(
    name="resnet",
    title="Residual network",
    paper="He, Zhang, Ren & Sun, Deep residual learning for image recognition, CVPR 2016",
    forms=("image",),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
