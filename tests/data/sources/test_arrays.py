import numpy as np
import pandas as pd
import pytest

from wizard.core.errors import ColumnError, DataError, OptionError
from wizard.data.opening import Request, open_dataset

Y = np.array([0, 1, 0, 1])


def opened(x, y=Y, **options):
    return open_dataset((x, y), Request(**options))


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        (np.zeros((4, 5, 6), np.uint8), (5, 6, 1)),
        (np.zeros((4, 5, 6, 3), np.uint8), (5, 6, 1)),
        (np.arange(4 * 90).reshape(4, 5, 6, 3) % 256, (5, 6, 3)),
        (np.ones((4, 5, 6)) / 2, (5, 6, 1)),
        (np.arange(4 * 30).reshape(4, 5, 6) % 17.0, (5, 6, 1)),
        ([np.zeros((5, 6), np.uint8)] * 4, (5, 6, 1)),
        (np.zeros((4, 5, 6), bool), (5, 6, 1)),
    ],
)
def test_arrays_of_pictures_are_pictures(x, shape):
    dataset = opened(x)
    assert dataset.modality == "image"
    assert dataset.examples[0].shape == shape
    assert dataset.labels.tolist() == [0, 1, 0, 1]
    assert dataset.where[3] == "x[3]"


def test_floats_stay_and_integers_become_bytes():
    assert opened(np.ones((4, 5, 6)) / 2).examples[0].dtype == np.float32
    assert opened(np.ones((4, 5, 6), np.int64)).examples[0].dtype == np.uint8
    deep = opened(np.full((4, 5, 6), 65535, np.uint16))
    assert deep.examples[0].max() == 255


def test_pictures_of_different_sizes_come_as_a_list(random):
    x = [random.integers(0, 255, (4 + i, 5, 3), dtype=np.uint8) for i in range(4)]
    dataset = opened(x)
    assert dataset.examples.sizes.tolist() == [[4, 5], [5, 5], [6, 5], [7, 5]]


def test_a_list_of_paths_is_pictures(class_folders):
    paths = sorted(class_folders.glob("*/*.png"))
    assert opened(list(map(str, paths)), ["a"] * 3 + ["b"] * 3).examples[0].shape == (6, 5, 3)


def test_a_picture_with_nan_is_left_out():
    x = np.ones((4, 5, 6)) / 2
    x[2, 0, 0] = np.nan
    dataset = opened(x, [0, 1, 0, 1])
    assert [gone.where for gone in dataset.left_out] == ["x[2]"]
    assert len(dataset) == 3


def test_two_dimensions_are_a_table():
    dataset = opened(np.arange(12).reshape(4, 3))
    assert dataset.modality == "table"
    assert [c.name for c in dataset.columns] == ["feature 1", "feature 2", "feature 3"]
    assert opened([[1, 2], [3, 4], [5, 6], [7, 9]], ["a", "b", None, "a"]).left_out[0].where == "x[2]"


def test_pandas_keeps_its_names():
    dataset = opened(pd.DataFrame({"a": [1, 2, 3, 4]}, index=[9, 8, 7, 6]), pd.Series(Y, name="price"))
    assert (dataset.columns[0].name, dataset.target) == ("a", "price")
    with pytest.raises(ColumnError, match="among the inputs"):
        opened(pd.DataFrame({"price": [1, 2, 3, 4]}), pd.Series(Y, name="price"))


def test_kerass_pair_of_pairs_brings_its_test_set():
    x = np.zeros((4, 5, 6), np.uint8)
    dataset = open_dataset(((x, Y), (x[:2], Y[:2])), Request())
    assert dataset.part.tolist() == [0, 0, 0, 0, 2, 2]


def test_own_sets_are_on_the_same_scale():
    x = np.arange(4 * 30, dtype=np.uint8).reshape(4, 5, 6)
    with pytest.raises(DataError, match="one scale"):
        open_dataset((x, Y), Request(test=(x / 255, Y)))


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.zeros((4, 3)), Y[:3], DataError, "4 and 3"),
        (np.zeros((4, 3, 8, 8), np.uint8), Y, DataError, "moveaxis"),
        (np.zeros((4, 2, 2, 2, 2)), Y, DataError, "pictures"),
        ([[1], ["a", "b"], [3], [4]], Y, DataError, "Series are"),
        (np.zeros((4, 3)), np.zeros((4, 2, 2)), DataError, "a list of labels"),
        (np.zeros((0, 3)), [], DataError, "rows"),
        (np.zeros((0, 8, 8), np.uint8), [], DataError, "Received"),
        (np.zeros((4, 3)), Y, DataError, "constant"),
        (None, Y, DataError, "x must"),
    ],
)
def test_what_cannot_be_is_refused(x, y, error, message):
    with pytest.raises(error, match=message):
        opened(x, y)


def test_a_modality_asked_for_must_fit():
    with pytest.raises((DataError, OptionError)):
        opened(np.arange(12).reshape(4, 3), modality="image")
    with pytest.raises(DataError, match="reshape"):
        opened(np.zeros((4, 5, 6), np.uint8), modality="table")
    x = np.random.default_rng(0).normal(size=(4, 9, 2))
    assert opened(x, modality="image").modality == "image"


X = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("y", [np.eye(4)[[0, 1, 1, 2]], [[1, 0], [0, 1], [0, 1], [1, 0]]])
def test_one_hot_rows_are_classes_and_that_is_said(y):
    data = opened(X, y)
    assert data.labels.ndim == 1
    assert any("one-hot" in note for note in data.notes)


def test_one_hot_rows_are_labels_where_that_is_asked_for():
    assert opened(X, np.eye(2)[[0, 1, 1, 0]], task="multilabel").labels.shape == (4, 2)


@pytest.mark.parametrize(
    ("y", "outputs"),
    [
        ([["a"], ["b", "a"], [], ["b"]], ("a", "b")),
        (np.array([[1, 1], [0, 1], [0, 0], [1, 0]]), ("target 0", "target 1")),
        (pd.DataFrame({"u": [0.5, 1, 2, 3], "v": [1, 2, 3, 4]}), ("u", "v")),
        (np.arange(8.0).reshape(4, 2), ("target 0", "target 1")),
    ],
)
@pytest.mark.parametrize("x", [X, np.arange(4 * 64, dtype=np.uint8).reshape(4, 8, 8)], ids=["table", "pictures"])
def test_an_example_may_have_several_labels_or_targets(x, y, outputs):
    data = opened(x, y)
    assert data.outputs == outputs
    assert data.labels.shape == (4, len(outputs))


def test_own_sets_have_the_same_labels():
    x = np.random.default_rng(0).normal(size=(4, 3))
    data = open_dataset((x, [["a"], ["b"], [], ["a"]]), Request(test=(x, [["c"], ["a"], [], ["b"]])))
    assert data.outputs == ("a", "b", "c")
    with pytest.raises(DataError, match="same targets"):
        open_dataset(
            (x.reshape(4, 3, 1)[..., None].astype("uint8"), np.arange(8.0).reshape(4, 2)),
            Request(test=(x.reshape(4, 3, 1)[..., None].astype("uint8"), [1, 2, 3, 4])),
        )
