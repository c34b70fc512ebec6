"""Rows of numbers in a file, for what is too large for memory: written once, read a few rows at a time.

They are read, not mapped: the pages of a mapped file count as the process's own, and a data set of six gigabytes would
look (and, in a container with a limit, be treated) as if it were held in memory.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from wizard.core.errors import RunFolderError

READ_AT_ONCE = 2**24  # bytes of neighbouring rows read together: large enough for a disk, small beside what is held


class _File:
    """An open file, closed when nobody refers to it any more."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.lock = Lock()  # TensorFlow's threads and ours read from one position

    def read(self, start: int, into: np.ndarray) -> None:
        with self.lock:
            self.file.seek(start)
            n_read = self.file.readinto(into.reshape(-1).view(np.uint8)) if into.size else 0
        if n_read != into.nbytes:
            raise RunFolderError(
                f"A file of examples must stay as it was written. Received: {n_read:,} bytes at {start:,}, where "
                f"{into.nbytes:,} were written. Call Wizard(…) again."
            )

    def __del__(self) -> None:
        self.file.close()


class RowsOnDisk:
    """(n, …) rows in a file; `rows[i]` and `rows[[…]]` read what is asked for, as from an array.

    Attributes:
        dtype: Of every row.
        shapes: (n, d) shape of every row.
        starts: (n,) bytes before every row.
    """

    def __init__(self, file: _File, dtype: np.dtype, shapes: np.ndarray, starts: np.ndarray) -> None:
        """Reads nothing yet."""
        self._file = file
        self.dtype, self.shapes, self.starts = np.dtype(dtype), shapes, starts

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def is_regular(self) -> bool:
        """Whether all rows have one shape."""
        return bool((self.shapes == self.shapes[:1]).all())

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, …), where all rows have one shape."""
        return (len(self), *map(int, self.shapes[0]))

    @property
    def ndim(self) -> int:
        """Number of dimensions, that of the rows included."""
        return 1 + self.shapes.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return int(self.shapes.prod(1).sum()) * self.dtype.itemsize

    def __getitem__(self, index: Any) -> np.ndarray:
        """One row, or, of rows of one shape, those at a slice or at (m,) positions as (m, …)."""
        if isinstance(index, int | np.integer):
            return self._row(int(index))
        positions = np.arange(len(self))[index]
        rows = np.empty((len(positions), *map(int, self.shapes[0])), self.dtype)
        places = np.argsort(self.starts[positions], kind="stable")  # in the order of the file
        starts = self.starts[positions[places]]
        n_bytes = rows[:1].nbytes
        at_once = max(1, READ_AT_ONCE // max(n_bytes, 1))
        first = 0
        for last in [*np.flatnonzero(np.diff(starts) != n_bytes), len(starts) - 1] if len(starts) else ():
            while first <= last:  # a run of neighbours
                run = slice(first, min(first + at_once, last + 1))
                block = np.empty((run.stop - first, *rows.shape[1:]), self.dtype)
                self._file.read(int(starts[first]), block)
                rows[places[run]] = block
                first = run.stop
        return rows

    def take(self, indices: np.ndarray) -> RowsOnDisk:
        """The rows at `indices`, in that order; nothing is read."""
        return RowsOnDisk(self._file, self.dtype, self.shapes[indices], self.starts[indices])

    def in_memory(self) -> np.ndarray | list[np.ndarray]:
        """All rows: (n, …) where they have one shape, else a list."""
        return self[:] if self.is_regular else [self._row(i) for i in range(len(self))]

    def _row(self, index: int) -> np.ndarray:
        row = np.empty(tuple(map(int, self.shapes[index])), self.dtype)
        self._file.read(int(self.starts[index]), row)
        return row


class RowsWriter:
    """Writes rows one after the other; `done` hands them over for reading."""

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file.

        Args:
            path: Where to write; None takes a nameless file in the folder for temporary files, which the system
                removes when it is closed, also when the process is killed.
        """
        self._file = _File(
            tempfile.TemporaryFile(prefix="wizard-") if path is None else path.open("w+b")  # noqa: SIM115  _File closes
        )
        self._shapes: list[tuple[int, ...]] = []
        self._dtype: np.dtype | None = None

    def append(self, row: np.ndarray) -> None:
        """Writes one row.

        Raises:
            ValueError: Where it has another type or number of dimensions than the rows before.
        """
        if self._dtype is None:
            self._dtype = row.dtype
        if row.dtype != self._dtype or (self._shapes and len(self._shapes[0]) != row.ndim):
            raise ValueError(f"a row of {row.dtype} with {row.ndim} dimensions among others")
        try:
            self._file.file.write(np.ascontiguousarray(row).data if row.size else b"")
        except OSError as error:
            raise RunFolderError(
                f"Examples that do not fit into memory are kept in a file, which could not be written: "
                f"{error.strerror or error}. Free some space, or set TMPDIR to a folder on a larger disk."
            ) from error
        self._shapes.append(row.shape)

    def done(self) -> RowsOnDisk:
        """The rows, in the order in which they were written."""
        assert self._dtype is not None
        self._file.file.flush()
        shapes = np.array(self._shapes, np.int64).reshape(len(self._shapes), -1)
        ends = np.cumsum(shapes.prod(1) * self._dtype.itemsize)
        return RowsOnDisk(self._file, self._dtype, shapes, np.concatenate([[0], ends[:-1]]).astype(np.int64))


def rows_at(path: Path, dtype: str, shapes: np.ndarray, starts: np.ndarray) -> RowsOnDisk:
    """Rows in a file that another process wrote.

    Args:
        path: Of the file.
        dtype: Of every row.
        shapes: (n, d) shape of every row.
        starts: (n,) bytes before every row.
    """
    return RowsOnDisk(_File(path.open("rb")), np.dtype(dtype), shapes, starts)
