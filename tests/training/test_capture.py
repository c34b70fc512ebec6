"""Other people's training scripts, caught at their fit."""

import os
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from wizard.core.errors import DataError, NoFitError, NoScriptError, NotCompiledError, OptionError, ScriptError
from wizard.training.capture import capture, catching

SCRIPTS = Path(__file__).parents[1] / "scripts"
X = np.random.default_rng(0).normal(size=(100, 4)).astype("float32")
Y = np.arange(100) % 2


def compiled(model=None):
    model = model or keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def written(tmp_path):
    """Writes a script into a folder of its own."""

    def write(text, name="train.py"):
        (tmp_path / name).write_text("import keras\nimport numpy as np\n" + text)
        return tmp_path / name

    return write


SMALL = """
x, y = np.zeros((40, 3), "float32"), np.ones((40, 1))
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
"""

# script, shape of x, of y, of x_held, batch, epochs, how, is_shuffled
EXPECTED = [
    ("digits_sequential", (1437, 8, 8, 1), (1437,), (360, 8, 8, 1), 64, 15, "NumPy arrays", True),
    ("digits_functional_tfdata", (1437, 8, 8, 1), (1437, 10), (360, 8, 8, 1), 32, 12, "tf.data.Dataset", True),
    ("digits_pydataset", (1347, 8, 8, 1), (1347,), (450, 8, 8, 1), 32, 10, "PyDataset", True),
    ("wine_argparse", (124, 13), (124,), (54, 13), 16, 40, "NumPy arrays", True),
    ("digits_logits", (1437, 8, 8, 1), (1437,), (360, 8, 8, 1), 32, 10, "NumPy arrays", True),
    ("digits_subclass_frozen", (1437, 8, 8, 1), (1437, 10), (360, 8, 8, 1), 32, 8, "NumPy arrays", True),
    ("digits_sorted_validation", (1437, 8, 8, 1), (1437,), (360, 8, 8, 1), 32, 10, "NumPy arrays", True),
]


@pytest.mark.parametrize(
    ("name", "x", "y", "held", "batch", "epochs", "how", "is_shuffled"), EXPECTED, ids=[row[0] for row in EXPECTED]
)
def test_a_script_is_caught_as_it_would_train_and_nothing_after_fit_runs(
    name, x, y, held, batch, epochs, how, is_shuffled
):
    before = (os.getcwd(), list(sys.argv), list(sys.path), dict(os.environ), set(SCRIPTS.iterdir()))
    fit = keras.Model.fit
    caught = capture(SCRIPTS / f"{name}.py")
    assert (os.getcwd(), list(sys.argv), list(sys.path), dict(os.environ), set(SCRIPTS.iterdir())) == before
    assert keras.Model.fit is fit
    assert "fit" not in vars(keras.Model)
    assert (caught.x.shape, caught.y.shape, caught.x_held.shape) == (x, y, held)
    assert (caught.batch, caught.epochs, caught.how, caught.is_shuffled) == (batch, epochs, how, is_shuffled)
    assert (caught.n_examples, caught.is_cut) == (x[0], False)
    line = (SCRIPTS / f"{name}.py").read_text().splitlines()[int(caught.where.split()[-1]) - 1]
    assert "model.fit(" in line
    assert caught.model.predict(caught.x[:3], verbose=0).shape == (3, caught.model.layers[-1].units)
    assert np.isfinite(caught.model.evaluate(caught.x[:64], caught.y[:64], verbose=0)).all()


def test_several_inputs_keep_their_names_and_the_last_rows_are_held_out():
    caught = capture(SCRIPTS / "two_inputs_unscaled.py")
    assert {name: array.shape for name, array in caught.x.items()} == {"picture": (675, 12, 12, 3), "table": (675, 3)}
    assert {name: len(array) for name, array in caught.x_held.items()} == {"picture": 225, "table": 225}
    assert caught.y.shape == (675, 1)  # Keras makes a column of a pandas.Series
    assert caught.y.mean() > 50_000


