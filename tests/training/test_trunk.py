"""Features that are kept for a run must be those that the whole network computes at every step."""

import numpy as np
import pytest

from tests.small import dataset_of, some_digits, some_series, trainer_for
from wizard.core.config import TrainingConfig
from wizard.training import trunk
from wizard.training.compiled import CompiledNetwork
from wizard.training.fit import fit
from wizard.training.resident import Resident

ROCKET = TrainingConfig(
    family="minirocket", hp={"features": 1000}, epochs=4, batch=16, dropout=0.2, weight_decay=0.1, schedule="cosine",
    label_smoothing=0.1, learning_rate=1e-3, seed=5, patience=2,
)  # fmt: skip
STATES = "seed_generator"  # layers before the cut draw nothing where their answers are kept


@pytest.fixture(scope="module")
def on_series(tmp_path_factory):
    series, labels = some_series(90)
    return trainer_for(dataset_of((series, labels), modality="series"), tmp_path_factory.mktemp("series"))


@pytest.fixture(scope="module")
def on_digits(tmp_path_factory):
    return trainer_for(dataset_of(some_digits(60)), tmp_path_factory.mktemp("digits"))


def trained(trainer, config):
    """(network, history) after a run on a network of its own."""
    compiled = CompiledNetwork(config, trainer.form(config), trainer.task)
    return compiled, fit(compiled, config, trainer.prepared(config)).history


def numbers(compiled):
    return [v.numpy() for v in compiled.model.variables if STATES not in v.path]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="plain"),
        pytest.param({"n_rows": 20, "look_every": 2}, id="fewer rows", marks=pytest.mark.slow),
        pytest.param({"control": "zeros"}, id="blank"),
        pytest.param({"average": 0.5, "patience": None}, id="averaged", marks=pytest.mark.slow),
    ],
)
def test_a_run_on_kept_features_equals_one_through_the_whole_network_bit_for_bit(on_series, monkeypatch, change):
    config = ROCKET.but(**change)
    kept, history = trained(on_series, config)
    behind = {id(v) for v in kept._trunk.rest.trainable_variables}
    assert {id(v) for v in kept.model.trainable_variables} == behind, "the part that is kept has nothing to train"
    assert kept._trunk.is_kept or config.average, "a mean of weights is put in place, and nothing is kept for those"
    with monkeypatch.context() as limited:
        limited.setattr(trunk, "KEPT_BYTES", 0)
        whole, plain = trained(on_series, config)
        assert not whole._trunk.is_kept
    assert history == plain
    assert all(np.array_equal(a, b) for a, b in zip(numbers(kept), numbers(whole), strict=True))
    rows = np.arange(len(on_series.dataset))
    assert np.array_equal(kept.predict(rows), whole.predict(rows))
    held = on_series.prepared(config).held
    assert np.array_equal(kept.predict(held), whole.predict(held))


def test_runs_on_one_network_do_not_see_each_other_s_features(on_series):
    config = ROCKET.but(fold=1, seed=6)
    alone, _ = trained(on_series, config)
    network, _ = trained(on_series, ROCKET)
    fit(network, config, on_series.prepared(config))
    assert all(np.array_equal(a, b) for a, b in zip(numbers(alone), numbers(network), strict=True))


def test_of_networks_that_share_their_data_one_keeps_features_at_a_time(on_series):
    small, large = (ROCKET.but(hp={"features": n}) for n in (1000, 3000))
    resident = Resident()
    one, other = (
        CompiledNetwork(config, on_series.form(config), on_series.task, resident=resident) for config in (small, large)
    )
    prepared = on_series.prepared(small)
    fit(one, small, prepared)
    answers = one.predict(prepared.held)
    fit(other, large, prepared)
    assert (one._trunk.is_kept, other._trunk.is_kept) == (False, True)
    assert one._trunk._kept.numpy().size == 0
    assert np.array_equal(one.predict(prepared.held), answers)


@pytest.mark.slow
def test_nothing_is_kept_where_inputs_change_from_step_to_step(on_series):
    augmented, _ = trained(on_series, ROCKET.but(augment=0.5))
    assert not augmented._trunk.is_kept
    mixed, _ = trained(on_series, ROCKET.but(creative=0.5))
    assert mixed._trunk is None
    weights = augmented.weights()
    plain, _ = trained(on_series, ROCKET)
    assert any(not np.array_equal(a, b) for a, b in zip(weights, plain.weights(), strict=True))


def test_weights_that_are_put_in_place_are_those_that_answer(on_series):
    network, _ = trained(on_series, ROCKET)
    other, _ = trained(on_series, ROCKET.but(seed=6))
    held = on_series.prepared(ROCKET).held
    wanted = other.predict(held)
    network.restore(other.weights())
    assert not network._trunk.is_kept
    assert np.array_equal(network.predict(held), wanted)


@pytest.mark.slow
def test_a_frozen_backbone_s_features_are_kept(on_digits, monkeypatch):
    config = TrainingConfig(
        family="pretrained", hp={"application": "MobileNetV3Small", "frozen": True, "weights": "none"}, epochs=2,
        batch=16, learning_rate=1e-3,
    )  # fmt: skip
    kept, history = trained(on_digits, config)
    assert kept._trunk.is_kept
    monkeypatch.setattr(trunk, "KEPT_BYTES", 0)
    whole, plain = trained(on_digits, config)
    assert history["loss"] == pytest.approx(plain["loss"], rel=1e-4)
    assert kept.model.get_layer("head").kernel.numpy() == pytest.approx(
        whole.model.get_layer("head").kernel.numpy(), abs=1e-3
    )
