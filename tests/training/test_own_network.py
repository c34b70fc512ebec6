"""A model of the user's own is trained by the one fit, with its own loss, step and optimiser."""

import numpy as np
import pytest

from tests.training.own_models import amounts, declared, journey_of, plain, stepping, wine
from wizard.core.errors import DataError, NotAvailableError


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return journey_of(wine(), declared, tmp_path_factory.mktemp("classes"))


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    return journey_of(amounts(), plain, tmp_path_factory.mktemp("numbers"))


def config_of(journey, **changes):
    n = len(journey.split.train)
    return journey.own.family.recipe(None, n, journey.task).but(epochs=4, look_every=4, fold=0, **changes)


def weights(journey, **changes):
    return journey.trainer.train_unstored(config_of(journey, **changes))


def differ(one, other):
    return any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.slow
def test_a_reused_model_gives_the_same_bits_and_every_setting_counts(classes):
    first = weights(classes)
    hp = classes.own.calm
    changes = [
        {"seed": 1}, {"learning_rate": 1e-3}, {"weight_decay": 1.0}, {"schedule": "cosine"},
        {"hp": {**hp, "dropout": 0.4}}, {"class_weights": True},
    ]  # fmt: skip
    for change in changes:
        assert differ(weights(classes, **change), first), change
    assert not differ(weights(classes), first)


def test_a_declared_rate_is_the_rate_and_what_is_changed_is_changed_by_as_much(classes):
    own, prepared = classes.own, classes.trainer.prepared(config_of(classes))
    assert own.owned == {"learning_rate"}
    for rate, hp, peak in ((0.01, {}, 0.01), (0.01, {"lr": 0.05}, 0.05), (0.001, {"lr": 0.05}, 0.005)):
        config = config_of(classes, hp=hp, learning_rate=rate)
        compiled = classes.trainer.compiled(config)
        compiled.begin(config, prepared, prepared.weight)
        assert float(compiled.model.optimizer.learning_rate) == pytest.approx(peak)


def test_sizes_are_those_that_the_users_code_builds(classes):
    own = classes.own
    counts = [own.built(rung).n_parameters for rung in own.ladder]
    assert counts == sorted(set(counts))
    assert [rung["units"] for rung in own.ladder] == sorted({4, 16, 24, 44, 64})
    assert all(rung["dropout"] == 0 for rung in own.ladder)
    below, above = own.neighbours({"units": 24, "dropout": 0.5})
    assert (below[0], above[0]) == ({"units": 16}, {"units": 44})


def test_the_loss_is_the_users(numbers):
    run = numbers.trainer.train(config_of(numbers))
    y = numbers.trainer.preparer.y[numbers.split.rows(0)[1]]
    away = np.abs(numbers.trainer.held_predictions(run) - y)
    assert run.history["val_loss"][-1] == pytest.approx(away.mean(), rel=1e-5)
    assert run.scores["val_mae"] == pytest.approx(away.mean(), rel=1e-5)
    assert run.config.weight_decay == 0.01


def test_a_training_step_of_ones_own_is_what_trains(tmp_path):
    journey = journey_of(wine(), stepping, tmp_path)
    run = journey.trainer.train(config_of(journey))
    assert run.history["my_loss"] == run.history["loss"]
    assert run.scores["val_accuracy"] > 0.8
    again = weights(journey)
    assert not differ(again, weights(journey))


def test_an_instance_starts_from_its_own_weights_and_gets_its_step_back(tmp_path):
    model = stepping()
    model(wine()[0][:1])
    first = [v.numpy() for v in model.variables]
    journey = journey_of(wine(), model, tmp_path)
    trained = weights(journey)
    assert differ(trained, first)
    assert not differ(weights(journey), trained)
    assert not journey.own.is_copyable
    compiled = journey.trainer.compiled(config_of(journey))
    assert compiled.model is model
    journey.trainer.release()
    x, y = wine()
    assert set(model.fit(x[:8], y[:8], verbose=0).history) == {"my_loss"}
    with pytest.raises(NotAvailableError, match="Pass build"):
        journey.own.new({}, 0)


@pytest.mark.parametrize("activation", [None, "sigmoid"])
def test_one_unit_answers_for_two_classes(tmp_path, activation):
    def build(hp):
        import keras

        model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(1, activation)])
        model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=activation is None))
        return model

    x, y = wine()
    journey = journey_of((x, (y == 0).astype("float32")), build, tmp_path)
    raw = np.array([[-2.0], [0.5], [3.0]]) if activation is None else np.array([[0.1], [0.6], [0.9]])
    p = 1 / (1 + np.exp(-raw)) if activation is None else raw
    assert journey.own.answers(raw) == pytest.approx(np.hstack([1 - p, p]))
    z = journey.own.logits(raw)
    assert np.exp(z) == pytest.approx(np.hstack([1 - p, p]))
    assert set(journey.own.y.tolist()) == {0, 1}


def test_codes_that_no_example_has_leave_no_gap(tmp_path):
    def build(hp):
        import keras

        model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(6, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    x, y = wine()
    journey = journey_of((x, np.array([0, 2, 5])[y]), build, tmp_path)
    assert journey.own.units == [0, 2, 5]
    assert set(journey.own.y.tolist()) == {0, 1, 2}
    p = journey.own.answers(np.array([[0.2, 0.1, 0.3, 0.0, 0.1, 0.3]]))
    assert p == pytest.approx(np.array([[0.25, 0.375, 0.375]]))


def test_new_tensors_must_be_as_the_known_ones(classes):
    own = classes.own
    assert own.preparation.read(np.zeros((4, 13))).x.dtype == "float32"
    with pytest.raises(DataError, match=r"shaped as those .* \(n, 13\) float32. Received: \(n, 12\)"):
        own.preparation.read(np.zeros((4, 12)))
    with pytest.raises(DataError, match="nested as those it was trained on"):
        own.preparation.read({"a": np.zeros((4, 13))})
    assert own.codes(np.eye(3)[[0, 2]], 2).tolist() == [0, 2]
    with pytest.raises(DataError, match="Every label must be one"):
        own.codes(np.array([0, 7]), 2)


def test_rows_keep_their_tensors(classes):
    x, y = wine()
    assert np.array_equal(classes.own.tensors.x, x)
    assert np.array_equal(classes.own.y, y)
    frame = classes.dataset.examples.frame.to_numpy("float32")
    assert np.allclose(frame, x)
    assert np.array_equal(classes.foreign.train.x, x[classes.split.train])
