"""Pictures that are not held in memory: rows of a file, brought to pixels one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wizard.data.picture_arrays import bounds_of, stack_of
from wizard.data.rows_on_disk import RowsOnDisk


class LazyPictures:
    """(h, w, c) pictures, each read when asked for."""

    def __init__(self, read: Sequence[Callable[[int], Any]], places: np.ndarray) -> None:
        """Reads nothing yet.

        Args:
            read: Functions from a row to a picture (or to its path), one a set.
            places: (n, 2) number of the set and the row in it, of every picture.
        """
        self._read, self._places = tuple(read), places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> Any:
        own, row = self._places[index]
        return self._read[own](int(row))

    def take(self, indices: np.ndarray) -> LazyPictures:
        """The pictures at `indices`, in that order; nothing is read."""
        return LazyPictures(self._read, self._places[indices])


def joined(sets: Sequence[Any]) -> LazyPictures:
    """Sets of pictures, some of them on disk, one after the other."""
    places = [np.column_stack([np.full(len(one), i), np.arange(len(one))]) for i, one in enumerate(sets)]
    return LazyPictures([one.__getitem__ for one in sets], np.concatenate(places))


def pictures_of(rows: RowsOnDisk) -> tuple[LazyPictures, float | None, list[str]]:
    """Rows of numbers as pictures, the value of white, and notes, as `stack_of` makes them of an array."""
    bounds = None if rows.dtype == np.uint8 or rows.dtype.kind == "b" else _bounds(rows)
    white, notes = stack_of(rows[0][None], bounds=bounds)[1:]

    def read(row: int) -> np.ndarray:
        picture: np.ndarray = stack_of(rows[row][None], f"x[{row}]", bounds)[0][0]
        return picture

    return LazyPictures([read], np.column_stack([np.zeros(len(rows), int), np.arange(len(rows))])), white, notes


def _bounds(rows: RowsOnDisk) -> tuple[float, float]:
    found = [bounds_of(rows[i]) for i in range(len(rows))]
    return min(low for low, _ in found), max(high for _, high in found)
