from dataclasses import replace

import numpy as np
import pytest

from tests.small import dataset_of, some_digits, trainer_for
from wizard.core.config import TrainingConfig
from wizard.data.task import Task
from wizard.training.probes import dumb_baselines, flat, flat_names

BINARY = Task(kind="binary", target="y", classes=("a", "b"))
THREE = Task(kind="multiclass", target="y", classes=("a", "b", "c"))
REGRESSION = Task(kind="regression", target="y")
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 4)).astype("float32")
PROBES = ("best single feature", "linear model", "nearest neighbours", "boosted trees")


def predictions(task, name, y, x=X, weight=None):
    return dumb_baselines(task, 0)[name](x[:200], y[:200], weight)(x[200:])


def test_a_guess_gives_the_shares_of_the_classes():
    y = np.resize([0, 0, 1], 300)
    assert predictions(BINARY, "majority class", y) == pytest.approx(np.tile([2 / 3, 1 / 3], (100, 1)), abs=0.01)
    assert predictions(REGRESSION, "mean", y * 1.0) == pytest.approx(np.full(100, y[:200].mean()))
    assert predictions(REGRESSION, "median", y * 1.0) == pytest.approx(np.zeros(100))


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_finds_what_there_is_to_find(name):
    y = (X[:, 2] > 0).astype(int)
    p = predictions(BINARY, name, y)
    assert p.shape == (100, 2)
    assert p.sum(1) == pytest.approx(np.ones(100))
    assert (p.argmax(1) == y[200:]).mean() > 0.8
    amounts = 100 + 5 * X[:, 2].astype(float)
    assert np.corrcoef(predictions(REGRESSION, name, amounts), amounts[200:])[0, 1] > 0.8


@pytest.mark.parametrize("name", dumb_baselines(THREE, 0))
def test_a_class_without_training_rows_keeps_its_place(name):
    p = predictions(THREE, name, np.resize([0, 2], 300))
    assert p.shape == (100, 3)
    assert not p[:, 1].any()


@pytest.mark.parametrize("name", dumb_baselines(BINARY, 0))
def test_very_few_rows_are_enough(name):
    y = np.array([0, 1, 0, 1, 0, 0])
    p = dumb_baselines(BINARY, 0)[name](X[:6], y, np.ones(6))(X[6:8])
    assert p.sum(1) == pytest.approx(np.ones(2))


def test_probes_see_pixels_in_0_to_1_and_categories_one_hot(rows, tmp_path):
    trainer = trainer_for(rows, tmp_path)
    prepared = trainer.prepared(TrainingConfig(family="linear"))
    table = flat(prepared, np.arange(10))
    assert table.shape == (10, len(prepared.form.numeric) + 5)
    assert len(flat_names(prepared)) == table.shape[1]
    assert np.all(table[:, -5:].sum(1) == 1)
    digits = trainer_for(dataset_of(some_digits(100)), tmp_path)
    pixels = flat(digits.prepared(TrainingConfig(family="linear")), np.arange(10))
    assert pixels.shape == (10, 64)
    assert 0 <= pixels.min() < 0.1 < 0.9 < pixels.max() <= 1


def test_texts_are_weighed_words_of_unit_length(texts, tmp_path):
    trainer = trainer_for(texts, tmp_path)
    prepared = trainer.prepared(TrainingConfig(family="linear"))
    x = flat(prepared, np.arange(len(texts)))
    assert x.dtype == np.float32
    assert np.allclose(np.linalg.norm(x, axis=1), 1, atol=1e-5)
    common, rare = (prepared.preparation.tokens.index(word) + 1 for word in ("the", "harbour"))
    row = next(
        i
        for i in range(len(texts))
        if texts.examples[i].split().count("the") == 1 == texts.examples[i].split().count("harbour")
    )
    assert x[row, rare] > x[row, common] > 0
    empty = flat(
        replace(prepared, tensors={"tokens": np.zeros((1, prepared.form.length), "int32")}, train=np.array([0])),
        np.array([0]),
    )
    assert not empty.any()
