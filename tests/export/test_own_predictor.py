"""Models of the user's own on disk: as they are, and as one predictor of finished tensors."""

import keras
import numpy as np
import pytest

from tests.training.own_models import amounts, declared, journey_of, plain, stepping, wine
from wizard.core.calibration import Calibration
from wizard.core.errors import NotAvailableError
from wizard.export.own_predictor import OwnAnswering, Written, load_own, write_own
from wizard.export.predictor import Member, predict_raw
from wizard.training.calibration import calibrated

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def members_of(journey, n=1):
    """Networks that were hardly trained, of n seeds."""
    rows = len(journey.split.train)
    config = journey.own.family.recipe(None, rows, journey.task).but(epochs=2, look_every=2)
    runs = [journey.trainer.train(config.but(seed=seed)) for seed in range(n)]
    weights = [journey.trainer.weights(run) for run in runs]
    members = [
        Member(config, journey.trainer.prepared(config), one, 1 / n, journey.own) for one in weights
    ]  # fmt: skip
    expected = np.mean([journey.trainer.predict(run, np.arange(20)) for run in runs], axis=0)
    return members, expected


def answers(model, journey):
    tensors = journey.own.tensors.take(np.arange(20))
    return predict_raw(model, journey.own.preparation, tensors, journey.task)


def two_inputs():
    import tensorflow as tf

    x, y = wine()
    named = {"left": x[:, :6], "right": x[:, 6:]}
    stream = tf.data.Dataset.from_tensor_slices((named, np.eye(3, dtype="float32")[y])).batch(16)

    def build(hp):
        left, right = keras.Input((6,), name="left"), keras.Input((7,), name="right")
        both = keras.layers.Concatenate()([keras.layers.Dense(8, "relu")(left), right])
        model = keras.Model({"left": left, "right": right}, keras.layers.Dense(3)(both))
        model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
        return model

    return stream, build


@pytest.mark.parametrize("kind", ["classes", "amounts", "two inputs"])
def test_files_answer_as_the_networks_did(kind, tmp_path):
    data, build = {
        "classes": lambda: (wine(), declared), "amounts": lambda: (amounts(), plain), "two inputs": two_inputs,
    }[kind]()  # fmt: skip
    journey = journey_of(data, build, tmp_path / "run")
    members, expected = members_of(journey, 2 if kind == "classes" else 1)
    calibration = Calibration(half_widths=(2.0,)) if kind == "amounts" else Calibration(temperature=1.5)
    write_own(members, journey.task, calibration, tmp_path)
    said = Written.read(tmp_path)
    assert said.why == ""
    assert said.refused == ()
    assert len(said.networks) == len(members)
    assert said.classes == ()
    expected = calibrated(expected, calibration, journey.task)
    loaded = load_own(tmp_path, members)
    assert set(loaded) == {"model.keras", "saved_model"}
    for model in (*loaded.values(), OwnAnswering(members, journey.task, calibration)):
        assert answers(model, journey) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    one = keras.saving.load_model(tmp_path / "network_1.keras")
    x = journey.own.tensors.take(np.arange(20)).x
    assert one.predict(x, verbose=0).shape == (20, 1 if kind == "amounts" else 3)
    assert float(one.optimizer.learning_rate) == pytest.approx(journey.own.default.rate)


def test_a_class_that_keras_cannot_build_again_is_said_and_answers_in_memory(tmp_path):
    journey = journey_of(wine(), stepping, tmp_path / "run")
    members, expected = members_of(journey)
    write_own(members, journey.task, None, tmp_path)
    said = Written.read(tmp_path)
    assert said.why.startswith("Keras cannot build Mine again")
    assert load_own(tmp_path, members) == {}
    assert len(said.networks) + len(said.refused) == 1
    assert answers(OwnAnswering(members, journey.task, None), journey) == pytest.approx(expected, abs=1e-6)


def test_an_instance_that_cannot_be_copied_is_handed_over_by_itself(tmp_path):
    model = stepping()
    model(wine()[0][:1])
    journey = journey_of(wine(), model, tmp_path / "run")
    members, expected = members_of(journey)
    write_own(members, journey.task, None, tmp_path)
    said = Written.read(tmp_path)
    assert "cannot be copied" in said.why
    assert load_own(tmp_path, members) == {}
    answering = OwnAnswering(members, journey.task, None)
    assert answers(answering, journey) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(NotAvailableError, match="cannot be written as a part of one file"):
        answering.save(tmp_path / "mine.keras")
