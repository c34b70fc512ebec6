"""How the residual network goes with the size of pictures."""

import keras
import pytest

from tests.models.test_families import TASK
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
