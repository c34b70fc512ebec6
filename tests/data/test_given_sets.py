import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.small import dataset_of
from wizard.core.errors import DataError

X, Y = np.arange(8.0).reshape(4, 2), [0, 1, 0, 1]


def test_frames_in_a_dict_are_the_sets(people):
    dataset = dataset_of({"train": people, "val": people[:2], "test": people[::-1]}, "income")
    same = dataset_of(people, "income", validation=people[:2], test=people[::-1])
    assert dataset.part.tolist() == [0] * 6 + [1] * 2 + [2] * 6
    assert dataset.fingerprint == same.fingerprint


@pytest.mark.parametrize("validation", [(X, Y), (X[:2], Y[:2])])
def test_pairs_in_a_dict_are_the_sets(validation):
    dataset = dataset_of({"train": (X, Y), "validation": validation})
    assert dataset.part.tolist() == [0] * 4 + [1] * len(validation[0])


def test_paths_in_a_dict_are_the_sets(people, tmp_path, class_folders):
    people.to_csv(tmp_path / "a.csv", index=False)
    people.to_csv(tmp_path / "b.csv", index=False)
    dataset = dataset_of({"train": str(tmp_path / "a.csv"), "test": [tmp_path / "b.csv"]}, "income")
    assert dataset.part.tolist() == [0] * 6 + [2] * 6
    for label in ("cat", "dog"):
        (tmp_path / "more" / label).mkdir(parents=True)
        Image.new("RGB", (6, 5)).save(tmp_path / "more" / label / "1.png")
    assert dataset_of({"train": class_folders, "test": tmp_path / "more"}).part.tolist() == [0] * 6 + [2] * 2


@pytest.mark.parametrize("german", ["main", "validation", "shard"])
def test_files_of_two_notations_are_read_each_as_it_is_written(german, tmp_path):
    numbers = pd.DataFrame({"size": [1.5, 2.25, np.nan, 1234.5, 5.0], "name": ["a", "b", "a,b", "1,5", "b"],
                            "price": [0.5, 1.75, 2.0, 1.234, 5.5]})  # fmt: skip
    numbers.to_csv(tmp_path / "points.csv", index=False)
    numbers.to_csv(tmp_path / "commas.csv", index=False, sep=";", decimal=",")
    files = tmp_path / "points.csv", tmp_path / "commas.csv"
    expected = dataset_of(numbers, "price", validation=numbers)
    if german == "shard":
        dataset = dataset_of([*files], "price")
    else:
        first, second = files if german == "validation" else files[::-1]
        dataset = dataset_of(first, "price", validation=second)
    assert [column.kind for column in dataset.columns] == ["number", "category"]
    assert dataset.labels.tolist() == expected.labels.tolist()
    assert [str(dataset.examples[i]) for i in range(10)] == [str(expected.examples[i]) for i in range(10)]
    assert any("decimal commas read in 'size'" in note for note in dataset.notes)


def test_columns_called_like_sets_stay_columns():
    dataset = dataset_of({"train": [1, 2, 3], "test": ["a", "b", "a"]}, "test")
    assert [column.name for column in dataset.columns] == ["train"]
    dataset = dataset_of({"train": np.arange(3.0), "test": pd.Series(["a", "b", "a"])}, "test")
    assert dataset.labels.tolist() == ["a", "b", "a"]


def test_a_set_given_twice_is_one_error(people):
    with pytest.raises(DataError, match="`test` must not be given twice"):
        dataset_of({"train": people, "test": people}, "income", test=people)
    with pytest.raises(DataError, match="'val', 'validation'"):
        dataset_of({"train": people, "val": people, "validation": people}, "income")


def test_sets_need_known_names_and_one_to_train_on(people):
    with pytest.raises(DataError, match=r'one to train on, "train".*\'test\''):
        dataset_of({"test": people}, "income")
    with pytest.raises(DataError, match=r"'train', 'tets'.*Did you mean 'test'"):
        dataset_of({"train": people, "tets": people}, "income")
    with pytest.raises(DataError, match="'one', 'two'"):
        dataset_of({"one": people, "two": people}, "income")


def test_what_is_no_set_is_named(people):
    with pytest.raises(DataError, match="Received: list under 'test'"):
        dataset_of({"train": people, "test": [1, 2]}, "income")
    with pytest.raises(DataError, match="DataFrame of shape"):
        dataset_of({"train": {"train": people}}, "income")
