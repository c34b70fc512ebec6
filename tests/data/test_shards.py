import pytest

from tests.small import dataset_of
from wizard.core.errors import ColumnError, DataError


@pytest.fixture
def shards(people, tmp_path):
    """Writes the two halves of a table to files of a kind."""

    def write(suffix):
        paths = []
        for i, part in enumerate((people[:4], people[4:])):
            paths.append(tmp_path / f"part{i}{suffix}")
            if suffix == ".parquet":
                part.to_parquet(paths[-1])
            elif suffix == ".jsonl":
                part.to_json(paths[-1], orient="records", lines=True, date_format="iso")
            else:
                part.to_csv(paths[-1], index=False)
        return paths

    return write


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_files_in_a_list_are_one_table(shards, people, suffix):
    dataset = dataset_of(shards(suffix), "income")
    whole = dataset_of(people, "income")
    assert dataset.labels.tolist() == whole.labels.tolist()
    assert [c.kind for c in dataset.columns] == [c.kind for c in whole.columns]
    word, first = ("row", 0) if suffix == ".parquet" else ("line", 1 if suffix == ".jsonl" else 2)
    assert dataset.where[[0, 4]].tolist() == [f"part{i}{suffix} {word} {first}" for i in (0, 1)]


def test_files_of_one_name_are_told_by_their_folders(people, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        people.to_csv(tmp_path / name / "t.csv", index=False)
    dataset = dataset_of([tmp_path / "a" / "t.csv", tmp_path / "b" / "t.csv"], "income")
    assert dataset.where[[0, 6]].tolist() == ["a/t.csv line 2", "b/t.csv line 2"]


def test_broken_lines_of_every_file_are_listed(shards):
    paths = shards(".csv")
    for path in paths:
        path.write_text(path.read_text() + "1\n")
    assert [gone.where for gone in dataset_of(paths, "income").left_out] == ["part0.csv line 6", "part1.csv line 4"]


def test_files_that_do_not_fit_are_named(shards, people, tmp_path):
    first, second = shards(".csv")
    with pytest.raises(DataError, match="more than once"):
        dataset_of([first, first], "income")
    with pytest.raises(DataError, match="one kind"):
        dataset_of([first, shards(".parquet")[0]], "income")
    with pytest.raises(DataError, match=r"has no 'part2\.csv'"):
        dataset_of([first, tmp_path / "part2.csv"], "income")
    people.drop(columns="age").assign(size=1).to_csv(second, index=False)
    with pytest.raises(ColumnError, match=r"part1\.csv without 'age' and with 'size' besides"):
        dataset_of([first, second], "income")


@pytest.mark.parametrize("raw", [["a.png", "b.png"], ["some words", "more"], ["a.csv", "b.png"]])
def test_a_bare_list_without_labels_names_the_way_out(raw):
    with pytest.raises(DataError, match=r"without labels.*\(paths, y\)"):
        dataset_of(raw)


def test_a_list_of_records_is_a_table():
    dataset = dataset_of([{"a": 1, "y": "p"}, {"a": 2, "y": "q"}, {"y": "q"}], "y")
    assert dataset.examples.frame["a"].fillna(-1).tolist() == [1, 2, -1]
