"""The ejected script trains, without this library, a network as good as ours."""

import ast
import os
import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.losses import sparse_categorical_crossentropy

from tests.small import (
    dataset_of,
    fresh,
    short_recipe,
    some_amounts,
    some_digits,
    some_rows,
    some_series,
    some_texts,
    trainer_for,
)
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import NotAvailableError, OptionError, StageOrderError
from wizard.data.evened import evening
from wizard.data.modalities.table import without
from wizard.export.eject import METRICS, can_be_ejected, eject, single_network
from wizard.export.raw_data import readable_csv
from wizard.models.family import names
from wizard.training.fit import FitTo
from wizard.training.metrics import METRICS as OURS
from wizard.training.metrics import default_metric, metric_for
from wizard.training.mixing import Mixing

MLP = TrainingConfig(
    family="mlp", hp={"width": 32, "depth": 1}, epochs=12, learning_rate=1e-2, schedule="cosine", dropout=0.1
)
KINDS = {  # raw data, target, configuration
    "mlp": (lambda: some_rows(400), "bought", MLP.but(class_weights=True, label_smoothing=0.05)),
    "linear": (
        lambda: some_amounts(200), ["price", "rooms"],
        MLP.but(family="linear", hp={}, epochs=40, dropout=0.0, schedule="cycles"),
    ),
    "resnet": (lambda: some_digits(300), None,
               MLP.but(family="resnet", hp={"width": 8, "stages": 2, "blocks": 1}, augment=0.5)),
    "bag_of_ngrams": (lambda: some_texts(200), None, MLP.but(family="bag_of_ngrams", hp={}, augment=0.3, patience=4)),
    "convnet_1d": (lambda: some_series(150), None,
                   MLP.but(family="convnet_1d", hp={"width": 8, "blocks": 2}, augment=0.2)),
    "amount": (lambda: some_amounts(200).drop(columns="rooms").rename(columns={"price": 'the "price" \\'}),
               'the "price" \\', MLP.but(epochs=20)),
    "columns left out": (lambda: some_rows(400), "bought", MLP.but(inputs=without(["age", "city"]))),
    "mixed": (
        lambda: some_texts(200), None,
        MLP.but(family="bag_of_ngrams", hp={}, creative=0.5, cutmix=1.0, epochs=30),
    ),
    "labels": (lambda: (np.random.default_rng(0).normal(size=(300, 4)),
                        (np.random.default_rng(0).normal(size=(300, 4))[:, :3] > 0).astype(int)), None, MLP),
}  # fmt: skip
MORE = {
    "text_cnn": ("bag_of_ngrams", MLP.but(family="text_cnn", hp={"width": 16, "filters": 16})),
    "transformer": ("bag_of_ngrams", MLP.but(family="transformer", hp={"width": 16, "layers": 1}, learning_rate=3e-3)),
    "minirocket": ("convnet_1d", MLP.but(family="minirocket", hp={"features": 1000}, learning_rate=1e-3)),
    "inception_time": (
        "convnet_1d", MLP.but(family="inception_time", hp={"filters": 4, "depth": 3}, learning_rate=1e-3, epochs=20)
    ),
    "places along time": (
        "convnet_1d", MLP.but(family="convnet_1d", hp={"width": 8, "blocks": 2, "grid": 4}, augment=0.2)
    ),
    "places in pictures": (
        "resnet", MLP.but(family="resnet", hp={"width": 8, "stages": 1, "blocks": 1, "grid": 4}, augment=0.5)
    ),
    "larger pictures": ("larger", MLP.but(family="resnet", hp={"width": 16, "stages": 2, "blocks": 1}, augment=0.5)),
    "mixed rows": ("mlp", MLP.but(creative=0.5, mixup=0.2, cutmix=1.0, class_weights=True, epochs=40)),
    "mixed amounts": ("amount", MLP.but(mixup=0.2, epochs=60)),
    "mixed labels": ("labels", MLP.but(mixup=0.2, cutmix=1.0)),
    "mixed members": (
        "mlp",
        MLP.but(family="tabm", hp={"members": 4, "width": 64, "depth": 1, "bins": 8}, mixup=0.2, learning_rate=2e-3,
                schedule="constant", epochs=20),
    ),
    "evened pictures": (
        "resnet",
        MLP.but(family="resnet", hp={"width": 8, "stages": 2, "blocks": 1}, creative=0.5, cutmix=1.0, epochs=30,
                inputs=evening(("brightness", "contrast"))),
    ),
    "evened series": (
        "convnet_1d",
        MLP.but(family="convnet_1d", hp={"width": 8, "blocks": 2}, augment=0.2, creative=0.5, mixup=0.2,
                inputs=evening(("level", "amplitude"))),
    ),
    "until its loss falls no more": (
        "amount", MLP.but(fit_to=1e-9, look_every=2, epochs=400, schedule="constant", dropout=0.0),
    ),
    "realmlp": (
        "mlp",
        MLP.but(family="realmlp", hp={"width": 64, "depth": 2, "activation": "selu"}, learning_rate=0.04, fade=True,
                schedule="cycles", beta_2=0.95, weight_decay=0.02, epochs=32),
    ),
    "tabm": ("mlp", MLP.but(family="tabm", hp={"members": 4, "width": 64, "depth": 1, "bins": 8}, clip=1.0,
                            learning_rate=2e-3, schedule="constant", weight_decay=3e-4, epochs=20)),
}  # fmt: skip
RUNS = """
import contextlib, io, os, runpy, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.modules["wizard"] = None  # importing it raises
for folder in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        runpy.run_path(f"{folder}/train.py", run_name="__main__")
    print(said.getvalue().strip().splitlines()[-1])
"""


