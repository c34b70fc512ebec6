import numpy as np
import pandas as pd
import pytest

from tests.small import as_rows, dataset_of, some_series
from wizard.core.errors import ColumnError, DataError, UnsupportedTaskError

SERIES, LABELS = some_series(12)
LONG = as_rows(SERIES, LABELS)
OPTIONS = {"modality": "series", "group": "run", "time": "ms"}


def opened(frame=LONG, **options):
    return dataset_of(frame, "label", **{**OPTIONS, **options})


def same(dataset):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(dataset.examples.values, gapped(), strict=True))


def gapped():
    """A row that is lacking is a gap in all channels."""
    return [np.where(np.isnan(one).any(1, keepdims=True), np.nan, one).astype("float32") for one in SERIES]


def test_a_step_a_row():
    dataset = opened()
    assert (dataset.modality, len(dataset), dataset.examples.channels) == ("series", 12, ("x", "y"))
    assert dataset.labels.tolist() == LABELS.tolist()
    assert same(dataset)
    assert dataset.where[0] == f"run 'r0', row 0 to {len(SERIES[0]) - 2}"
    assert dataset.notes == ("12 steps are missing between rows and were filled in as gaps.",)


def test_rows_out_of_order_are_sorted():
    shuffled = LONG.sample(frac=1, random_state=0)
    dataset = opened(shuffled)
    order = [int(place.split("'")[1][1:]) for place in dataset.where]
    assert same(type("one", (), {"examples": dataset.examples.take(np.argsort(order))}))
    assert "Rows out of order were sorted by time." in dataset.notes


def test_files_read_like_frames(tmp_path):
    LONG.to_csv(tmp_path / "runs.csv", index=False)
    LONG.to_parquet(tmp_path / "runs.parquet")
    for name in ("runs.csv", "runs.parquet"):
        assert same(opened(tmp_path / name))


def test_dates_order_as_numbers_do():
    frame = LONG.assign(ms=pd.Timestamp("2024-01-01") + pd.to_timedelta(LONG["ms"], unit="ms"))
    assert same(opened(frame))
    assert same(opened(frame.assign(ms=frame["ms"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f"))))


def test_an_id_column_is_taken_with_a_note():
    frame = LONG.rename(columns={"run": "Series_ID"})
    dataset = opened(frame, group=None)
    assert len(dataset) == 12
    assert "'Series_ID'" in dataset.notes[0]
    assert len(opened(frame.drop(columns="ms"), group=None, time=None)) == 12
    with pytest.raises(ColumnError, match=r"group='run'"):
        opened(group=None)


def test_a_target_that_changes_within_a_series_is_refused():
    frame = LONG.copy()
    frame.loc[3, "label"] = "other"
    with pytest.raises(UnsupportedTaskError, match=r"\(row 0\).*'other' \(row 3\).*run 'r0'"):
        opened(frame)
    frame.loc[3, "label"] = None
    assert len(opened(frame)) == 12


def test_two_rows_at_one_time_are_refused_unless_they_are_the_same():
    frame = pd.concat([LONG, LONG.iloc[[5]]], ignore_index=True)
    assert "Rows that stand twice were taken once." in opened(frame).notes
    frame.loc[len(frame) - 1, "x"] += 1
    with pytest.raises(DataError, match="two for ms = "):
        opened(frame)


def test_odd_times_become_a_channel():
    random = np.random.default_rng(0)
    frame = LONG.assign(ms=LONG["ms"] + random.uniform(0, 9, len(LONG)))
    dataset = opened(frame)
    assert dataset.examples.channels == ("x", "y", "time since the step before")
    own = frame.loc[frame["run"] == "r0", "ms"].to_numpy()
    assert dataset.examples[0][:, 2] == pytest.approx(np.diff(own, prepend=own[0]), rel=1e-5)


def test_words_are_no_channels_and_named():
    notes = opened(LONG.assign(who="Ann")).notes
    assert any("'who'" in note for note in notes)


def test_own_sets_may_use_the_same_ids():
    dataset = opened(LONG, test=LONG[LONG["run"].isin(["r0", "r1"])])
    assert np.bincount(dataset.part, minlength=3).tolist() == [12, 0, 2]


def wide(prefixes=("x",), n=12, t=10):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        random.normal(size=(n, t * len(prefixes))), columns=[f"{p}_{i}" for p in prefixes for i in range(t)]
    )
    return frame.assign(label=LABELS[:n])


def test_a_series_a_row():
    frame = wide()
    dataset = dataset_of(frame, "label", modality="series")
    assert dataset.examples.channels == ("x",)
    assert dataset.examples.values[:, :, 0] == pytest.approx(frame.iloc[:, :10].to_numpy(), rel=1e-6)
    two = dataset_of(wide(("acc", "gyr")).sample(frac=1, axis=1, random_state=0), "label", modality="series")
    assert sorted(two.examples.channels) == ["acc", "gyr"]
    expected = wide(("acc", "gyr"))
    number = two.examples.channels.index("gyr")
    assert two.examples.values[:, :, number] == pytest.approx(expected.filter(like="gyr").to_numpy(), rel=1e-6)


def test_columns_without_numbers_are_steps_in_order_and_others_are_named():
    frame = wide().rename(columns={f"x_{i}": name for i, name in enumerate("abcdefghij")}).assign(who="Ann")
    dataset = dataset_of(frame, "label", modality="series")
    assert dataset.examples.channels == ("value",)
    assert any("'who'" in note for note in dataset.notes)
    dataset = dataset_of(wide().assign(age=3.0), "label", modality="series")
    assert dataset.examples.values.shape == (12, 10, 1)
    assert any("'age'" in note for note in dataset.notes)


def test_a_group_of_rows_stays_a_group_where_a_row_is_a_series():
    frame = wide().assign(person=np.arange(12) // 3)
    dataset = dataset_of(frame, "label", modality="series", group="person")
    assert len(dataset) == 12
    assert len(set(dataset.group)) == 4


def test_empty_cells_at_the_end_are_a_shorter_series():
    frame = wide()
    frame.loc[0, ["x_8", "x_9"]] = None
    dataset = dataset_of(frame, "label", modality="series")
    assert dataset.examples.lengths.tolist() == [8] + [10] * 11


def test_a_table_beside_labels_is_read_alike():
    frame = wide()
    dataset = dataset_of((frame.drop(columns="label"), frame["label"]), modality="series")
    assert dataset.examples.values.shape == (12, 10, 1)
