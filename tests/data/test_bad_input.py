"""Each kind of bad input gets one clear error, or is left out and listed."""

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.small import dataset_of
from wizard.core.errors import ColumnError, DataError, NotAvailableError
from wizard.data.copies import find_copies
from wizard.data.split import draw_split
from wizard.data.task import infer_task

N = 60
random = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": random.normal(size=N), "y": ["p", "q"] * (N // 2)})
CSV = FRAME.to_csv(index=False)


def split_of(dataset):
    task = infer_task(dataset.labels, dataset.target, None, dataset.modality)
    return draw_split(dataset, task, find_copies(dataset, 0).sets, 0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "without any text"),
        (b"a,y\n", "none"),
        (CSV.encode("utf-16-le"), r"zero bytes.*UTF-8"),
        (bytes(random.integers(1, 256, 5000, dtype=np.uint8)), "binary content"),
        (b"PK\x03\x04", "Excel or zip"),
        (b"a,a,y\n1,2,3\n", "more than once: 'a'"),
        (",".join(f"c{i}" for i in range(100_000)).encode() + b"\n", r"20,000 columns.*100,000"),
    ],
)
def test_a_csv_that_is_no_table_gets_a_clear_error(tmp_path, content, says):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=says):
        dataset_of(tmp_path / "t.csv", "y")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "cp1252"])
def test_a_csv_in_another_encoding_is_read(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes("größe,y\n1,ä\n2,b\n".encode(encoding))
    dataset = dataset_of(tmp_path / "t.csv", "y")
    assert dataset.labels.tolist() == ["ä", "b"]
    assert dataset.columns[0].name == "größe"


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (["p"] * N, "at least two values"),
        ([1.0] * N, "at least two values"),
        ([np.nan] * N, "0 with a value of 'y'"),
        ([f"{i} kg" for i in range(N)], "Take the unit off"),
        (1j * np.arange(N), "complex"),
        (["x" * 1000, "y" * 1000] * (N // 2), "at most 500 characters"),
        (pd.period_range("2020", periods=N, freq="D"), "dates or durations"),
        (pd.date_range("2020", periods=N, tz="Europe/Berlin"), "dates or durations"),
        ([*range(N - 1), "many"], "no numbers: 'many'"),
    ],
)
def test_a_target_that_cannot_be_learnt_gets_a_clear_error(y, says):
    with pytest.raises(DataError, match=says):
        dataset_of(FRAME.assign(y=y), "y")


@pytest.mark.parametrize(
    ("y", "classes", "n_left_out"),
    [
        ([0.5, 1.5, np.nan] * 20, {0.5, 1.5}, 20),
        ([1.0, 2.0, np.inf] * 20, {1.0, 2.0}, 20),
        ([b"p", b"q"] * 30, {"p", "q"}, 0),
        ([True, False] * 30, {"True", "False"}, 0),
        (pd.array([True, None, False] * 20, "boolean"), {"True", "False"}, 20),
        (pd.array([1, None, 2] * 20, "Int64"), {1.0, 2.0}, 20),
        (pd.array(["p", None, "q"] * 20, "string"), {"p", "q"}, 20),
        (pd.array(["p", None, "q"] * 20, "string[pyarrow]"), {"p", "q"}, 20),
        (pd.array([1, None, 2] * 20, "int64[pyarrow]"), {1.0, 2.0}, 20),
        (pd.Categorical(["p", "q"] * 30, categories=["p", "q", "unused"]), {"p", "q"}, 0),
        (pd.arrays.SparseArray([0, 0, 1] * 20), {0.0, 1.0}, 0),
        ([1, "x", None] * 20, {"1", "x"}, 20),
    ],
)
def test_labels_of_every_type_are_read_and_the_lost_ones_listed(y, classes, n_left_out):
    dataset = dataset_of(FRAME.assign(y=y), "y")
    assert set(dataset.labels.tolist()) == classes
    assert len(dataset.left_out) == n_left_out


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (pd.array([1, None, 2] * 20, "Int64"), "number"),
        (pd.array([1, None, 2] * 20, "int64[pyarrow]"), "number"),
        (pd.arrays.SparseArray([0.0, 1.0, np.nan] * 20), "number"),
        (np.ma.array(np.arange(N), mask=[True, False] * 30), "number"),
        (np.arange(N, dtype=">i4"), "number"),
        (np.arange(N, dtype=np.longdouble), "number"),
        (pd.date_range("2020", periods=N, tz="Europe/Berlin"), "date"),
        (pd.array(pd.date_range("2020", periods=N).date, "date32[pyarrow]"), "date"),
        (pd.to_timedelta(np.arange(N), unit="h").astype("duration[s][pyarrow]"), "number"),
        (["x" * 100_000 + str(i % 3) for i in range(N)], "category"),
        ([1, "x", None, 2.5, True, b"b"] * 10, "category"),
        (pd.Categorical(["p", "q"] * 30, categories=["p", "q", "unused"]), "category"),
    ],
)
def test_cells_of_every_type_are_read(cells, kind):
    column = {"b": cells} if isinstance(cells, np.ndarray) else {"b": pd.Series(cells)}
    dataset = dataset_of({**{name: FRAME[name] for name in FRAME}, **column}, "y")
    assert dataset.columns[1].kind == kind
    if isinstance(cells, np.ma.MaskedArray):
        assert dataset.examples.frame["b"].isna().sum() == 30


def test_complex_numbers_are_refused_at_every_place():
    values = 1j * np.arange(N)
    for frame, options in ((FRAME.assign(b=values), {}), (FRAME, {"weight": values}), (FRAME, {"time": values})):
        with pytest.raises(DataError, match="complex"):
            dataset_of(frame, "y", **options)
    with pytest.raises(DataError, match="complex"):
        dataset_of((values[:, None], FRAME["y"]))


