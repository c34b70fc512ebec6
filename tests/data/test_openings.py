"""Test rows that were opened before are known again, whatever came of the file that says so."""

import json

from tests.small import dataset_of, some_rows
from wizard.data.copies import find_copies
from wizard.data.openings import FILE, count_opening
from wizard.data.split import draw_split
from wizard.data.task import infer_task


def rows(seed=0):
    data = dataset_of(some_rows(120), "bought")
    task = infer_task(data.labels, data.target, None, data.modality, data.outputs)
    return data, draw_split(data, task, find_copies(data, seed).sets, seed)


def test_each_journey_counts_once_and_other_rows_for_themselves(tmp_path):
    data, split = rows()
    assert [count_opening(tmp_path, data, split, key) for key in ("a", "b", "a", "c")] == [1, 2, 1, 3]
    other_data, other_split = rows(seed=1)
    assert count_opening(tmp_path, other_data, other_split, "a") == 1
    assert count_opening(tmp_path / "elsewhere", data, split, "b") == 1


def test_a_damaged_file_is_kept_aside_and_said(tmp_path, capsys):
    data, split = rows()
    (tmp_path / FILE).write_text("{")
    assert count_opening(tmp_path, data, split, "a") == 1
    assert (tmp_path / ".test-openings.damaged.json").read_text() == "{"
    assert "counted anew" in capsys.readouterr().out
    assert list(json.loads((tmp_path / FILE).read_text()).values()) == [["a"]]
