"""Two virtual CPU devices stand for two GPUs, in processes of their own: devices are fixed when TensorFlow starts."""

import json

import keras
import pytest
import tensorflow as tf

from tests.small import fresh, some_rows
from wizard import Wizard
from wizard.core.errors import NotAvailableError, OptionError
from wizard.training.distribution import check_distribution

TWO_DEVICES = """
import json, sys, tempfile
from pathlib import Path

import tensorflow as tf

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

import numpy as np

from tests.small import dataset_of, some_digits, some_rows, trainer_for
from wizard.core.config import TrainingConfig

CONFIG = TrainingConfig(
    family="mlp", hp={"width": 16, "depth": 1}, epochs=4, look_every=2, batch=15, n_rows=52, learning_rate=3e-3,
    weight_decay=0.1, label_smoothing=0.1, schedule="cosine", clip=0.05, seed=5,
)


def far(one, other):
    return max(float(abs(a - b).max()) for a, b in zip(one, other, strict=True) if a.dtype.kind == "f")
"""
TRAIN_TWICE = """
rows, folder = dataset_of(some_rows(150), "bought"), Path(sys.argv[1])
alone = trainer_for(rows, folder)
both = trainer_for(rows, folder, distribution=strategy)
one, two = alone.train(CONFIG), both.train(CONFIG)
network = both.compiled(CONFIG)
copies = [strategy.experimental_local_results(variable.value) for variable in network.model.variables]
again = trainer_for(rows, folder, distribution=strategy)
print(json.dumps({
    "keys": [one.key, two.key],
    "devices": sorted({copy.device[-5:] for pair in copies for copy in pair}),
    "copies are equal": all(np.array_equal(a.numpy(), b.numpy()) for a, b in copies),
    "trained again": again.train(CONFIG) != two or again.n_trained,
    "predictions": far([alone.held_predictions(one)], [both.held_predictions(two)]),
    "weights": far(alone.weights(one), both.weights(two)),
    "losses": [one.history["loss"], two.history["loss"]],
    "scores": [one.scores, two.scores],
}))
"""


@pytest.mark.slow
def test_two_devices_train_the_network_that_one_does(tmp_path):
    found = json.loads(fresh(TWO_DEVICES + TRAIN_TWICE, tmp_path).splitlines()[-1])
    assert found["devices"] == ["CPU:0", "CPU:1"]
    assert found["copies are equal"]
    assert found["predictions"] < 1e-6
    assert found["weights"] < 1e-6
    one, two = found["scores"]
    assert two == pytest.approx(one, abs=1e-5)
    one, two = found["losses"]
    assert two == pytest.approx(one, rel=0.01)  # the mean of a look counts rows that fill up a last batch
    assert found["keys"][0] != found["keys"][1]  # sums are rounded in another order
    assert not found["trained again"]


HARDER = """
def pair(dataset, name):
    folder = Path(sys.argv[1]) / name
    return trainer_for(dataset, folder), trainer_for(dataset, folder, distribution=strategy)


of_pictures = pair(dataset_of(some_digits(120)), "pictures")
of_rows = pair(dataset_of(some_rows(120), "bought"), "rows")
plain = CONFIG.but(n_rows=None, clip=None, label_smoothing=0.0)
found = {}
for name, config in {
    "blended": plain.but(mixup=0.3, creative=0.5),
    "pictures": plain.but(family="resnet", hp={"width": 8, "stages": 1, "blocks": 1}, augment=0.5),
    "members": plain.but(family="tabm"),
    "taught": plain.but(teacher=((plain.but(seed=1), 1.0),), soft=0.5),
    "stopped": plain.but(epochs=12, look_every=1, patience=2, dropout=0.2, fade=True),
    "averaged": plain.but(average=0.5),
    "goes on": plain.but(after=plain),
}.items():
    alone, both = of_rows if name == "members" else of_pictures
    one, two = alone.train(config), both.train(config)
    found[name] = [one.scores["val_loss"], two.scores["val_loss"], two.failure]
print(json.dumps(found))
"""


@pytest.mark.long
def test_whatever_a_run_asks_for_is_trained_on_two_devices_too(tmp_path):
    found = json.loads(fresh(TWO_DEVICES + HARDER, tmp_path).splitlines()[-1])
    assert len(found) == 7
    for name, (one, two, failure) in found.items():
        assert failure == ""
        # where chance disturbs a batch, each replica's part is disturbed in its own way
        assert two == pytest.approx(one, rel=1e-3 if name in ("taught", "averaged", "goes on") else 0.2), name


JOURNEY = """
from dataclasses import replace

from wizard import Wizard
from wizard.core.budget import EFFORTS

EFFORTS["quick"] = replace(EFFORTS["quick"], epochs=0.3, rungs=2, steps=100)
wizard = Wizard(some_rows(240), "bought", budget="quick", out=sys.argv[1], name="two", gates="warn",
                distribution=strategy)
wizard.explore(examples=40).baseline().overfit().regularize(only="weight_decay").tune(trials=3).ensemble()
probabilities = wizard.predict_proba(some_rows(20, seed=9).drop(columns="bought"))
crashed = [finding.step for finding in wizard.findings if finding.status == "crashed"]
print(json.dumps({"crashed": crashed, "sums": probabilities.sum(1).tolist()}))
"""


@pytest.mark.long
def test_a_whole_journey_on_two_devices_ends_with_a_predictor(tmp_path):
    found = json.loads(fresh(TWO_DEVICES + JOURNEY, tmp_path).splitlines()[-1])
    assert found["crashed"] == []
    assert found["sums"] == pytest.approx([1.0] * 20)
    assert (tmp_path / "two" / "predictor" / "model.keras").is_file()


def open_with(distribution, tmp_path, **options):
    return Wizard(some_rows(60), "bought", out=tmp_path, distribution=distribution, **options)


def test_what_keras_would_ignore_is_refused_with_the_reason(tmp_path):
    for given in (keras.distribution.DataParallel(devices=["cpu:0"]), keras.distribution.DataParallel):
        with pytest.raises(OptionError, match=r"distributes nothing.*DataParallel.*MirroredStrategy\(\)"):
            open_with(given, tmp_path)


@pytest.mark.parametrize(
    ("given", "words"),
    [("mirrored", "Received: 'mirrored'"), (2, "Received: 2"), (tf.distribute.MirroredStrategy, "not its class"),
     (tf.distribute.get_strategy(), "MirroredStrategy, OneDeviceStrategy")],
)  # fmt: skip
def test_other_things_are_refused(given, words, tmp_path):
    with pytest.raises(OptionError, match=words):
        open_with(given, tmp_path)


def test_a_model_of_ones_own_stays_on_one_device(tmp_path):
    with pytest.raises(NotAvailableError, match="judged on one device"):
        open_with(tf.distribute.OneDeviceStrategy("CPU:0"), tmp_path, model=lambda hp: None)


def test_the_results_of_stages_are_told_apart_by_the_number_of_replicas(tmp_path):
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    check_distribution(strategy)
    one, other = (open_with(given, tmp_path)._journey for given in (None, strategy))
    decisions = open_with(None, tmp_path).decisions
    assert one.key("explore", {}, decisions) != other.key("explore", {}, decisions)