def test_arguments_class_weights_and_callbacks_come_along():
    assert capture(SCRIPTS / "wine_argparse.py", ["--epochs", "7"]).epochs == 7
    assert set(capture(SCRIPTS / "digits_pydataset.py").class_weight) == set(range(10))
    names = [type(callback).__name__ for callback in capture(SCRIPTS / "digits_functional_tfdata.py").callbacks]
    assert names == ["EarlyStopping", "ReduceLROnPlateau"]


def test_a_second_pass_tells_random_changes_from_data_that_stay():
    caught = capture(SCRIPTS / "digits_pydataset.py")
    assert len(caught.second_x) == 256
    rows = {row.tobytes() for row in caught.x}
    assert 0.05 < np.mean([row.tobytes() in rows for row in caught.second_x]) < 0.5  # some moved by nothing again
    assert np.array_equal(caught.second_x_held, caught.x_held[:256])
    assert capture(SCRIPTS / "digits_logits.py").second_x is None


def test_the_split_and_the_order_are_those_of_keras():
    model = compiled()
    weight = np.linspace(0, 1, 100)
    caught = catching(lambda: model.fit(X, Y, sample_weight=weight, validation_split=0.25, shuffle=False))
    seen = []

    class Recording(keras.Model):
        def train_step(self, data):
            tf.py_function(lambda x: seen.append(x.numpy()), [data[0]], [])
            return {"loss": 0.0}

    inputs = keras.Input((4,))
    recording = Recording(inputs, keras.layers.Dense(1)(inputs))
    recording.compile("sgd", "mse", run_eagerly=True)
    recording.fit(X, Y, validation_split=0.25, shuffle=False, verbose=0, validation_freq=9)
    assert np.array_equal(caught.x, np.concatenate(seen))
    assert np.array_equal(caught.x_held, X[75:])
    assert np.array_equal(caught.weight_held, weight[75:])
    assert (caught.is_shuffled, caught.batch, caught.epochs) == (False, 32, 1)


def test_the_model_is_compiled_untrained_and_waits_no_longer_for_its_first_batch():
    model = compiled()
    caught = catching(lambda: model.fit(X, Y))
    assert caught.model is model
    assert model.built
    assert model.loss == "binary_crossentropy"
    assert model.optimizer.iterations == 0


def test_many_rows_are_drawn_from_all_of_them_in_their_order():
    rows = np.repeat(np.arange(10), 100)
    model = compiled()
    caught = catching(lambda: model.fit(rows[:, None], rows, steps_per_epoch=50), most=200)
    assert (caught.n_examples, caught.is_cut, len(caught.y), caught.batch) == (1000, True, 200, 20)
    assert (np.diff(caught.y) >= 0).all()
    assert set(caught.y) == set(range(10))


def two_by_two():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    outputs = {"one": keras.layers.Dense(1)(a), "two": keras.layers.Dense(1)(b)}
    model = keras.Model([a, b], outputs)
    model.compile("sgd", "mse")
    return model


