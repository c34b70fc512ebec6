"""A head that tells places apart, of the families that pool over places otherwise."""

import keras
import numpy as np
import pytest

from tests.models.test_families import TASK
from wizard.core.config import TrainingConfig
from wizard.data.form import ImageForm, SeriesForm
from wizard.models.build import build_network

FORMS = {"resnet": ImageForm(height=32, width=28, channels=1), "convnet_1d": SeriesForm(length=50, channels=("x", "y"))}


def head_inputs(name, grid):
    keras.utils.set_random_seed(0)
    network = build_network(TrainingConfig(family=name, hp={"width": 8, "grid": grid}), FORMS[name], TASK)
    return network.head.kernel.shape[0]


@pytest.mark.parametrize(("name", "grid", "places"), [("resnet", 4, 4 * 4), ("resnet", 2, 2 * 2), ("convnet_1d", 8, 8)])
def test_the_head_sees_the_mean_of_each_place(name, grid, places):
    assert head_inputs(name, grid) == places * head_inputs(name, 1)


def test_of_the_same_thing_elsewhere_a_pooled_head_says_the_same_and_one_with_places_does_not():
    bump = np.zeros((2, 50, 2), "float32")
    bump[0, 10:14, 0] = bump[1, 30:34, 0] = 3
    said = {}
    for grid in (1, 8):
        keras.utils.set_random_seed(0)
        hp = {"width": 8, "grid": grid}
        model = build_network(TrainingConfig(family="convnet_1d", hp=hp), FORMS["convnet_1d"], TASK).model
        said[grid] = np.asarray(model({"series": bump}))
    assert np.allclose(said[1][0], said[1][1], atol=1e-4)
    assert not np.allclose(said[8][0], said[8][1], atol=1e-3)
