import numpy as np
import pandas as pd
import pytest
from PIL import Image

from wizard.core.errors import ColumnError, DataError
from wizard.data.opening import Request, open_dataset, read_examples, read_labelled


@pytest.fixture
def table(people):
    return open_dataset(people, Request(target="income"))


@pytest.fixture
def pets(class_folders):
    return open_dataset(class_folders, Request())


def rows(examples):
    return [{name: str(cell) for name, cell in examples[i].items()} for i in range(len(examples))]


def test_rows_come_back_as_they_were_opened(table, people, tmp_path):
    people.to_csv(tmp_path / "new.csv", index=False)
    expected = rows(table.examples)
    for raw in (people, people.drop(columns="income"), dict(people), tmp_path / "new.csv", people.to_dict("records")):
        assert rows(read_examples(raw, table)) == expected


def test_one_row_as_a_dict_is_one_example(table):
    assert rows(read_examples(table.examples[3], table)) == rows(table.examples)[3:4]


def test_unlabelled_rows_are_kept_here(table, people):
    people["income"] = None
    assert len(read_examples(people, table)) == 6


def test_missing_columns_are_named(table, people):
    with pytest.raises(ColumnError, match="without 'age', 'since'"):
        read_examples(people[["city"]], table)


def test_unseen_categories_are_kept_and_further_columns_passed_over(table):
    new = pd.DataFrame({"age": [None], "city": ["Rome"], "since": ["unknown"], "more": [1]})
    row = read_examples(new, table)[0]
    assert np.isnan(row["age"])
    assert pd.isna(row["since"])
    assert row["city"] == "Rome"


def test_an_array_is_read_by_position():
    x = np.array([[0, 1, 5], [0, 2, 6], [0, 3, 5.5]])  # the first feature is constant, and kept out
    dataset = open_dataset((x, [0, 1, 0]), Request())
    assert read_examples(x, dataset)[1] == {"feature 2": 2.0, "feature 3": 6.0}
    with pytest.raises(DataError, match=r"\(n, d\)"):
        read_examples(x[0], dataset)


def test_a_broken_line_is_refused_not_dropped(table, tmp_path):
    (tmp_path / "new.csv").write_text("age,city,since\n1,Bonn,2020-01-01\n2\n")
    with pytest.raises(DataError, match="line 3"):
        read_examples(tmp_path / "new.csv", table)


def test_pictures_come_back_as_they_were_opened(pets, class_folders):
    paths = sorted(class_folders.glob("*/*.png"), key=lambda p: (p.parent.name, int(p.stem)))
    images = [Image.open(path) for path in paths]
    arrays = [np.asarray(image) for image in images]
    for raw in (class_folders, paths, list(map(str, paths)), images, arrays, np.stack(arrays)):
        read = read_examples(raw, pets)
        assert read.hashes() == pets.examples.hashes()
        np.testing.assert_array_equal(read[4], pets.examples[4])


def test_one_picture_is_one_example(pets, class_folders):
    path = class_folders / "cat" / "1.png"
    for raw in (path, str(path), np.asarray(Image.open(path)), Image.open(path), [path]):
        np.testing.assert_array_equal(read_examples(raw, pets)[0], pets.examples[0])


def test_new_pictures_take_the_known_channels(pets):
    grey = open_dataset((np.arange(40, dtype=np.uint8).reshape(2, 4, 5), [0, 1]), Request())
    assert read_examples([pets.examples[0]], grey)[0].shape == (6, 5, 1)
    assert read_examples(grey.examples.pixels, pets)[0].shape == (4, 5, 3)


def test_one_colour_picture_of_the_known_size_is_one_beside_grey_ones():
    grey = open_dataset((np.arange(40, dtype=np.uint8).reshape(2, 4, 5), [0, 1]), Request())
    one = read_examples(np.full((4, 5, 3), 7, np.uint8), grey)
    assert one[0].tolist() == np.full((4, 5, 1), 7).tolist()
    assert len(one) == 1
    assert len(read_examples(np.zeros((4, 5, 4), np.uint8), grey)) == 1
    assert len(read_examples(np.zeros((9, 5, 3), np.uint8), grey)) == 9
    narrow = open_dataset((np.arange(18, dtype=np.uint8).reshape(2, 3, 3), [0, 1]), Request())
    assert len(read_examples(np.zeros((3, 3, 3), np.uint8), narrow)) == 3


@pytest.mark.parametrize("name", ["n.xlsx", "n.txt", "n"])
def test_a_file_that_is_no_table_is_named_with_the_way_out(table, tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    for raw, says in ((tmp_path / name, "save it as CSV"), (tmp_path, "name the file in it")):
        with pytest.raises(DataError, match=r"Tables end in \.csv, .*, which is .*") as caught:
            read_examples(raw, table)
        assert str(raw) in str(caught.value)
        assert says in str(caught.value)


def test_files_of_a_folder_that_are_no_pictures_are_counted(pets, class_folders, capsys):
    for name in ("j.heic", "i_nosuffix"):
        (class_folders / name).write_bytes(b"x")
    assert len(read_examples(class_folders, pets)) == 6
    assert capsys.readouterr().out == "Files that are no pictures were passed over: 1 .heic, 1 without a suffix.\n"


def test_new_pictures_take_the_known_scale():
    whole = np.arange(40, dtype=np.uint8).reshape(2, 4, 5)
    shares = open_dataset((whole / 255, [0, 1]), Request())
    np.testing.assert_allclose(read_examples(whole, shares)[1], shares.examples[1], atol=1e-7)
    bytes_ = open_dataset((whole, [0, 1]), Request())
    with pytest.raises(DataError, match="one scale"):
        read_examples(whole / 255, bytes_)


def test_an_unreadable_picture_is_named(pets, class_folders):
    (class_folders / "cat" / "2.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"2\.png"):
        read_examples(class_folders, pets)


def test_labels_are_read_as_the_known_ones(table, people, pets, class_folders):
    examples, labels = read_labelled(people, None, table)
    assert (len(examples), labels.tolist()) == (6, people["income"].tolist())
    assert read_labelled(people, people["income"], table)[1].tolist() == labels.tolist()
    assert read_labelled(class_folders, None, pets)[1].tolist() == pets.labels.tolist()
    numbers = open_dataset((np.arange(4)[:, None], [1, 2, 3, 4]), Request())
    assert read_labelled([[1], [2]], ["1", "2"], numbers)[1].tolist() == [1.0, 2.0]


def test_labels_that_lack_are_refused(table, people):
    with pytest.raises(DataError, match="6 examples, 2 labels"):
        read_labelled(people, ["low", "high"], table)
    with pytest.raises(DataError, match="rows 1"):
        read_labelled(people, ["low", None] + ["low"] * 4, table)
    with pytest.raises(ColumnError, match="target"):
        read_labelled(people.drop(columns="income"), None, table)