KINDS = {
    "tensors": (tf.constant(X), tf.constant(Y)),
    "table": (pd.DataFrame(X).assign(flag=True), pd.Series(Y)),
    "lists of arrays": ([X, X], {"one": Y, "two": Y}),
    "tuples of arrays": ((X, X), {"one": Y, "two": Y}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_arrays_keras_takes_are_read(kind):
    x, y = KINDS[kind]
    model = two_by_two() if "arrays" in kind else compiled()
    caught = catching(lambda: model.fit(x, y, validation_data=(x, y)))
    assert type(caught.x) is (type(x) if "arrays" in kind else np.ndarray)
    first = caught.x[0] if "arrays" in kind else caught.x
    assert first.shape == (100, 5 if kind == "table" else 4)
    assert np.array_equal(first[:, :4], X)
    model.evaluate(caught.x, caught.y, verbose=0)


def test_an_endless_dataset_gives_one_epoch_with_its_weights():
    data = tf.data.Dataset.from_tensor_slices((X, Y, np.ones(100))).batch(20).repeat()
    model = compiled()
    caught = catching(lambda: model.fit(data, steps_per_epoch=5, epochs=3, validation_data=data, validation_steps=2))
    assert (caught.x.shape, caught.weight.shape, len(caught.x_held)) == ((100, 4), (100,), 40)
    assert (caught.is_shuffled, caught.is_cut, caught.batch) == (False, False, 20)
    endless = catching(lambda: model.fit(data), most=70)
    assert (len(endless.x), endless.is_cut, endless.n_examples) == (70, True, None)


def test_changes_alone_are_no_other_order():
    plain = tf.data.Dataset.from_tensor_slices((X, Y))
    noisy = plain.map(lambda x, y: (x + tf.random.normal([4]), y)).batch(10)
    model = compiled()
    assert not catching(lambda: model.fit(noisy)).is_shuffled
    assert catching(lambda: model.fit(plain.shuffle(100).batch(10))).is_shuffled
    once = plain.shuffle(100, reshuffle_each_iteration=False).batch(10)
    assert not catching(lambda: model.fit(once)).is_shuffled


def test_batches_padded_to_their_own_length_come_as_one_array():
    words = tf.data.Dataset.from_generator(
        lambda: ((np.arange(n), n % 2) for n in (3, 2, 5, 4)),
        output_signature=(tf.TensorSpec([None]), tf.TensorSpec([])),
    ).padded_batch(2)
    model = compiled(keras.Sequential([keras.layers.Embedding(9, 2), keras.layers.Flatten(), keras.layers.Dense(1)]))
    assert catching(lambda: model.fit(words)).x.tolist()[0] == [0, 1, 2, 0, 0]


def test_of_a_generator_only_an_epoch_is_read():
    read = []

    def batches():
        while True:
            read.append(1)
            yield X[:10], Y[:10]

    model = compiled()
    caught = catching(lambda: model.fit(batches(), steps_per_epoch=3))
    assert (len(read), len(caught.x), caught.how, caught.second_x, caught.is_shuffled) == (
        3,
        30,
        "generator",
        None,
        None,
    )


@pytest.mark.parametrize("is_shuffled", [True, False])
def test_a_loop_of_batches_is_kept_until_it_repeats_and_trains_nothing(is_shuffled):
    model, losses, rng = compiled(), [], np.random.default_rng(0)

    def loop():
        for _ in range(50):
            order = rng.permutation(100) if is_shuffled else np.arange(100)
            for start in range(0, 100, 20):
                rows = order[start : start + 20]
                losses.append(model.train_on_batch(X[rows], Y[rows]))

    caught = catching(loop)
    assert (len(caught.x), len(losses), caught.how) == (100, 5, "loop of train_on_batch")
    assert caught.is_shuffled == is_shuffled
    assert all(len(loss) == 2 and np.isfinite(loss).all() for loss in losses)
    assert model.optimizer.iterations == 0
    assert catching(loop, most=50).x.shape == (50, 4)


def test_a_loop_that_ends_by_itself_is_taken_as_it_is():
    model, answers = compiled(), []
    caught = catching(lambda: answers.append(model.train_on_batch(X, Y, class_weight={0: 1, 1: 2}, return_dict=True)))
    assert set(answers[0]) == {"loss", "accuracy"}
    assert (len(caught.x), caught.class_weight) == (100, {0: 1, 1: 2})


def test_an_earlier_fit_trains_for_one_epoch_and_the_asked_one_is_caught(written):
    script = written(SMALL + "model.fit(x, y, epochs=99, verbose=0)\nmodel.fit(x, y, epochs=5)\n")
    caught = capture(script, nth=2)
    assert (caught.epochs, caught.where) == (5, "train.py, line 8")
    assert caught.model.optimizer.iterations == 2  # 40 rows in batches of 32, once
    with pytest.raises(NoFitError, match=r"must call fit 3 times\. Received: twice|Received: 2 times"):
        capture(script, nth=3)


def test_a_model_with_a_fit_of_its_own_and_modules_beside_the_script_work(written):
    written(
        "class Net(keras.Sequential):\n    def fit(self, *a, **k):\n        return super().fit(*a, **k)\n", "parts.py"
    )
    script = written("from parts import Net\nfrom pathlib import Path\n" + SMALL.replace("keras.Sequential", "Net")
                     + "assert Path('train.py').exists() and __name__ == '__main__'\nmodel.fit(x, y)\n")  # fmt: skip
    caught = capture(script)
    assert (caught.where, caught.x.shape) == ("parts.py, line 5", (40, 3))
    assert "parts" not in sys.modules


def test_a_script_that_chooses_devices_and_threads_does_not_break(written):
    early = "import tensorflow as tf\ntf.config.threading.set_intra_op_parallelism_threads(1)\n"
    assert capture(written(early + SMALL + "model.fit(x, y)\n")).n_examples == 40


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "loop",
    [
        "try:\n    model.fit(x, y)\nexcept:\n    pass\nundefined_name\n",
        "while True:\n    try:\n        model.fit(x, y)\n    except:\n        pass\n",
        "def f():\n    while True:\n        try:\n            model.fit(x, y)\n        except BaseException as e:\n"
        "            print(e)\nf()\n",
    ],
    ids=["goes on", "tries again for ever", "tries again in a function"],
)
def test_a_script_that_catches_everything_ends_and_is_caught(written, loop):
    tracer = sys.gettrace()
    assert capture(written(SMALL + loop)).x.shape == (40, 3)
    assert sys.gettrace() is tracer


BROKEN = {
    "a = 1 / 0": (ScriptError, r"train.py must come to its fit.*ZeroDivisionError in train.py, line 3 \(division"),
    "a = (": (ScriptError, "SyntaxError in train.py, line 3"),
    "a = 1": (NoFitError, "GradientTape cannot be caught.*Wizard\\(dataset, model=build\\)"),
    "import sys; sys.exit(2)": (NoFitError, r"left by sys.exit\(2\)"),
    "keras.Sequential([keras.layers.Dense(1)]).fit(np.ones((4, 1)), np.ones(4))": (NotCompiledError, "line 3"),
    SMALL + "model.fit(x, y[:7])": (DataError, "Received: 7, 40"),
    SMALL + "model.fit([1, 2], [1, 2])": (DataError, "Received: int. Wrap"),
    SMALL + "model.fit(x[:1], y[:1], validation_split=0.2)": (DataError, "leave rows on both sides"),
    SMALL + "model.fit((1 / 0 for _ in range(3)))": (
        ScriptError,
        r"\(train.py, line 7\).*ZeroDivisionError in train.py",
    ),
    SMALL + "model.fit(x, y, nb_epoch=3)": (ScriptError, "TypeError in train.py, line 7.*nb_epoch"),
    SMALL + "model.add(keras.layers.Reshape((7, 7)))\nmodel.fit(x, y)": (ScriptError, "model must take them.*line 8"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_judged_is_said_in_a_sentence(written, text):
    error, message = BROKEN[text]
    with pytest.raises(error, match=message):
        capture(written(text + "\n"))
    assert "fit" not in vars(keras.Model)


def test_the_scripts_own_traceback_is_kept_without_ours(written):
    with pytest.raises(ScriptError) as caught:
        capture(written("def f():\n    raise KeyError('gone')\nf()\n"))
    assert "line 5" in caught.value.details
    assert "KeyError: 'gone'" in caught.value.details
    assert "runpy" not in caught.value.details


def test_a_missing_script_and_a_notebook_are_refused(written):
    script = written("")
    with pytest.raises(NoScriptError, match=r"must exist.*Did you mean 'train.py'"):
        capture(script.with_name("trian.py"))
    with pytest.raises(NoScriptError, match="jupyter nbconvert"):
        capture(written("", "train.ipynb"))
    with pytest.raises(OptionError, match="count from 1"):
        capture(script, nth=0)
