import numpy as np
import pytest

from tests.small import dataset_of, some_digits, some_rows, some_series, some_texts
from wizard.core.errors import DataError, OptionError
from wizard.data.synthetic import NOBODY, read_synthetic

KNOWN = np.arange(30)
SETS = {
    "image": lambda: (some_digits(40), lambda one, random: np.roll(one, 1, axis=1)),
    "table": lambda: (some_rows(40), lambda row, random: {**row, "age": (row["age"] or 0) + random.normal()}),
    "text": lambda: (some_texts(40), lambda text, random: f"{text} again"),
    "series": lambda: (some_series(40), lambda series, random: series + random.normal(0, 0.01, series.shape)),
}


def opened(kind):
    raw, function = SETS[kind]()
    return dataset_of(raw, target="bought" if kind == "table" else None), function


@pytest.mark.parametrize("kind", SETS)
def test_a_function_makes_an_example_of_each_known_one(kind):
    dataset, function = opened(kind)
    made = read_synthetic(function, dataset, KNOWN, 0)
    assert made.is_made
    assert made.parents.tolist() == KNOWN.tolist(), "sealed rows are not shown to it"
    assert made.labels.tolist() == dataset.labels[KNOWN].tolist()
    assert made.key == read_synthetic(function, dataset, KNOWN, 0).key
    assert len(set(made.examples.hashes()) & set(dataset.examples.hashes())) < 3


def test_given_examples_that_equal_rows_are_trained_on_only_where_those_are():
    dataset = dataset_of(some_digits(40))
    x, y = some_digits(42)
    given = read_synthetic((x[[2, 35, 40, 41]], y[[2, 35, 40, 41]]), dataset, KNOWN, 0)
    assert given.parents.tolist() == [2, NOBODY, NOBODY]
    assert given.n_left_out == 1, "row 35 is sealed"


def test_what_is_no_example_is_refused():
    dataset = dataset_of(some_digits(40))
    with pytest.raises(OptionError, match=r"failed on .*ZeroDivisionError.*function\(example, random\)"):
        read_synthetic(lambda one, random: 1 / 0, dataset, KNOWN, 0)
    with pytest.raises(OptionError, match="what the function returned cannot be read"):
        read_synthetic(lambda one, random: "a word", dataset, KNOWN, 0)
    with pytest.raises(DataError, match="synthetic"):
        read_synthetic(some_digits(3)[0], dataset, KNOWN, 0)
    with pytest.raises(DataError, match="at least one"):
        read_synthetic((np.empty((0, 8, 8), "uint8"), np.empty(0, "int64")), dataset, KNOWN, 0)
