import datetime

import numpy as np
import pandas as pd
import pytest

from wizard.data.cells import distinct_texts, text_of


@pytest.mark.parametrize("value", [3, 3.0, "3", " 3 ", np.int8(3), np.float32(3), b"3"])
def test_the_same_value_gives_the_same_text(value):
    assert text_of(value) == "3"


@pytest.mark.parametrize("value", [None, np.nan, pd.NaT, pd.NA, "", "  ", np.datetime64("NaT")])
def test_nothing_is_empty_text(value):
    assert text_of(value) == ""


def test_dates_are_written_in_iso_order():
    assert text_of(datetime.date(2020, 1, 31)) == "2020-01-31"


def test_indices_lead_back_to_the_texts():
    codes, texts = distinct_texts(pd.Series(["b", "a", None, "b "]))
    assert texts[codes].tolist() == ["b", "a", "", "b"]


def test_one_and_true_stay_apart():
    codes, texts = distinct_texts(pd.Series([1, True, 1.0], dtype=object))
    assert texts[codes].tolist() == ["1", "True", "1"]