def test_columns_without_a_value_are_kept_out_and_told():
    assert "'e', 'f'" in dataset_of(FRAME.assign(e=np.nan, f=None), "y").notes[0]
    with pytest.raises(DataError, match="constant or empty ones: 'e'"):
        dataset_of(FRAME[["y"]].assign(e=np.nan), "y")


def test_a_class_with_one_example_works_and_few_rows_say_how_many_are_needed():
    dataset = dataset_of(pd.concat([FRAME, pd.DataFrame({"a": [1.0], "y": ["z"]})]), "y")
    split = split_of(dataset)
    assert len(dataset) - 1 in split.train
    with pytest.raises(DataError, match="At least 4 usable examples"):
        split_of(dataset_of(FRAME[:2], "y"))


def test_many_rare_classes_still_leave_rows_to_decide_on():
    dataset = dataset_of(pd.DataFrame({"a": np.arange(4000.0), "y": [f"c{i % 2000}" for i in range(4000)]}), "y")
    split = split_of(dataset)
    assert len(split.validation) == len(split.test) == 600
    assert len(set(dataset.labels[split.train])) == 2000


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (FRAME.set_axis(pd.MultiIndex.from_tuples([("g", "a"), ("", "y")]), axis=1), ["g / a"]),
        (FRAME.rename(columns={"a": 7}), ["7"]),
        (FRAME.set_index(np.zeros(N, int)), ["a"]),
    ],
)
def test_names_and_indices_of_every_kind_are_read(frame, names):
    assert [column.name for column in dataset_of(frame, "y").columns] == names


def test_names_that_agree_as_text_are_refused():
    with pytest.raises(ColumnError, match="more than once: '1'"):
        dataset_of(FRAME.assign(b=1).set_axis([1, "1", "y"], axis=1), "y")


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (-np.ones(N), r"Received: -1\.0 in row 0"),
        (np.ma.array(np.ones(N), mask=[True] + [False] * (N - 1)), "nan in row 0"),
        (np.ones(3), "3 values"),
        (np.ones((N, 2)), "2 dimensions"),
        ([[1], [1, 2]] * 30, "different lengths"),
    ],
)
def test_weights_that_cannot_be_get_a_clear_error(weight, says):
    with pytest.raises(DataError, match=says):
        dataset_of(FRAME, "y", weight=weight)


def test_groups_and_times_that_leave_a_set_empty_get_a_clear_error():
    with pytest.raises(DataError, match="2 groups leave one of the sets empty"):
        split_of(dataset_of(FRAME, "y", group=[0, 1] * 30))
    with pytest.raises(DataError, match="`time` must take enough values"):
        split_of(dataset_of(FRAME, "y", time=np.ones(N)))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ((np.ones((3, 2)), [0, 1]), "Received: 3 and 2"),
        ((np.ones((0, 2)), []), "rows and columns"),
        (([[1, 2], ["a", "b", "c"]], [0, 1]), "Series are"),
        ({"a": [1, 2], "y": [1]}, "2 in 'a', 1 in 'y'"),
        ({"a": "ab", "y": [0, 1]}, "str under 'a'"),
        ({"a": np.ones((2, 2)), "y": [0, 1]}, "shape"),
    ],
)
def test_arrays_that_do_not_fit_get_a_clear_error(raw, says):
    with pytest.raises((DataError, NotAvailableError), match=says):
        dataset_of(raw, "y")


def test_half_a_character_gets_a_clear_error():
    with pytest.raises(DataError, match="half of a pair"):
        dataset_of({"a": ["\ud800", "b", "c"], "y": [0, 1, 0]}, "y")
    with pytest.raises(DataError, match="half of a pair"):
        dataset_of((np.eye(3), ["\ud800", "b", "c"]))


def test_lists_in_cells_are_read_as_text_and_told():
    assert "lists or dicts" in dataset_of((np.array([[1, 2], "x"], dtype=object), [0, 1])).notes[0]


def test_an_unreadable_picture_is_left_out(class_folders):
    (class_folders / "cat" / "3.png").write_bytes(b"no picture")
    os.symlink("4.png", class_folders / "cat" / "4.png")
    dataset = dataset_of(class_folders)
    assert [gone.where for gone in dataset.left_out] == ["cat/3.png", "cat/4.png"]


def test_links_to_folders_are_followed_and_loops_are_not(class_folders, tmp_path):
    (tmp_path / "more").mkdir()
    Image.new("RGB", (6, 5)).save(tmp_path / "more" / "7.png")
    os.symlink(tmp_path / "more", class_folders / "dog" / "more")
    os.symlink(class_folders, class_folders / "dog" / "loop")
    dataset = dataset_of(class_folders)
    assert len(dataset) == 7
    assert "dog/more/7.png" in dataset.where


def test_paths_that_lead_nowhere_useful_get_a_clear_error(tmp_path):
    os.symlink("loop", tmp_path / "loop")
    with pytest.raises(DataError, match="leads nowhere or to itself"):
        dataset_of(tmp_path / "loop")
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(DataError, match="empty"):
        dataset_of(tmp_path / "t.csv", "y")
    (tmp_path / "t.csv" / "part.csv").write_text(CSV)
    with pytest.raises(DataError, match="needs its file"):
        dataset_of(tmp_path / "t.csv", "y")


def test_what_may_not_be_read_is_named(class_folders, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", forbidden)  # rights do not bind the administrator who may run this
    with pytest.raises(DataError, match=r"readable.*Permission denied"):
        dataset_of(class_folders)
