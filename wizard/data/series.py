"""Series as examples: numbers that were measured one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wizard.data.dataset import Examples, TableColumn


@dataclass(frozen=True)
class WideLayout:
    """A table with a series a row.

    Attributes:
        steps: For every channel its columns, in the order of the steps; None where it has none.
    """

    steps: tuple[tuple[TableColumn | None, ...], ...]


@dataclass(frozen=True)
class LongLayout:
    """A table with a step a row.

    Attributes:
        group: Column whose equal values make one series.
        time: Column that orders the rows of a series; None takes them as they come.
        channels: Columns of the measurements.
        step: Time between two steps, in the unit of `time` (seconds for dates), where rows lie on such a grid.
        has_pauses: Whether the time since the step before is a channel, the last one.
    """

    group: str
    time: TableColumn | None
    channels: tuple[TableColumn, ...]
    step: float | None = None
    has_pauses: bool = False


Layout = WideLayout | LongLayout


class SeriesExamples:
    """Series of one or several channels; an example is (t, c) float32, NaN where nothing was measured.

    Attributes:
        values: (n, t, c) float32 where all have one length, else n arrays (t, c).
        channels: Names of the c channels.
        layout: How the table was laid out that they come from; None for arrays.
        ids: What each new series is called in its table; None where there is no such thing.
    """

    def __init__(
        self,
        values: np.ndarray | Sequence[np.ndarray],
        channels: tuple[str, ...],
        layout: Layout | None = None,
        ids: tuple[str, ...] | None = None,
    ) -> None:
        self.channels, self.layout, self.ids = channels, layout, ids
        self.values: np.ndarray | list[np.ndarray]
        if isinstance(values, np.ndarray):
            self.values = values
        elif len({len(one) for one in values}) == 1:
            self.values = np.stack(values)
        else:
            self.values = list(values)

    @staticmethod
    def of(examples: Examples) -> SeriesExamples:
        """The examples of a data set that is known to hold series."""
        assert isinstance(examples, SeriesExamples)
        return examples

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> np.ndarray:
        return self.values[index]

    @property
    def lengths(self) -> np.ndarray:
        """(n,) steps of each series."""
        return np.array([len(one) for one in self.values], "int64")

    def take(self, indices: np.ndarray) -> SeriesExamples:
        """Returns the series at `indices`, in that order."""
        ids = None if self.ids is None else tuple(self.ids[int(i)] for i in indices)
        if isinstance(self.values, np.ndarray):
            return SeriesExamples(self.values[np.asarray(indices, "int64")], self.channels, self.layout, ids)
        return SeriesExamples([self.values[int(i)] for i in indices], self.channels, self.layout, ids)

    def hashes(self) -> tuple[str, ...]:
        """Returns a content hash a series: equal values under equal channels, equal hash."""
        names = repr(self.channels).encode()
        return tuple(
            hashlib.sha256(names + repr(one.shape).encode() + np.ascontiguousarray(one).tobytes()).hexdigest()[:32]
            for one in self.values
        )


def resampled(series: np.ndarray, points: int) -> np.ndarray:
    """Means of (t, c) values over at most `points` blocks of steps of about one length, gaps left out.

    Returns:
        (min(t, points), c) float32, NaN where a whole block is a gap.
    """
    t = len(series)
    if t <= points:
        return series
    starts = (np.arange(points) * t) // points
    is_known = np.isfinite(series)
    total = np.add.reduceat(np.where(is_known, series, 0).astype("float64"), starts, axis=0)
    n_known = np.add.reduceat(is_known, starts, axis=0, dtype="int64")
    return np.divide(total, n_known, out=np.full_like(total, np.nan), where=n_known > 0).astype("float32")
