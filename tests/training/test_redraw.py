"""First weights that are drawn without building the network are those of a build, bit for bit."""

import keras
import numpy as np
import pytest

from tests.small import dataset_of, some_digits, some_rows, some_texts, trainer_for
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.models.build import build_network
from wizard.training.compiled import CompiledNetwork
from wizard.training.randomness import keras_seed
from wizard.training.redraw import Redraw

CONFIGS = {
    "mlp": TrainingConfig(family="mlp", hp={"width": 8, "depth": 1}),
    "tabm": TrainingConfig(family="tabm", hp={"width": 8, "depth": 1}),
    "realmlp": TrainingConfig(family="realmlp"),
    "resnet": TrainingConfig(family="resnet", hp={"width": 8, "stages": 1, "blocks": 1}),
    "transformer": TrainingConfig(family="transformer"),
}
DATA = {"resnet": lambda: dataset_of(some_digits(60)), "transformer": lambda: dataset_of(some_texts(60))}


@pytest.mark.parametrize("name", CONFIGS)
def test_drawn_weights_equal_built_ones_from_the_third_run_on(name, tmp_path):
    config = CONFIGS[name]
    trainer = trainer_for(DATA.get(name, lambda: dataset_of(some_rows(80), "bought"))(), tmp_path)
    compiled, prepared = CompiledNetwork(config, trainer.form(config), trainer.task), trainer.prepared(config)
    for seed in (0, 1, 2, 0):
        compiled._draw(config.but(seed=seed))
        with keras_seed(derive(seed, "weights")):
            built = build_network(config, prepared.form, trainer.task).model.variables
        for mine, fresh in zip(compiled.weights(), built, strict=True):
            assert np.array_equal(mine, fresh)
    assert compiled.redraw.is_trusted


def test_restored_weights_do_not_pass_for_first_ones(tmp_path):
    config = CONFIGS["mlp"]
    trainer = trainer_for(dataset_of(some_rows(80), "bought"), tmp_path)
    compiled = CompiledNetwork(config, trainer.form(config), trainer.task)
    first = compiled.weights()
    compiled.restore([value + 1 for value in first])
    compiled._draw(config)
    assert all(np.array_equal(mine, fresh) for mine, fresh in zip(compiled.weights(), first, strict=True))


class Hidden(keras.layers.Layer):
    """Draws its weight in a way that no seed of an initializer tells of."""

    def build(self, shape):
        def start(shape, dtype):
            return keras.random.normal(shape)

        self.kernel = self.add_weight(shape=(shape[-1],), initializer=start, name="kernel")

    def call(self, x):
        return x * self.kernel


def test_weights_that_come_from_elsewhere_are_never_drawn():
    def build():
        x = keras.Input((3,))
        return keras.Model(x, Hidden()(keras.layers.Dense(3)(x)))

    redraw = Redraw(build, lambda model: model, 1)
    assert redraw.values(2) is None, "another build has not agreed yet"
    with keras_seed(2):
        redraw.learn(build().variables, 2)
    assert redraw.values(2) is None
    assert not redraw.is_trusted
