import numpy as np
import pytest

import wizard.data.rows_on_disk as module
from wizard.core.errors import RunFolderError
from wizard.data.rows_on_disk import RowsWriter, rows_at


def written(rows, path=None):
    writer = RowsWriter(path)
    for row in rows:
        writer.append(row)
    return writer.done()


@pytest.mark.parametrize("at_once", [7, 10**6])
def test_rows_are_read_as_from_an_array(random, monkeypatch, at_once):
    monkeypatch.setattr(module, "READ_AT_ONCE", at_once * 96)
    array = random.random((50, 3, 4))
    rows = written(array)
    assert (rows.shape, rows.ndim, len(rows), rows.nbytes) == (array.shape, 3, 50, array.nbytes)
    for index in (5, np.int64(49), slice(10, 20), [3, 1, 1, 49], np.array([], int), array[:, 0, 0] > 0.5):
        assert np.array_equal(rows[index], array[index])
    order = random.permutation(50)
    assert np.array_equal(rows.take(order)[:], array[order])
    assert np.array_equal(rows.take(order).in_memory(), array[order])


def test_rows_of_several_shapes_are_read_one_by_one(random):
    pictures = [random.integers(0, 255, (4 + i, 5, 3), dtype=np.uint8) for i in range(4)]
    rows = written(pictures)
    assert not rows.is_regular
    third, first = rows.take(np.array([2, 0])).in_memory()
    assert np.array_equal(third, pictures[2])
    assert np.array_equal(first, pictures[0])


def test_another_process_reads_them_by_their_places(random, tmp_path):
    array = random.random((5, 2))
    rows = written(array, tmp_path / "rows.bin")
    again = rows_at(tmp_path / "rows.bin", rows.dtype.str, rows.shapes, rows.starts)
    assert np.array_equal(again[:], array)


def test_a_file_cut_short_is_said(random, tmp_path):
    rows = written(random.random((5, 2)), tmp_path / "rows.bin")
    (tmp_path / "rows.bin").write_bytes(b"x" * 20)
    with pytest.raises(RunFolderError, match="stay as it was written"):
        rows[3]


def test_rows_of_another_type_are_no_rows_of_the_set():
    with pytest.raises(ValueError, match="dimensions"):
        written([np.zeros(3), np.zeros((3, 1))])


def test_a_nameless_file_leaves_nothing_behind(random, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rows = written(random.random((5, 2)))
    assert rows[0].shape == (2,)
    assert not list(tmp_path.iterdir())
