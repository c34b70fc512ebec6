import gzip
import json

import pytest

from tests.small import dataset_of
from wizard.core.errors import DataError
from wizard.data.json_lines import read_json

RECORDS = [{"a": 1, "y": "p"}, {"a": 2.5, "y": "q"}, {"a": None, "y": "p"}]
LINES = "\n".join(map(json.dumps, RECORDS))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl", LINES.encode()),
        ("t.ndjson", LINES.encode("utf-16")),
        ("t.jsonl.gz", gzip.compress(LINES.encode(), mtime=0)),
        ("t.json", json.dumps(RECORDS, indent=1).encode()),
        ("t.json", LINES.encode()),  # as many tools call it
    ],
)
def test_records_become_rows(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    dataset = dataset_of(tmp_path / name, "y")
    assert dataset.labels.tolist() == ["p", "q", "p"]
    assert dataset.examples.frame["a"].fillna(-1).tolist() == [1, 2.5, -1]
    assert dataset.name == "t"


def test_broken_lines_are_listed_with_their_number(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n{"a": 2\n\n[1]\n{"a": 1, "a": 2}\n{"b": {"c": 1, "c": 2}}\nnull\n{"a": 3}\n')
    table = read_json(path)
    assert table.frame["a"].tolist() == [1, 3]
    assert table.where.tolist() == ["t.jsonl line 1", "t.jsonl line 8"]
    assert [(gone.where[8:], gone.why) for gone in table.left_out] == [
        ("line 2", "is no valid JSON: Expecting ',' delimiter at character 8"),
        ("line 4", "is no record but a list"),
        ("line 5", "is no record but an object with two values called 'a'"),
        ("line 6", "has two values called 'b.c'"),
        ("line 7", "is no record but null"),
    ]


def test_objects_inside_are_flattened_and_lists_stay(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": {"b": 1, "c": {"d": "x"}}, "tags": ["p", "q"]}\n{"a.b": 2}\n{"a.b": 2, "a": {"b": 3}}\n')
    table = read_json(path)
    assert table.frame["a.b"].tolist() == [1, 2]
    assert table.frame["a.c.d"].isna().tolist() == [False, True]
    assert table.frame["tags"][0] == ["p", "q"]
    assert table.left_out[0].why == "has two values called 'a.b'"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.json", '{"a": {"0": 1}}', 'one object with 1 keys.*orient="records"'),
        ("t.json", "[1, 2", "no valid JSON"),
        ("t.json", "3", "Received: a int"),
        ("t.json", "[" * 100_000, "nested"),
        ("t.json", "[]", "without any"),
        ("t.jsonl", "", "without any"),
        ("t.jsonl", "x\ny\n", r"2 that are not, the first: t\.jsonl line 1"),
        ("t.jsonl", "[" * 100_000, "nested too deeply"),
        ("t.jsonl", '{"a": ' + "9" * 5000 + "}", "integer string conversion"),
        ("t.jsonl", "a\0", "binary"),
    ],
)
def test_what_holds_no_records_gets_a_clear_error(tmp_path, name, content, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=says):
        read_json(tmp_path / name)


def test_half_a_surrogate_pair_is_written_out(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": "\\ud800", "y": "p"}\n{"a": "b", "y": "\\udc00"}\n')
    dataset = dataset_of(path, "y")
    assert dataset.examples.frame["a"].tolist() == ["\\ud800", "b"]
    assert dataset.labels.tolist() == ["p", "\\udc00"]


def test_keys_that_are_data_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.data.json_lines.MOST_CELLS", 1_000)
    (tmp_path / "t.jsonl").write_text("\n".join(f'{{"key {i}": 1}}' for i in range(200)))
    with pytest.raises(DataError, match="200 different keys in 200 records"):
        read_json(tmp_path / "t.jsonl")
