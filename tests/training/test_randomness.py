"""Where random numbers come from."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.test_families import PAIRS, as_tensors, network, some_inputs
from tests.small import trainer_for
from tests.training.test_mixing import DATA
from wizard.core.config import TrainingConfig
from wizard.training.fit import fit
from wizard.training.pipeline import Pipeline, Tensors
from wizard.training.randomness import keras_seed

ALL_ON = TrainingConfig(
    family="mlp", hp={"width": 8, "depth": 1}, epochs=1, batch=16, dropout=0.2, augment=0.5, creative=0.5, mixup=0.4,
    cutmix=1.0,
)  # fmt: skip


def draws_of(function):
    """Operations of a traced graph that draw from TensorFlow's own state, which tf.random.set_seed starts anew."""
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for inner in graph.library.function for node in inner.node_def)]
    return [node.op for node in nodes if {"seed", "seed2"} <= set(node.attr)]


def test_such_draws_are_seen():
    drawing = tf.function(lambda: tf.cond(tf.constant(True), lambda: tf.random.normal(()), lambda: 0.0))
    assert draws_of(drawing.get_concrete_function()) == ["RandomStandardNormal"]
    assert draws_of(tf.function(keras.layers.Dropout(0.5)).get_concrete_function(tf.ones(3), training=True)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_a_network_of_ours_draws_from_states_of_its_own(name, form):
    answers, inputs = network(name, form).answers, as_tensors(some_inputs(form, 4))
    assert draws_of(tf.function(lambda: answers(inputs, training=True)).get_concrete_function()) == []


@pytest.mark.parametrize("name", DATA)
def test_so_does_a_training_step_whatever_is_on(name, tmp_path):
    trainer = trainer_for(DATA[name](), tmp_path)
    compiled = trainer.compiled(ALL_ON)
    fit(compiled, ALL_ON, trainer.prepared(ALL_ON))
    assert draws_of(compiled.steps._run.get_concrete_function()) == []


def test_so_a_run_of_ours_leaves_tensorflow_s_state_and_kernels_alone(tmp_path, monkeypatch):
    trainer = trainer_for(DATA["amounts"](), tmp_path)
    trainer.compiled(ALL_ON)  # which seeds TensorFlow once, where deterministic ops are not on yet
    seeded = []
    monkeypatch.setattr(tf.random, "set_seed", seeded.append)
    for seed in range(2):
        fit(trainer.compiled(ALL_ON), ALL_ON.but(seed=seed), trainer.prepared(ALL_ON))
    assert seeded == []
    fit(trainer.compiled(ALL_ON), ALL_ON, trainer.prepared(ALL_ON), [keras.callbacks.Callback()])
    assert len(seeded) == 1, "a callback of the user's may draw from it"


class TensorFlowNoise(keras.layers.Layer):
    """Noise as somebody writes it who does not know of Keras's own generators."""

    def call(self, x, training=False):
        return x + tf.random.normal(tf.shape(x)) if training else x


@pytest.mark.parametrize("noise", [keras.layers.GaussianNoise(1.0), TensorFlowNoise()])
def test_a_model_of_the_user_s_trains_the_same_twice_whatever_draws_in_it(noise, monkeypatch):
    model = keras.Sequential([keras.Input((4,)), noise, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    random = np.random.default_rng(0)
    pipeline = Pipeline(model, Tensors(random.normal(size=(64, 4)).astype("float32"), random.normal(size=(64, 1))))
    seeded, plain = [], tf.random.set_seed
    monkeypatch.setattr(tf.random, "set_seed", lambda seed: (seeded.append(seed), plain(seed)))
    losses = []
    for uses in ("one", "another", "one"):
        pipeline.restore(pipeline.first)
        losses.append(pipeline.fit(pipeline.train, 5, uses=uses).losses)
    assert np.array_equal(losses[0], losses[2])
    assert not np.array_equal(losses[0], losses[1])
    assert len(seeded) == (3 if isinstance(noise, TensorFlowNoise) else 1), "what draws nothing there is left alone"


@pytest.mark.parametrize("is_calm", [False, True])
def test_keras_draws_the_same_under_the_same_seed(is_calm):
    drawn = []
    for seed in (1, 2, 1):
        with keras_seed(seed, is_calm):
            drawn.append(np.asarray(keras.random.normal((3,))))
    assert np.array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0], drawn[1])


def test_what_is_the_user_s_draws_the_same_from_tensorflow_too():
    traced = tf.function(lambda: tf.random.normal((3,)))
    drawn = []
    for _ in range(2):
        with keras_seed(1):
            drawn.append([np.asarray(tf.random.normal((3,))), np.asarray(traced())])
    assert np.array_equal(drawn[0][0], drawn[1][0])
    with keras_seed(1):
        again = np.asarray(traced())
    assert np.array_equal(drawn[1][1], again)
