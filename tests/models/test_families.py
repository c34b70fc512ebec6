"""The contract of a family, held by every one in the folder, for each form that it eats."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.data.form import MEASURED, FeaturesForm, ImageForm, SeriesForm, TokensForm
from wizard.data.task import Task
from wizard.models.build import build_network, symbolic_inputs
from wizard.models.family import families_for, family, names
from wizard.models.layers import BatchNormalization

FORMS = {
    "image": ImageForm(height=8, width=8, channels=1),
    "features": FeaturesForm(numeric=("a", "b", "c"), categories=("short", "long"), cardinalities=(4, 30)),
    "tokens": TokensForm(length=6, vocabulary=40),
    "series": SeriesForm(length=20, channels=("x", "y", MEASURED)),
}
TASK = Task(kind="multiclass", target="y", classes=("a", "b", "c"))
RATES = {"tabm": 3e-3}  # its wide layers of ReLU die at the rate that suits the others
QUICK = {  # where the default takes minutes, or a tenth of it tells as much
    "pretrained": {"application": "MobileNetV3Small", "frozen": False, "weights": "none"},
    "minirocket": {"features": 1000},
}
PAIRS = [(name, form) for name in names() for form in family(name).forms]
DEAR = {
    ("pretrained", "image"),
    ("inception_time", "series"),
    ("transformer", "tokens"),
}  # learning takes half a minute


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


def network(name, form, task=TASK, hp=None):
    """Built, its fitted parts fitted; `answers` gives one answer an example whatever the number of members."""
    hp = {**QUICK.get(name, {}), **(hp or {})}
    built = build_network(TrainingConfig(family=name, hp=hp), FORMS[form], task)
    if family(name).prepare is not None and hp.get("weights") != "imagenet":
        family(name).prepare(built.model, some_inputs(form, 64), 0)
    return built


def some_inputs(form, n):
    random = np.random.default_rng(0)
    if form == "image":
        return {"image": random.normal(size=(n, 8, 8, 1)).astype("float32")}
    if form == "tokens":
        codes = random.integers(1, 40, (n, 6))
        return {"tokens": np.where(np.arange(6) < random.integers(1, 7, (n, 1)), codes, 0).astype("int32")}
    if form == "series":
        return {"series": random.normal(size=(n, 20, 3)).astype("float32")}
    codes = np.column_stack([random.integers(0, k, n) for k in FORMS[form].cardinalities])
    return {"numeric": random.normal(size=(n, 3)).astype("float32"), "categories": codes.astype("int32")}


def as_tensors(inputs):
    return {name: tf.constant(values) for name, values in inputs.items()}


@pytest.mark.parametrize("name", names())
def test_a_family_is_called_as_its_file_and_says_where_it_comes_from(name):
    assert family(name).name == name
    assert family(name).title
    assert family(name).paper
    assert set(family(name).forms) <= set(FORMS)


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_it_gives_a_number_an_output_for_each_example(name, form):
    for task, k in ((TASK, 3), (Task(kind="regression", target="y"), 1)):
        assert network(name, form, task).answers(as_tensors(some_inputs(form, 5))).shape == (5, k)


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_every_rung_of_its_ladder_is_larger_than_the_one_before(name, form):
    sizes = []
    for rung in family(name).ladder(FORMS[form]):
        built = network(name, form, hp=rung)
        assert set(rung) == set(built.hp) - {"grid"}, "a rung names every size; of places, explore has the say"
        sizes.append(sum(int(np.prod(v.shape)) for v in built.model.trainable_variables))
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_defaults_written_out_give_the_same_network(name, form):
    default = network(name, form)
    keras.utils.set_random_seed(0)
    explicit = network(name, form, hp=default.hp)
    assert explicit.hp == default.hp
    for a, b in zip(default.model.variables, explicit.model.variables, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(("name", "form"), PAIRS)
@pytest.mark.parametrize("which", ["default", "largest"])
def test_an_untrained_network_is_unsure(name, form, which):
    hp = family(name).ladder(FORMS[form])[-1] if which == "largest" else {}
    n = 30 if name in QUICK else 200
    y = np.random.default_rng(1).integers(0, 3, n)
    logits = network(name, form, hp=hp).answers(as_tensors(some_inputs(form, n)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
    assert float(loss) == pytest.approx(TASK.loss_at_init(y, has_head_bias=False), abs=0.08)


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_every_input_and_every_weight_gets_a_gradient(name, form):
    built = network(name, form)
    inputs = as_tensors(some_inputs(form, 16))
    floats = {key: value for key, value in inputs.items() if value.dtype == tf.float32}
    with tf.GradientTape() as tape:
        tape.watch(floats)
        loss = tf.reduce_sum(built.answers(inputs) ** 2)
    by_input, by_weight = tape.gradient(loss, (floats, [v.value for v in built.model.trainable_variables]))
    for gradient in by_input.values():
        assert np.all(np.abs(gradient).reshape(16, -1).max(0) > 0)
    assert all(np.any(tf.convert_to_tensor(gradient) != 0) for gradient in by_weight)


@pytest.mark.parametrize(
    ("name", "form"), [("resnet", "image"), ("convnet_1d", "series"), ("inception_time", "series")]
)
def test_its_batch_normalisation_is_the_one_of_a_single_kernel(name, form):
    layers = [one for one in network(name, form).model.layers if isinstance(one, keras.layers.BatchNormalization)]
    assert layers
    assert {type(one) for one in layers} == {BatchNormalization}


def test_a_category_changes_what_comes_out():
    for name in (one.name for one in families_for(FORMS["features"])):
        inputs = some_inputs("features", 1)
        model = network(name, "features").answers
        before = np.asarray(model(as_tensors(inputs)))
        for column in range(2):
            other = {**inputs, "categories": inputs["categories"].copy()}
            other["categories"][0, column] = (other["categories"][0, column] + 1) % FORMS["features"].cardinalities[
                column
            ]
            assert not np.array_equal(np.asarray(model(as_tensors(other))), before)


@pytest.mark.parametrize(
    ("name", "form"), [pytest.param(*pair, marks=[pytest.mark.long] * (pair in DEAR)) for pair in PAIRS]
)
def test_it_learns_eight_examples_by_heart_and_remembers_them_from_a_file(name, form, tmp_path):
    model = network(name, form).answers
    inputs, y = as_tensors(some_inputs(form, 8)), np.arange(8) % 3
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(RATES.get(name, 3e-2)), loss)
    steps = 50 if name in QUICK else 200
    model.fit(tf.data.Dataset.from_tensors((inputs, y)).repeat(steps), steps_per_epoch=steps, shuffle=False, verbose=0)
    learnt = np.asarray(model(inputs, training=True))
    assert learnt.argmax(1).tolist() == y.tolist()
    assert float(loss(y, learnt)) < 0.1
    model.save_weights(tmp_path / "a.weights.h5")
    again = network(name, form).answers
    again.load_weights(tmp_path / "a.weights.h5")
    assert np.array_equal(again(inputs), model(inputs))


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_its_recipe_is_a_configuration_of_itself(name, form):
    for n_rows in (50, 100_000):
        recipe = family(name).recipe(FORMS[form], n_rows, TASK)
        assert recipe.family == name
        assert recipe.batch < n_rows
        assert recipe.epochs > 1


@pytest.mark.parametrize("name", [one.name for one in families_for(FORMS["tokens"])])
def test_words_count_and_what_stands_behind_the_last_one_does_not(name):
    keras.utils.set_random_seed(0)
    model = network(name, "tokens").model
    tokens = np.array([[7, 8, 9, 0, 0, 0], [7, 8, 10, 0, 0, 0], [0] * 6], "int32")
    answers = np.asarray(model({"tokens": tokens}))
    assert np.isfinite(answers).all()
    assert not np.array_equal(answers[0], answers[1])
    for weights in model.weights:
        if "embedding" in weights.path and weights.shape[0] == 40:
            weights.assign(tf.concat([weights.value[:1] + 1, weights.value[1:]], 0))
    assert np.array_equal(np.asarray(model({"tokens": tokens})), answers)


def test_the_order_of_words_counts_for_pairs_of_them_only():
    pairs, words = network("bag_of_ngrams", "tokens").model, network("linear", "tokens").model
    there, back = (np.array([order], "int32") for order in ([5, 6, 7, 0, 0, 0], [7, 6, 5, 0, 0, 0]))
    assert not np.allclose(pairs({"tokens": there}), pairs({"tokens": back}), atol=1e-6)
    assert np.allclose(words({"tokens": there}), words({"tokens": back}), atol=1e-6)


def test_inputs_are_as_the_form_says():
    inputs = symbolic_inputs(FORMS["features"])
    assert {name: (one.shape, one.dtype) for name, one in inputs.items()} == {
        "numeric": ((None, 3), "float32"), "categories": ((None, 2), "int32")
    }  # fmt: skip
    assert set(symbolic_inputs(FeaturesForm(categories=("c",), cardinalities=(3,)))) == {"categories"}


def test_an_unknown_family_is_refused_with_those_there_are():
    with pytest.raises(OptionError, match=r"'mlpp' among the families: bag_of_ngrams, .*mlp"):
        family("mlpp")
