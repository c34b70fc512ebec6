"""New cells that are no numbers or dates: said where they are few, refused where they are most of a column."""

import re

import numpy as np
import pandas as pd
import pytest

from tests.small import dataset_of
from wizard.core.errors import DataError
from wizard.data.reading import read_examples, read_labelled

N = 12
RANDOM = np.random.default_rng(0)
KNOWN = pd.DataFrame({
    "area": RANDOM.uniform(30, 90, N).round(3),
    "since": pd.date_range("2020-01-01", periods=N, freq="11D").strftime("%Y-%m-%d"),
    "city": ["Bonn", "Ulm"] * (N // 2),
    "price": RANDOM.uniform(100, 900, N).round(2),
})  # fmt: skip


@pytest.fixture(scope="module")
def known():
    return dataset_of(KNOWN, "price")


def new(**columns):
    return KNOWN.drop(columns="price").assign(**columns)


def test_a_table_of_a_german_excel_is_read_as_the_same_table(known, tmp_path, capsys):
    KNOWN.to_csv(tmp_path / "de.csv", sep=";", decimal=",", index=False)
    examples, prices = read_labelled(tmp_path / "de.csv", None, known)
    assert examples.hashes() == known.examples.hashes()
    assert prices.tolist() == known.labels.tolist()
    assert "Decimal commas were read" in capsys.readouterr().out


def test_three_digits_behind_a_decimal_comma_are_no_thousands(known, tmp_path):
    (tmp_path / "de.csv").write_text("area;since;city\n12,345;2020-01-01;Bonn\n")
    assert read_examples(tmp_path / "de.csv", known)[0]["area"] == 12.345


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("area", [f"{50 + i}.5 m2" for i in range(N)], "12 of 12 cells that are no numbers, the first '50.5 m2'"),
        ("area", ["fifty"] + ["40.5"] + [None] * (N - 2), "1 of 2 cells that are no numbers, the first 'fifty'"),
        ("area", [f"{50 + i},5" for i in range(N)], r'decimal=","'),
        ("area", list(pd.date_range("2020", periods=N)), "no numbers"),
        ("since", ["01.05.2021"] * N, "no dates, the first '01.05.2021'.*Write dates as 2021-12-31"),
        ("since", ["05/01/2021"] * N, "no dates"),
        ("since", [1_619_827_200 + i for i in range(N)], "no dates, the first '1619827200'"),
    ],
)
def test_most_of_a_column_that_cannot_be_read_is_one_clear_error(known, tmp_path, column, cells, says):
    frame = new(**{column: cells})
    frame.to_csv(tmp_path / "new.csv", index=False)
    for raw, place in ((frame, "row 0"), (tmp_path / "new.csv", "new.csv line 2")):
        if says.startswith("no numbers") and raw is frame:
            continue
        with pytest.raises(DataError, match=rf"'{column}' must hold .*{says}") as caught:
            read_examples(raw, known)
        assert re.search(rf"in {place}\.", str(caught.value))


def test_a_few_cells_that_cannot_be_read_are_counted_and_the_first_is_quoted(known, capsys):
    frame = new(area=["50.5 m2", "fifty", *["40.5"] * 9, None])
    frame.loc[3, "since"] = "soon"
    examples = read_examples(frame, known)
    assert np.isnan(examples.frame["area"]).sum() == 3
    said = "3 cells count as missing, as they cannot be read: 2 of 'area', the first '50.5 m2' in row 0, "
    assert capsys.readouterr().out == said + "1 of 'since', the first 'soon' in row 3.\n"


def test_infinite_numbers_count_as_missing_and_are_told(known, capsys):
    assert np.isnan(read_examples(new(area=np.inf), known).frame["area"]).all()
    assert "12 cells count as missing" in capsys.readouterr().out


def test_empty_cells_and_unseen_categories_are_nothing_to_tell(known, capsys):
    read_examples(new(area=[None, "", "NA", "-", "none", *["5"] * 7], city="Rome"), known)
    assert capsys.readouterr().out == ""
