"""What build(hp) declares is read by its names and values."""

import pytest
from keras_tuner import HyperParameters

from wizard.training.declared import declared_of, value_at


def space():
    hp = HyperParameters()
    hp.Int("units_1", 8, 64, step=8, default=24)
    hp.Choice("n_layers", [1, 2, 3], default=2)
    hp.Int("batch_size", 8, 64)
    hp.Int("kernel_size", 3, 7)
    hp.Float("dropout_rate", 0.0, 0.5, default=0.3)
    hp.Float("l2", 1e-6, 1e-2, sampling="log")
    hp.Float("lr_decay", 0.1, 0.9)
    hp.Boolean("augment", default=True)
    hp.Choice("activation", ["relu", "tanh"])
    hp.Fixed("classes", 3)
    return {one.name: one for one in declared_of(hp.space)}


def test_roles_are_read_from_names_and_kinds():
    roles = {name: one.role for name, one in space().items()}
    assert roles == {
        "units_1": "capacity", "n_layers": "capacity", "batch_size": "", "kernel_size": "", "dropout_rate": "dropout",
        "l2": "weight_decay", "lr_decay": "", "augment": "augment", "activation": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "calm"), [("dropout_rate", 0.0), ("l2", 1e-6), ("augment", False), ("activation", "relu")]
)
def test_calm_is_what_regularises_least(name, calm):
    assert space()[name].calm == calm


@pytest.mark.parametrize(("name", "values"), [("units_1", (8, 64)), ("n_layers", (1, 3)), ("l2", (1e-6, 1e-2))])
def test_places_run_from_end_to_end(name, values):
    dimension = space()[name].dimension
    assert (value_at(dimension, 0.0), value_at(dimension, 1.0)) == pytest.approx(values)
    assert isinstance(value_at(dimension, 0.5), type(values[0]))
