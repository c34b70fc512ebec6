import numpy as np
import pandas as pd
import pytest

from tests.small import as_rows, dataset_of, some_series
from wizard.core.errors import ColumnError, DataError
from wizard.data.reading import read_examples, read_labelled

SERIES, LABELS = some_series(12)
LONG = as_rows(SERIES, LABELS)


@pytest.fixture(scope="module")
def arrays():
    return dataset_of((SERIES, LABELS))


@pytest.fixture(scope="module")
def table():
    return dataset_of(LONG, "label", modality="series", group="run", time="ms")


def same(one, other):
    return len(one) == len(other) and all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_arrays_come_as_many_or_as_one(arrays):
    assert same(read_examples(SERIES[:3], arrays), SERIES[:3])
    assert same(read_examples(np.stack([one[:20] for one in SERIES]), arrays), [one[:20] for one in SERIES])
    assert same(read_examples(SERIES[0], arrays), SERIES[:1])
    assert len(read_examples([], arrays)) == 0
    single = dataset_of((np.random.default_rng(0).normal(size=(6, 9, 1)), ["a", "b"] * 3))
    for one in (np.arange(5.0), [0.0, 1, 2, 3, 4]):
        assert same(read_examples(one, single), [np.arange(5.0)[:, None]])
    assert len(read_examples(np.zeros((4, 9)), single)) == 4


def test_no_series_is_dropped(arrays):
    empty = np.full((4, 2), np.nan)
    assert [len(one) for one in read_examples([SERIES[0], empty], arrays)] == [len(SERIES[0]), 0]


def test_rows_are_read_as_the_known_ones(table, tmp_path):
    LONG.drop(columns="label").to_csv(tmp_path / "new.csv", index=False)
    for raw in (LONG, LONG.drop(columns="label"), tmp_path / "new.csv", LONG.sample(frac=1, random_state=1)):
        found = read_examples(raw, table)
        assert sorted(found.hashes()) == sorted(table.examples.hashes())
    x, y = read_labelled(LONG, None, table)
    assert y.tolist() == table.labels.tolist()
    assert same(x, table.examples)


def test_a_series_a_row_is_read_as_the_known_ones():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(8, 6)), columns=[f"x_{i}" for i in range(6)])
    known = dataset_of(frame.assign(label=["a", "b"] * 4), "label", modality="series")
    assert same(read_examples(frame.iloc[::-1, ::-1], known), known.examples.take(np.arange(8)[::-1]))
    assert read_labelled(frame.assign(label="a"), None, known)[1].tolist() == ["a"] * 8


def test_what_is_unlike_the_known_ones_is_refused(arrays, table):
    with pytest.raises(DataError, match="2 channels"):
        read_examples(np.zeros((3, 20, 1)), arrays)
    with pytest.raises(DataError, match="must be arrays"):
        read_examples(LONG, arrays)
    with pytest.raises(ColumnError, match="'y'"):
        read_examples(LONG.drop(columns="y"), table)
    with pytest.raises(DataError, match="need y"):
        read_labelled(SERIES, None, arrays)


def test_rows_of_no_series_are_counted_and_series_keep_their_ids(table, capsys):
    new = LONG.drop(columns="label").astype({"run": object})
    new.loc[[4, 5], "run"] = None
    examples = read_examples(new, table)
    assert examples.ids == tuple(f"r{i}" for i in range(12))
    assert "2 rows have no value of 'run' or 'ms' and belong to no series: passed over, the first: row 4." in (
        capsys.readouterr().out
    )
    new.loc[new["run"] == "r5", "ms"] = None
    with pytest.raises(DataError, match="none with one in run 'r5'"):
        read_examples(new, table)


def test_a_channel_of_words_is_refused_and_decimal_commas_are_read(table, tmp_path):
    with pytest.raises(DataError, match=r"'x' must hold numbers.*'high' in row 0"):
        read_examples(LONG.assign(x="high"), table)
    LONG.to_csv(tmp_path / "de.csv", sep=";", decimal=",", index=False)
    assert read_labelled(tmp_path / "de.csv", None, table)[0].hashes() == table.examples.hashes()
