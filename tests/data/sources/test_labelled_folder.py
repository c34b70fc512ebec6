import numpy as np
import pandas as pd
import pytest
from PIL import Image

from wizard.core.errors import ColumnError, DataError
from wizard.data.opening import Request, open_dataset


@pytest.fixture
def root(tmp_path, random):
    root = tmp_path / "rooms"
    (root / "pictures").mkdir(parents=True)
    for i in range(4):
        Image.fromarray(random.integers(0, 255, (6, 5), dtype=np.uint8)).save(root / "pictures" / f"{i}.png")
    write(root, file=[f"{i}.png" for i in range(4)], price=[1.5, 2, 3, 4])
    return root


def write(root, **columns):
    pd.DataFrame(columns).to_csv(root / "labels.csv", index=False)


def test_the_table_labels_the_pictures(root):
    dataset = open_dataset(root, Request())
    assert dataset.labels.tolist() == [1.5, 2, 3, 4]
    assert (dataset.target, dataset.where[0]) == ("price", "pictures/0.png")
    assert dataset.examples[0].shape == (6, 5, 1)


@pytest.mark.parametrize("form", ["pictures/{}.png", "{}", "./pictures/{}.png", "pictures\\{}.png"])
def test_files_may_be_called_in_several_ways(root, form):
    write(root, id=[form.format(i) for i in range(4)], kind=list("abab"))
    assert open_dataset(root, Request()).labels.tolist() == list("abab")


def test_rows_without_picture_and_pictures_without_row_are_left_out(root):
    write(root, file=["0.png", "1.png", "2.png", "9.png"], price=[1, 2, 3, 4])
    dataset = open_dataset(root, Request())
    assert [gone.where for gone in dataset.left_out] == ["labels.csv line 5", "pictures/3.png"]
    assert len(dataset) == 3


def test_further_columns_may_play_a_part(root):
    write(root, file=[f"{i}.png" for i in range(4)], price=[1, 2, 3, 4], camera=list("aabb"))
    assert open_dataset(root, Request(group="camera")).group.tolist() == list("aabb")
    with pytest.raises(ColumnError, match="'price', 'camera'"):
        open_dataset(root, Request())
    with pytest.raises(ColumnError, match="Did you mean 'price'"):
        open_dataset(root, Request(target="prise"))


def test_two_tables_are_one_too_many(root):
    (root / "more.csv").write_bytes((root / "labels.csv").read_bytes())
    with pytest.raises(DataError, match="one table of labels"):
        open_dataset(root, Request())
