import numpy as np
import pandas as pd
import pytest

from wizard.data.columns import read_column
from wizard.data.conforming import conform_column

DAYS = ["2020-01-31", "2021-02-01"]


def read(cells, **options):
    return read_column("a", cells if isinstance(cells, pd.Series) else pd.Series(cells), **options)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.5", "?", "NA", "n/a", "-", "unknown"], [1, 2.5] + [np.nan] * 5),
        (["1,234", "5"], [1234, 5]),
        (["1,234,567.5", "-2"], [1234567.5, -2]),
        ([1, "2", None, 3.5], [1, 2, np.nan, 3.5]),
        ([True, False, None], [1, 0, np.nan]),
        (["True", "false", ""], [1, 0, np.nan]),
        (["12 kg", "3.5 kg"], [12, 3.5]),
        (["90%", "3%"], [90, 3]),
        (["20200131", "20200201"], [20200131, 20200201]),
        ([np.inf, -np.inf, 1.0], [np.nan, np.nan, 1]),
        (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
        (pd.Series([True, None], dtype="boolean"), [1, np.nan]),
        (pd.Series(["3", None], dtype="string"), [3, np.nan]),
        (pd.Series(pd.to_timedelta([1, 2], "h")), [3600, 7200]),
        (pd.Series(pd.arrays.SparseArray([1.0, 0.0])), [1, 0]),
    ],
)
def test_reads_numbers(cells, expected):
    column, values = read(cells)
    assert column.kind == "number"
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", " b ", None, "?"], ["a", "b", "", ""]),
        (["007", "123"], ["007", "123"]),
        ([1, "a", True, 2.5], ["1", "a", "True", "2.5"]),
        (pd.Series([1, 2, None]).astype("category"), ["1", "2", ""]),
        (["none", "unknown", "x"], ["none", "unknown", "x"]),
        (["1.2.3", "1.2.4"], ["1.2.3", "1.2.4"]),
        (["12:30", "13:40"], ["12:30", "13:40"]),
        ([[1], [2]], ["[1]", "[2]"]),
    ],
)
def test_reads_categories(cells, expected):
    column, values = read(cells)
    assert column.kind == "category"
    assert values.tolist() == expected


@pytest.mark.parametrize(
    "cells",
    [
        DAYS,
        ["2020-01-31T00:00:00Z", "2021-02-01 00:00"],
        ["31/01/2020", "01/02/2021"],
        ["01/31/2020", "02/01/2021"],
        ["31.01.2020", "01.02.2021"],
        ["31 Jan 2020", "1 Feb 2021"],
        ["January 31, 2020", "February 1, 2021"],
        ["Jan 31, 2020 12:00 AM", "Feb 1, 2021 12:00 AM"],
        pd.to_datetime(pd.Series(["2020-01-31 01:00", "2021-02-01 01:00"])).dt.tz_localize("Europe/Berlin"),
        [pd.Timestamp("2020-01-31"), pd.Timestamp("2021-02-01").date()],
        pd.Series(pd.PeriodIndex(DAYS, freq="D")),
    ],
)
def test_reads_dates(cells):
    column, values = read(cells)
    assert column.kind == "date"
    assert values.dtype == "datetime64[ns]"
    assert values.tolist() == np.array(DAYS, dtype="datetime64[ns]").tolist()


def test_a_few_bad_cells_among_numbers_are_missing_and_told():
    column, values = read([str(i) for i in range(50)] + ["abc"])
    assert column.kind == "number"
    assert np.isnan(values[-1])
    assert "'abc'" in column.note


def test_a_number_column_with_many_words_stays_a_category_and_says_so():
    column, _ = read(["1", "2", "3", "x"])
    assert column.kind == "category"
    assert "75%" in column.note


def test_an_ambiguous_date_says_how_it_was_read():
    column, _ = read(["01/02/2020", "03/04/2021"])
    assert "either way" in column.note


def test_dates_that_64_bit_cannot_hold_are_missing():
    column, values = read([*(["2020-01-01"] * 30), "9999-12-31"])
    assert column.kind == "date"
    assert np.isnat(values[-1])
    assert "9999" in column.note


def test_decimal_commas_are_read_where_the_file_may_have_them():
    assert read(["1,5", "1.234,25"], decimal_comma=True)[1].tolist() == [1.5, 1234.25]


def test_a_column_of_unique_texts_is_told():
    assert "value is different" in read([f"id-{i}" for i in range(30)])[0].note


@pytest.mark.parametrize("cells", [["31/01/2020", "01/02/2021"], ["1,5", "2,5"], ["3 kg", "4 kg"], ["a", "b"], [1, 2]])
def test_new_cells_are_read_the_same_way(cells):
    column, values = read(cells, decimal_comma=True)
    again = conform_column(column, pd.Series(cells))
    assert again.dtype == values.dtype
    assert again.tolist() == values.tolist()


def test_one_new_date_is_read_day_first_where_the_known_ones_are():
    column, _ = read(["31/01/2020", "01/02/2021"])
    assert conform_column(column, pd.Series(["03/04/2021"])).astype("datetime64[D]").tolist()[0].month == 4


def test_new_cells_that_do_not_fit_are_missing_or_kept():
    assert np.isnan(conform_column(read([1, 2])[0], pd.Series(["x"]))).all()
    assert np.isnat(conform_column(read(DAYS)[0], pd.Series(["x"]))).all()
    assert conform_column(read(["a", "b"])[0], pd.Series(["unseen", 3, 4.0, None])).tolist() == ["unseen", "3", "4", ""]
