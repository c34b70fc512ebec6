"""How the residual network goes with the size of pictures."""

import keras
import pytest

from tests.models.test_families import TASK
from tests.small import fresh
from wizard.core.config import TrainingConfig
from wizard.data.form import ImageForm
from wizard.models.build import build_network
from wizard.models.families import resnet


def sizes(side):
    """Height and channels of every convolution's output, in order, shortcuts left out."""
    hp = {"width": 16, "stages": 3, "blocks": 1}
    form = ImageForm(height=side, width=side + 2, channels=1)
    model = build_network(TrainingConfig(family="resnet", hp=hp), form, TASK).model
    layers = [one for one in model.layers if isinstance(one, keras.layers.Conv2D) and one.kernel_size != (1, 1)]
    return [(one.output.shape[1], one.output.shape[3]) for one in layers]


@pytest.mark.parametrize(
    ("side", "maps"),
    [
        (8, [(8, 16), (8, 16), (8, 16), (4, 32), (4, 32), (2, 64), (2, 64)]),
        (28, [(28, 8), (14, 16), (14, 16), (7, 32), (7, 32), (4, 64), (4, 64)]),
        (96, [(48, 8), (24, 16), (24, 16), (12, 32), (12, 32), (6, 64), (6, 64)]),
    ],
)
def test_only_small_pictures_keep_their_size_through_the_first_stage(side, maps):
    assert sizes(side) == maps


NARROW = """
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(2)
from tests.models.test_families import TASK
from wizard.core.config import TrainingConfig
from wizard.data.form import ImageForm
from wizard.models.build import build_network

form = ImageForm(height=24, width=24, channels=1)
config = TrainingConfig(family="resnet", hp={"width": 16, "stages": 2, "blocks": 1})
model = build_network(config, form, TASK).model

@tf.function
def gradients(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    return tape.gradient(loss, model.trainable_variables)

for rows in (7, 31, 1):
    for _ in range(20):
        gradients(tf.random.normal((rows, 24, 24, 1)))
print("sound")
"""


def test_few_channels_and_an_odd_number_of_rows_overrun_no_memory():
    assert fresh(NARROW).strip().endswith("sound")


def test_shortcuts_are_thinned_out_before_their_convolution():
    form = ImageForm(height=25, width=28, channels=1)
    model = build_network(TrainingConfig(family="resnet", hp={"width": 8, "stages": 3, "blocks": 1}), form, TASK).model
    shortcuts = [one for one in model.layers if isinstance(one, keras.layers.Conv2D) and one.kernel_size == (1, 1)]
    assert [(one.strides, one.output.shape[1:]) for one in shortcuts] == [
        ((1, 1), (13, 14, 8)), ((1, 1), (7, 7, 16)), ((1, 1), (4, 4, 32)),
    ]  # fmt: skip


@pytest.mark.parametrize(("side", "n_rows", "epochs"), [(8, 1_100, 13), (28, 17_000, 12), (28, 100, 40)])
def test_batches_of_pictures_stay_small(side, n_rows, epochs):
    form = ImageForm(height=side, width=side, channels=1)
    config = resnet.recipe(form, n_rows, TASK)
    assert (config.batch, config.epochs) == (32, epochs)


def test_larger_pictures_begin_with_a_deeper_network():
    fine, coarse = (resnet.ladder(ImageForm(height=s, width=s, channels=3)) for s in (16, 17))
    assert [rung["stages"] for rung in fine] == [2, 2, 3, 3]
    assert min(rung["stages"] for rung in coarse) == 3
    form = ImageForm(height=17, width=17, channels=3)
    counts = [
        build_network(TrainingConfig(family="resnet", hp=dict(rung)), form, TASK).model.count_params()
        for rung in coarse
    ]
    assert counts == sorted(counts)
    default = build_network(TrainingConfig(family="resnet", hp={}), form, TASK).model.count_params()
    assert default == counts[0]
