import gzip

import pytest

from wizard.core.errors import DataError
from wizard.data.delimited import read_delimited


def read(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    table = read(tmp_path, "a,b,c\n1,x y,2\n3,z,4\n".replace(",", delimiter))
    assert table.frame.to_dict("list") == {"a": ["1", "3"], "b": ["x y", "z"], "c": ["2", "4"]}
    assert table.where.tolist() == ["t.csv line 2", "t.csv line 3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read(tmp_path, encoding):
    assert read(tmp_path, "größe,b\nä,1\n".encode(encoding)).frame.columns[0] == "größe"


def test_western_text_is_read_with_a_note(tmp_path):
    table = read(tmp_path, "a,b\nKöln,1\n".encode("cp1252"))
    assert table.frame["a"].tolist() == ["Köln"]
    assert "Windows-1252" in table.notes[0]


def test_broken_lines_are_listed_with_their_number(tmp_path):
    table = read(tmp_path, "a,b\n1,2\n3\n4,5,6\n\n7,8\n")
    assert table.frame["a"].tolist() == ["1", "7"]
    assert [(gone.where, gone.why[:12]) for gone in table.left_out] == [
        ("t.csv line 3", "has 1 fields"), ("t.csv line 4", "has 3 fields"),
    ]  # fmt: skip


def test_an_open_quote_costs_its_own_line_only(tmp_path):
    table = read(tmp_path, 'a,b\n1,2\n3,"oops\n5,6\n7,8\n')
    assert table.frame["a"].tolist() == ["1", "5", "7"]
    assert [gone.where for gone in table.left_out] == ["t.csv line 3"]


def test_a_line_break_inside_quotes_is_no_new_row(tmp_path):
    table = read(tmp_path, 'a,b\n1,"two\nlines"\n3,4\n')
    assert table.frame["b"].tolist() == ["two\nlines", "4"]
    assert table.where.tolist() == ["t.csv line 2", "t.csv line 4"]


def test_row_numbers_that_pandas_wrote_are_no_input(tmp_path):
    table = read(tmp_path, ",a,b\n0,5,x\n1,6,y\n")
    assert list(table.frame.columns) == ["a", "b"]
    assert any("counts the rows" in note for note in table.notes)


def test_a_delimiter_at_the_end_of_every_line_is_harmless(tmp_path):
    assert read(tmp_path, "a,b\n1,2,\n3,4,\n").frame.to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}


def test_excels_separator_line_and_compression(tmp_path):
    assert list(read(tmp_path, "sep=;\na;b\n1,5;2\n").frame.columns) == ["a", "b"]
    assert read(tmp_path, gzip.compress(b"a,b\n1,2\n"), "t.csv.gz").frame["b"].tolist() == ["2"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PK\x03\x04zip", b"a,b\n\0\0,1\n", "a,a\n1,2\n"])
def test_what_is_no_table_is_refused(tmp_path, content):
    with pytest.raises(DataError):
        read(tmp_path, content)


@pytest.mark.parametrize("empty", ["", '""', "  "])
@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_an_empty_line_in_a_file_of_one_column_is_an_empty_cell(tmp_path, empty, end):
    table = read(tmp_path, f'text\n"quoted, with a comma"\n{empty}\n"third one"\n{end}')
    assert [cell.strip() for cell in table.frame["text"]] == ["quoted, with a comma", "", "third one"]
    assert table.where.tolist() == ["t.csv line 2", "t.csv line 3", "t.csv line 4"]


def test_an_empty_cell_at_the_end_of_a_column_is_one_where_it_is_quoted(tmp_path):
    assert read(tmp_path, 'area\n50.5\n""\n\n').frame["area"].tolist() == ["50.5", ""]
    assert read(tmp_path, '\narea\n""\n').frame["area"].tolist() == [""]


def test_an_empty_line_between_several_columns_is_no_row(tmp_path):
    for content in ("a,b\n\n1,2\n\n\n3,4\n\n", "a\n\nx,1\n\ny,2\n"):  # the second with row names, as R writes them
        table = read(tmp_path, content)
        assert len(table.frame) == 2
        assert table.left_out == ()
    assert read(tmp_path, 'a,b\n1,2\n""\n').left_out[0].where == "t.csv line 3"
