import numpy as np
import pandas as pd
import pytest

from wizard.core.errors import DataError, NotAvailableError
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


def test_dates_and_several_labels_are_refused():
    with pytest.raises(DataError, match="dates"):
        read(pd.to_datetime(pd.Series(["2020-01-01"])))
    with pytest.raises(NotAvailableError, match="several"):
        read([["a", "b"], ["c"]])


def test_one_value_only_is_refused_with_value_and_count():
    with pytest.raises(DataError, match=r"'cat' in all 3 examples"):
        check_labels(np.array(["cat"] * 3), "y", 0)
    with pytest.raises(DataError, match="two labelled"):
        check_labels(np.array([1.0]), "y", 5)
