import numpy as np
import pandas as pd
import pytest

from wizard.core.errors import DataError
from wizard.data.labels import check_labels, read_labels


def read(cells, **options):
    return read_labels("y", cells if isinstance(cells, pd.Series) else pd.Series(cells), **options)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2], [1.0, 2.0]),
        (["1", "2"], [1.0, 2.0]),
        ([True, False], ["True", "False"]),
        (["a", 1], ["a", "1"]),
        (["007", "001"], ["007", "001"]),
        (["4 cyl", "6 cyl"], ["4 cyl", "6 cyl"]),
        (pd.Series([3, 1]).astype("category"), ["3", "1"]),
        (pd.Series([3, 1], dtype="Int64"), [3.0, 1.0]),
        (["none", "some"], ["none", "some"]),
    ],
)
def test_labels_are_numbers_or_names(cells, expected):
    values = read(cells).values
    assert values.tolist() == expected
    assert values.dtype.kind in "fU"


@pytest.mark.parametrize("cells", [[1.0, np.nan], ["a", None], ["a", ""], ["a", pd.NA], [1, np.inf]])
def test_missing_labels_are_marked(cells):
    assert [bool(why) for why in read(cells).missing] == [False, True]


def test_question_marks_are_missing_in_files_only():
    assert read(["a", "?"], from_text=True).missing[1] == "no label"
    assert read(["a", "?"]).values[1] == "?"


def test_a_quantity_with_a_stray_word_is_an_error_that_names_it():
    with pytest.raises(DataError, match="'broken'"):
        read([*map(str, range(100)), "broken"])


def test_a_quantity_with_dashes_for_nothing_is_fine():
    assert read([*map(str, range(100)), "-"], from_text=True).values.dtype.kind == "f"


def test_a_quantity_with_units_is_an_error():
    with pytest.raises(DataError, match="plain number"):
        read([f"{i} kg" for i in range(30)])


def test_dates_are_refused():
    with pytest.raises(DataError, match="dates"):
        read(pd.to_datetime(pd.Series(["2020-01-01"])))


def test_lists_of_labels_become_columns_of_0_and_1():
    labels = read([["b", "a"], [], None, {"c"}, np.array(["a"]), ("c", "c")])
    assert labels.outputs == ("a", "b", "c")
    assert labels.values.tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1]]
    assert labels.missing.tolist() == ["", "", "no label", "", "", ""]


@pytest.mark.parametrize("cell", ["a", 3, {"a": 1}])
def test_among_lists_of_labels_every_cell_must_be_one(cell):
    with pytest.raises(DataError, match="row 1"):
        read([["a", "b"], cell])


def test_several_columns_are_several_targets():
    frame = pd.DataFrame({"u": [1.5, np.nan, 2], "v": ["3", "4", "5"], "w": [True, False, None]})
    labels = read_labels("u, v, w", frame)
    assert labels.outputs == ("u", "v", "w")
    assert labels.missing.tolist() == ["", "no label", "no label"]
    assert labels.values[0].tolist() == [1.5, 3, 1]


def test_several_columns_of_words_are_refused():
    with pytest.raises(DataError, match="words in 'v'"):
        read_labels("u, v", pd.DataFrame({"u": [1, 2], "v": ["cat", "dog"]}))


def test_one_value_only_is_refused_with_value_and_count():
    with pytest.raises(DataError, match=r"'cat' in all 3 examples"):
        check_labels(np.array(["cat"] * 3), "y", 0)
    with pytest.raises(DataError, match="two labelled"):
        check_labels(np.array([1.0]), "y", 5)