def larger_digits():
    x, y = some_digits(300)
    return x.repeat(3, 1).repeat(3, 2), y


def made(kind, folder):
    """(folder of a script, score that our own run reaches, the score's name, validation rows)."""
    base, config = MORE.get(kind, (kind, None))
    raw, target, usual = KINDS.get(base) or (larger_digits, None, None)
    raw, config = raw(), config or usual
    if kind in ("mlp", "amount"):
        raw.to_csv(folder / "customers.csv", index=False)
        raw = str(folder / "customers.csv")
    dataset = dataset_of(raw, tuple(target) if isinstance(target, list) else target)
    trainer = trainer_for(dataset, folder / "store")
    run = trainer.train(config)
    metric = metric_for(default_metric(trainer.task), trainer.task)
    prepared = trainer.prepared(run.config)
    eject(run.config, prepared, dataset, trainer.task, trainer.split, metric, "train.py").write(folder / "train.py")
    return folder, run.scores[f"val_{metric.name}"], metric.name, len(trainer.split.validation)


def scores_of(kinds, place):
    """{kind: (our score, the script's, validation rows)}: the scripts run in a process without this library."""
    ours = {}
    for kind in kinds:
        (place / kind).mkdir()
        ours[kind] = made(kind, place / kind)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    said = fresh(RUNS, *(folder for folder, *_ in ours.values()), cwd=place, env=environment).splitlines()
    found = {}
    for line, (kind, (_, score, name, n)) in zip(said, ours.items(), strict=True):
        told, theirs, rows = re.fullmatch(r"validation (\w+): (\S+) on (\d+) rows", line).groups()
        assert (told, int(rows)) == (name, n)
        found[kind] = (score, float(theirs), n)
    return found


def held(ours, theirs, n):
    """Whether two scores of different networks differ by no more than the noise of n rows."""
    if ours > 1 or ours < 0:  # an RMSE
        return abs(theirs / ours - 1) < 0.2
    rate = min(max((ours + theirs) / 2, 1 / n), 1 - 1 / n)
    return abs(ours - theirs) <= 3 * np.sqrt(2 * rate * (1 - rate) / n)


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    place = tmp_path_factory.mktemp("ejected")
    return place, scores_of(KINDS, place)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_script_is_as_good_as_our_run(kind, scores):
    ours, theirs, n = scores[1][kind]
    assert held(ours, theirs, n), (ours, theirs, n)
    least = {"linear": 0.3, "columns left out": 0.4}  # the number of rooms tells only so much, and the age most
    assert ours > least.get(kind, 0.6)


