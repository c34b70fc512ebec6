import numpy as np
import pytest

from wizard.data.task import Task
from wizard.training.probes import best_column, dumb_baselines

TWO = Task(kind="binary", target="y", classes=("no", "yes"))
AMOUNT = Task(kind="regression", target="y")


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_the_column_that_tells_most_is_found(random):
    x = random.normal(size=(500, 20)).astype("float32")
    assert best_column(x, (x[:, 7] > 0).astype(int), TWO) == 7
    assert best_column(x, x[:, 3] ** 2, AMOUNT) == 3  # no straight line would find it


def test_rare_and_binary_columns_are_found(random):
    x = (random.random((500, 5)) < 0.03).astype("float32")
    assert best_column(x, x[:, 4].astype(int), TWO) == 4
    assert best_column(np.ones((50, 3), "float32"), np.arange(50) % 2, TWO) == 0


def test_many_columns_are_searched_in_blocks(random):
    x = random.normal(size=(100, 2100)).astype("float32")
    assert best_column(x, (x[:, 2050] > 0).astype(int), TWO) == 2050


def test_neighbours_do_not_depend_on_how_rows_are_sorted(random, monkeypatch):
    monkeypatch.setattr("wizard.training.probes.ROWS_OF_NEIGHBOURS", 100)
    y = np.repeat([0, 1], 300)
    x = (y[:, None] + random.normal(0, 0.1, (600, 2))).astype("float32")
    predict = dumb_baselines(TWO, 0)["nearest neighbours"](x, y, None)
    assert (predict(x).argmax(1) == y).all()


@pytest.mark.parametrize("name", list(dumb_baselines(TWO, 0)))
@pytest.mark.parametrize("y", [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1]])
def test_tiny_and_one_sided_rows(name, y):
    x = np.arange(len(y), dtype="float32")[:, None]
    p = dumb_baselines(TWO, 0)[name](x, np.array(y), None)(x)
    assert p.shape == (len(y), 2)
    assert p.sum(1) == pytest.approx(np.ones(len(y)))


def test_more_classes_than_a_stopping_set_has_rows(random):
    task = Task(kind="multiclass", target="y", classes=tuple(map(str, range(40))))
    y = np.repeat(np.arange(40), 3)
    p = dumb_baselines(task, 0)["boosted trees"](random.normal(size=(120, 3)), y, None)(random.normal(size=(5, 3)))
    assert p.shape == (5, 40)
