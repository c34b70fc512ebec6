import numpy as np
import pandas as pd
import pytest

from wizard.core.errors import ColumnError, DataError
from wizard.data.opening import Request, open_dataset

ASK = Request(target="income")


def test_a_frame_is_typed_and_named(people):
    dataset = open_dataset(people, ASK)
    assert [(c.name, c.kind) for c in dataset.columns] == [("age", "number"), ("city", "category"), ("since", "date")]
    assert dataset.examples[3]["city"] == ""
    assert dataset.labels.tolist() == ["low", "high"] * 3
    assert dataset.where[5] == "row 5"


@pytest.mark.parametrize("name", ["people.csv", "people.tsv", "people.parquet"])
def test_a_file_gives_the_same_rows_as_the_frame(people, tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".parquet":
        people.to_parquet(path)
    else:
        people.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    dataset = open_dataset(str(path), ASK)
    assert dataset.fingerprint == open_dataset(people, ASK).fingerprint
    assert dataset.name == "people"


def test_a_missing_target_lists_the_columns_and_the_call(people):
    with pytest.raises(ColumnError, match=r"'age', 'city', 'since', 'label'.*target='label'"):
        open_dataset(people.rename(columns={"income": "label"}), Request())
    with pytest.raises(ColumnError, match="Did you mean 'income'"):
        open_dataset(people, Request(target="incme"))


def test_rows_without_a_label_are_left_out_and_listed(people, tmp_path):
    people.loc[[1, 4], "income"] = None
    dataset = open_dataset(people, ASK)
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [("row 1", "no label"), ("row 4", "no label")]
    people.to_csv(tmp_path / "t.csv", index=False)
    dataset = open_dataset(tmp_path / "t.csv", ASK)
    assert [gone.where for gone in dataset.left_out] == ["t.csv line 3", "t.csv line 6"]
    assert len(dataset) == 4


def test_own_sets_are_appended_unaltered(people):
    dataset = open_dataset(people, Request(target="income", validation=people[:2], test=people[::-1]))
    assert dataset.part.tolist() == [0] * 6 + [1] * 2 + [2] * 6
    assert dataset.examples[13] == dataset.examples[0]
    assert dataset.where[6] == "validation row 0"
    with pytest.raises(ColumnError, match=r"test set.*'city'"):
        open_dataset(people, Request(target="income", test=people.drop(columns="city")))


def test_columns_that_teach_nothing_are_kept_out_and_told(people):
    people["empty"], people["same"], people["half"] = np.nan, 7, [7, None] * 3
    dataset = open_dataset(people, ASK)
    assert [c.name for c in dataset.columns] == ["age", "city", "since", "half"]
    assert any("'empty', 'same'" in note for note in dataset.notes)


def test_group_time_weight_and_ignore_leave_the_inputs(people):
    people["w"] = [1, 2, 3, 4, 5, 6.0]
    dataset = open_dataset(people, Request(target="income", group="age", time="w", weight="w", ignore=("since",)))
    assert [c.name for c in dataset.columns] == ["city"]
    assert dataset.group.tolist()[0] == "30"
    assert dataset.time.tolist() == dataset.weight.tolist() == [1, 2, 3, 4, 5, 6]


def test_arrays_may_play_the_same_parts_and_follow_the_rows_kept(people):
    people.loc[0, "income"] = None
    dates = pd.date_range("2020", periods=6)
    dataset = open_dataset(people, Request(target="income", group=np.arange(6), time=dates, weight=np.arange(6) + 1))
    assert dataset.group.tolist() == ["1", "2", "3", "4", "5"]
    assert dataset.time.dtype == "datetime64[ns]"
    assert dataset.weight.tolist() == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "agee"}, "Did you mean 'age'"),
        ({"ignore": ("ctiy",)}, "Did you mean 'city'"),
        ({"weight": [1, 2, 3, 4, 5, 0]}, "row 5"),
        ({"weight": [1, 2, 3, 4, 5, np.inf]}, "positive, finite"),
        ({"weight": "city"}, "positive numbers"),
        ({"time": "city"}, "numbers or dates"),
        ({"time": "since"}, "row 4"),
        ({"group": "city"}, "row 3"),
        ({"group": [1, 2]}, "each of the 6"),
        ({"ignore": ("age", "city", "since")}, "none beside the target"),
        ({"ignore": ("income",)}, "must not be the target"),
    ],
)
def test_options_that_cannot_be_are_refused(people, options, message):
    with pytest.raises(DataError, match=message):
        open_dataset(people, Request(target="income", **options))


def test_a_name_given_twice_is_refused():
    with pytest.raises(ColumnError, match="more than once: 'a'"):
        open_dataset(pd.DataFrame([[1, 2, 3]] * 3, columns=["a", "a", "y"]), Request(target="y"))


def test_odd_names_are_kept():
    names = ["Größe (m²)", "a/b.c", " x ", 7, ("m", 1)]
    frame = pd.DataFrame([[i, -i, i * 2, i % 2, i] for i in range(4)])
    frame.columns = pd.Index(names, tupleize_cols=False)
    dataset = open_dataset(frame, Request(target="7"))
    assert [c.name for c in dataset.columns] == ["Größe (m²)", "a/b.c", " x ", "m / 1"]


@pytest.mark.parametrize("labels", [["low"] * 6, [1.0] * 6, [None] * 6, [None] * 5 + ["a"]])
def test_labels_that_leave_nothing_to_learn_are_refused(people, labels):
    people["income"] = labels
    with pytest.raises(DataError, match="'income'"):
        open_dataset(people, ASK)


def test_a_dict_of_columns_is_a_table(people):
    assert open_dataset(dict(people), ASK).fingerprint == open_dataset(people, ASK).fingerprint
    with pytest.raises(DataError, match="one length"):
        open_dataset({"a": [1, 2], "b": [1]}, Request(target="a"))


def test_an_empty_or_broken_file_is_refused(tmp_path):
    for name, content in {"a.csv": b"a,b\n", "b.csv": b"", "c.parquet": b"PAR1"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name):
            open_dataset(tmp_path / name, Request(target="a"))


def test_the_users_frame_is_not_changed(people):
    before = people.copy()
    open_dataset(people, ASK)
    pd.testing.assert_frame_equal(people, before)