@pytest.mark.long
@pytest.mark.parametrize("kind", MORE)
def test_so_is_that_of_every_other_family(kind, tmp_path):
    ours, theirs, n = scores_of([kind], tmp_path)[kind]
    assert held(ours, theirs, n), (ours, theirs, n)
    assert ours > 0.6


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_ours_is_imported_and_no_test_row_is_looked_at_unasked(kind, scores):
    text = (scores[0] / kind / "train.py").read_text()
    tree = ast.parse(text)
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module.startswith("wizard") for module in modules)
    assert '"--test" in sys.argv' in text
    with np.load(scores[0] / kind / "train_data.npz") as stored:
        sets = [set(stored[name].tolist()) for name in ("train", "validation", "test")]
    assert sum(map(len, sets)) == len(set.union(*sets))


@pytest.mark.slow
def test_the_script_goes_without_the_columns_that_the_network_goes_without(scores):
    text = (scores[0] / "columns left out" / "train.py").read_text()
    with np.load(scores[0] / "columns left out" / "train_data.npz") as stored:
        assert stored["numbers"].shape[1] == len(ast.literal_eval(re.search(r"^NUMBERS = (.*)$", text, re.M)[1])) == 1
        assert stored["categories"].shape[1] == 0


@pytest.mark.parametrize("look_every", [1, 3])
@pytest.mark.parametrize("falls", [0.9, 0.999, 1.1])
def test_a_script_stops_where_our_own_training_does_once_its_loss_falls_no_more(look_every, falls, tmp_path):
    raw, target, config = KINDS["mlp"]
    dataset, config = dataset_of(raw(), target), config.but(fit_to=0.01, look_every=look_every, epochs=120)
    trainer = trainer_for(dataset, tmp_path)
    metric = metric_for(default_metric(trainer.task), trainer.task)
    script = eject(config, trainer.prepared(config), dataset, trainer.task, trainer.split, metric, "train.py").script
    names = {"keras": keras, "np": np}
    exec(re.search(r"class StopWhenFitted.*?\n\n\n", script, re.S)[0], names)

    def stops(watching, losses):
        model = SimpleNamespace(stop_training=False)
        watching.set_model(model)
        watching.on_train_begin()
        for number, loss in enumerate(losses, start=1):
            watching.on_epoch_end(number - 1, {"loss": loss})
            if model.stop_training:
                return number
        return None

    losses = falls ** np.arange(120) * (1 + 0.002 * np.random.default_rng(0).normal(size=120))
    ours = stops(FitTo(config.fit_to), losses.reshape(-1, look_every).mean(1))
    assert ours is not None
    assert stops(names["StopWhenFitted"](), losses) == ours * look_every


