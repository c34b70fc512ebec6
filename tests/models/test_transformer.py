import keras
import numpy as np

from wizard.core.config import TrainingConfig
from wizard.data.form import TokensForm
from wizard.data.task import Task
from wizard.models.build import build_network
from wizard.models.text_layers import WordsAndPlaces

TASK = Task(kind="multiclass", target="y", classes=("a", "b", "c"))


def model(length=12):
    keras.utils.set_random_seed(0)
    config = TrainingConfig(family="transformer", hp={"width": 32, "layers": 2})
    return build_network(config, TokensForm(length=length, vocabulary=50), TASK).model


def padded(words, length=12):
    return {"tokens": np.array([list(words) + [0] * (length - len(words))], "int32")}


def test_padding_does_not_change_what_comes_out():
    long, short = model(12), model(5)
    words = [7, 3, 9, 2, 30]
    for mine, other in zip(long.variables, short.variables, strict=True):
        mine.assign(np.concatenate([other, mine.value[other.shape[0] :]]) if mine.shape != other.shape else other)
    assert np.allclose(long(padded(words)), short(padded(words, 5)), atol=1e-6)


def test_an_empty_text_has_finite_answers_and_gradients():
    import tensorflow as tf

    network = model()
    with tf.GradientTape() as tape:
        answers = network({"tokens": np.zeros((2, 12), "int32")}, training=True)
        loss = tf.reduce_sum(answers**2) + tf.reduce_sum(network(padded([5, 6])) ** 2)
    assert np.isfinite(np.asarray(answers)).all()
    for gradient in tape.gradient(loss, [v.value for v in network.trainable_variables]):
        assert np.isfinite(np.asarray(tf.convert_to_tensor(gradient))).all()


def test_the_order_of_words_counts():
    network = model()
    network.get_layer("words_and_places").places.assign(np.random.default_rng(0).normal(size=(12, 32)))
    assert not np.allclose(network(padded([5, 6, 7])), network(padded([7, 6, 5])), atol=1e-5)


def test_words_and_their_places_are_added():
    layer = WordsAndPlaces(50, 4)
    tokens = np.array([[7, 3, 0]], "int32")
    result = np.asarray(layer(tokens))
    words, places = layer.get_weights()
    assert np.allclose(result[0], words[[7, 3, 0]] + places)


def test_it_is_saved_whole(tmp_path):
    network = model()
    network.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras", compile=False)
    assert np.array_equal(again(padded([5, 6, 7])), network(padded([5, 6, 7])))
