import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small import dataset_of, some_digits, trainer_for
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.data.form import ImageForm
from wizard.data.task import Task
from wizard.models.build import build_network
from wizard.models.families.pretrained import FILES, at_hand, fine_tuned
from wizard.models.family import family
from wizard.models.pretrained_layers import APPLICATIONS, Backbone

SMALL = "MobileNetV3Small"
TASK = Task(kind="multiclass", target="y", classes=("a", "b", "c"))


def config(**hp):
    return TrainingConfig(
        family="pretrained", hp={"application": SMALL, **hp}, batch=16, epochs=1, learning_rate=1e-3, refit=True
    )


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file as a user may have it: the network without its head, here with random weights."""
    keras.utils.set_random_seed(7)
    net = keras.applications.MobileNetV3Small(include_top=False, weights=None, input_shape=(96, 96, 3), pooling="avg")
    path = tmp_path_factory.mktemp("weights") / "small.weights.h5"
    net.save_weights(path)
    return path, net


@pytest.fixture(scope="module")
def trainer(tmp_path_factory):
    return trainer_for(dataset_of(some_digits(40)), tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def frozen(trainer, weights):
    return trainer.train(config(frozen=True, weights=str(weights[0])))


@pytest.mark.slow
def test_it_starts_from_a_file_and_a_frozen_backbone_stays_as_it_is(trainer, weights, frozen):
    assert frozen.n_parameters == 576 * 10 + 10, "the head alone is trained"
    backbone = trainer.network(frozen).model.get_layer("backbone")
    for mine, given in zip(backbone.net.get_weights(), weights[1].get_weights(), strict=True):
        assert np.array_equal(mine, given)


@pytest.mark.slow
def test_fine_tuning_goes_on_where_the_frozen_run_ended(trainer, frozen):
    second = fine_tuned(frozen.config)
    assert second.hp["frozen"] is False
    ended = trainer.weights(frozen)
    unmoved = trainer.weights(trainer.train(second.but(learning_rate=0.0)))
    trained = [v.path for v in trainer.compiled(second).model.trainable_variables]
    for variable, now, before in zip(trainer.compiled(second).model.variables, unmoved, ended, strict=True):
        assert variable.path not in trained or np.array_equal(now, before), variable.path
    run = trainer.train(second)
    assert run.n_parameters > 900_000
    assert not run.failure
    changed = [not np.array_equal(a, b) for a, b in zip(trainer.weights(run), ended, strict=True)]
    assert sum(changed) > 100


def test_the_ladder_holds_only_networks_whose_weights_are_at_hand(monkeypatch, tmp_path):
    form = ImageForm(height=8, width=8, channels=1)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert at_hand() == ()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / FILES[SMALL]).touch()
    assert at_hand() == (SMALL,)
    assert [rung["application"] for rung in family("pretrained").ladder(form)] == [SMALL]


def test_pictures_reach_the_network_in_its_own_scale(weights):
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 1)).astype("float32")
    layer = Backbone(SMALL, True, str(weights[0]))
    layer(pictures)
    layer.load()
    large = tf.image.resize(np.repeat(pictures, 3, axis=-1), (96, 96))
    assert np.allclose(layer(pictures), weights[1](large), atol=1e-5)
    assert build_network(config(), ImageForm(height=8, width=8, channels=1), TASK).standardize is None


def test_each_network_gets_the_scaling_that_it_learnt_with():
    half = np.full((1, 4, 4, 3), 127.5, "float32")
    assert np.allclose(
        APPLICATIONS["ResNet50"][1](half.copy()).reshape(-1, 3)[0], 127.5 - np.array([103.939, 116.779, 123.68])
    )
    for name in (SMALL, "EfficientNetV2B0"):
        assert np.array_equal(APPLICATIONS[name][1](half), half), "scaled inside the network"


def test_without_weights_and_network_one_sentence_names_the_way_out(monkeypatch, tmp_path):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nobody listens
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.delenv("no_proxy", raising=False)
    layer = Backbone(SMALL, True, "imagenet")
    layer(np.zeros((1, 8, 8, 1), "float32"))
    with pytest.raises(OptionError, match=r"neither in .* fetched .*'weights': path.*'resnet'"):
        layer.load()


def test_a_wrong_file_is_refused(tmp_path, weights):
    layer = Backbone(SMALL, True, str(tmp_path / "none.h5"))
    layer(np.zeros((1, 8, 8, 1), "float32"))
    with pytest.raises(OptionError, match="which is no file"):
        layer.load()
    (tmp_path / "text.weights.h5").write_text("no weights")
    layer.weights_from = str(tmp_path / "text.weights.h5")
    with pytest.raises(OptionError, match="does not hold the weights of MobileNetV3Small"):
        layer.load()


def test_pictures_of_other_channels_are_refused():
    with pytest.raises(OptionError, match="grey or colour"):
        build_network(config(), ImageForm(height=8, width=8, channels=4), TASK)


def test_the_recipe_trains_the_head_alone_until_it_is_fine_tuned():
    recipe = family("pretrained").recipe(ImageForm(height=8, width=8, channels=3), 500, TASK)
    assert "frozen" not in recipe.hp
    assert fine_tuned(recipe).learning_rate < recipe.learning_rate
    assert fine_tuned(recipe).after == recipe