@pytest.mark.parametrize("change", [{"creative": 0.5}, {"mixup": 0.4}, {"cutmix": 1.0}, {"mixup": 0.4, "cutmix": 1.0}])
@pytest.mark.parametrize("kind", ["mlp", "resnet", "bag_of_ngrams", "convnet_1d"])
def test_a_script_mixes_batches_as_our_own_training_does(kind, change, tmp_path):
    raw, target, config = KINDS[kind]
    dataset, config = dataset_of(raw(), target), config.but(**change)
    trainer = trainer_for(dataset, tmp_path)
    prepared, metric = trainer.prepared(config), metric_for(default_metric(trainer.task), trainer.task)
    script = eject(config, prepared, dataset, trainer.task, trainer.split, metric, "train.py").script
    parts = script[script.index("from __future__") : script.index("# ── The data")]
    parts += re.search(r"\n((?:spread = [^\n]*\n)*\n*def mixed.*?)\n\n\nexamples =", script, re.S)[1]
    names = {"tensors": prepared.tensors, "train": prepared.train, "CHANNELS": [*range(2)]}
    exec(parts, names)

    rows, k = prepared.train[:24], trainer.task.n_outputs
    inputs = {name: tf.constant(values[rows]) for name, values in prepared.tensors.items()}
    y, goal = tf.constant(prepared.y[rows]), tf.one_hot(prepared.y[rows], k)
    random = np.random.default_rng(0)
    weight, answers = tf.constant(random.uniform(0, 2, 24).astype("float32")), tf.constant(random.normal(size=(24, k)))
    spread = (
        tf.zeros(1) if kind != "convnet_1d" else tf.concat([prepared.channel_std[:2], [0.0]], 0)
    )  # the last marks gaps
    ours = Mixing(prepared.form.kind, lambda: spread)
    ours.set(config)
    changed = ours.changed(inputs, 7)
    theirs, goals, weights = names["mixed"]((inputs, goal, weight), tf.stack([ours.seed, 7]))
    for name, values in changed.items():
        assert np.allclose(values, theirs[name], atol=1e-6)
        assert not np.allclose(values, inputs[name])

    def plain(y, y_pred, sample_weight):
        return tf.reduce_mean(sample_weight * tf.cast(sparse_categorical_crossentropy(y, y_pred, True), "float32"))

    loss = keras.losses.CategoricalCrossentropy(from_logits=True)(goals, answers, sample_weight=weights)
    assert float(loss) == pytest.approx(float(ours.loss(plain, y, answers, weight)), rel=1e-5)


def test_the_next_best_is_written_where_the_best_cannot_be_and_says_so():
    taught, next_best = MLP.but(teacher=((MLP, 1.0),)), MLP.but(family="linear", hp={})
    assert single_network([taught, next_best], taught) == (
        next_best,
        "This is not the best single network, but the next best, a linear. The network was trained with a teacher, "
        "which scripts do not have yet.",
    )
    assert single_network([MLP, next_best], MLP) == (MLP, "")
    assert single_network([], taught) == (taught, "")


@pytest.mark.slow
def test_a_csv_is_read_where_it_lies_only_if_a_plain_reader_reads_it_alike(tmp_path, scores):
    assert "customers.csv" in (scores[0] / "mlp" / "train.py").read_text()
    frame = some_rows(60)
    frame["a b/c.d é"] = frame["a b/c.d é"].map(lambda value: f"{value:.2f}".replace(".", ","))
    frame.to_csv(tmp_path / "odd.csv", index=False, sep=";")
    dataset = dataset_of(str(tmp_path / "odd.csv"), "bought")
    assert readable_csv(dataset, trainer_for(dataset, tmp_path / "store").task) == ""


def test_every_family_but_the_pretrained_has_a_template_and_every_metric_a_score():
    assert set(names()) - set(can_be_ejected()) == {"pretrained"}
    assert set(METRICS) == set(OURS)


def test_what_cannot_be_ejected_is_one_clear_error(monkeypatch, tmp_path):
    taught = MLP.but(teacher=((MLP, 1.0),), soft=0.5)
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(taught))
    wizard = Wizard(some_rows(120), "bought", budget="quick", out=tmp_path).explore().baseline()
    with pytest.raises(StageOrderError, match="overfit"):
        wizard.eject(tmp_path / "train.py")
    wizard.overfit()
    with pytest.raises(NotAvailableError, match="a teacher"):
        wizard.eject(tmp_path / "train.py")
    with pytest.raises(OptionError, match=r"\.py"):
        wizard.eject(tmp_path / "train")
    assert not list(tmp_path.glob("train*"))


def test_a_family_without_a_template_names_those_that_have_one(tmp_path):
    dataset = dataset_of(some_digits(60))
    trainer = trainer_for(dataset, tmp_path)
    config = TrainingConfig(family="pretrained")
    metric = metric_for("accuracy", trainer.task)
    given = (trainer.prepared(config), dataset, trainer.task, trainer.split, metric, "train.py")
    with pytest.raises(NotAvailableError, match="resnet"):
        eject(config, *given)


def test_more_data_than_one_sends_to_a_colleague_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.export.eject.LARGEST", 100)
    with pytest.raises(NotAvailableError, match="MB"):
        made("resnet", tmp_path)
