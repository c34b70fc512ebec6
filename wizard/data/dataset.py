"""Raw examples and labels behind one interface."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

ColumnKind = Literal["number", "category", "date", "text"]
Part = Literal["main", "validation", "test"]
PARTS: tuple[Part, ...] = ("main", "validation", "test")


@dataclass(frozen=True)
class LeftOut:
    """An example that cannot be used: `where` it stands (file, row) and `why`, in words."""

    where: str
    why: str


@dataclass(frozen=True)
class TableColumn:
    """An input column of a table.

    Attributes:
        name: As the user wrote it.
        kind: "number" (float64, NaN where missing), "category" (str, "" where missing),
            "date" (datetime64[ns], NaT where missing), or "text" of a data set of texts.
        note: What was done to read it ("3 cells that are no numbers read as missing"), or "".
        written: How its text is written, so that new rows are read alike: the format of a date ("%d/%m/%Y",
            "ISO8601"), "," for a decimal comma, the unit behind a number ("kg"), or "".
    """

    name: str
    kind: ColumnKind
    note: str = ""
    written: str = ""


@runtime_checkable
class Examples(Protocol):
    """An indexable sequence of raw examples."""

    def __len__(self) -> int:
        """Number of examples."""
        ...

    def __getitem__(self, index: int) -> Any:
        """One raw example: an image (h, w, c), a row {column: value}, a text str, a series (t, c)."""
        ...

    def take(self, indices: np.ndarray) -> Examples:
        """The examples at `indices`, in that order."""
        ...

    def hashes(self) -> tuple[str, ...]:
        """A content hash for every example: equal content, equal hash."""
        ...


@dataclass(frozen=True)
class Dataset:
    """What a user brought: raw examples with labels, and what is known about them.

    Attributes:
        name: Short name, used for the run folder.
        modality: "image", "table", "text" or "series".
        examples: The raw inputs, n of them: the main set, then the user's validation and test sets.
        labels: (n,) raw labels, str or float, none missing; (n, m) float where each example has several: 0 and 1 for
            labels that it has or not, or the values of several targets.
        target: Name of the target.
        where: (n,) where each example came from, in words ("train.csv row 17", "cat/7.png").
        part: (n,) index into PARTS: which set the user put each example into.
        outputs: Names of the m labels or targets where labels are (n, m); empty otherwise.
        group: (n,) group of each example (kept on one side of every split), or None.
        time: (n,) sortable time of each example (training comes before validation before test), or None.
        weight: (n,) positive weight of each example in losses and metrics, or None.
        columns: Input columns of a table, in order; those that texts were made of; empty otherwise.
        left_out: What could not be used, each with the reason.
        notes: Facts about reading worth telling ("12 pictures had an alpha channel: laid on white").
        source: The path or kind of object it came from, in words.
        fingerprint: Content hash over examples, labels, sets, groups, times, weights and columns.
    """

    name: str
    modality: str
    examples: Examples
    labels: np.ndarray
    target: str
    where: np.ndarray
    part: np.ndarray
    outputs: tuple[str, ...] = ()
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    weight: np.ndarray | None = None
    columns: tuple[TableColumn, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    fingerprint: str = field(default="")

    def __post_init__(self) -> None:
        """Checks the lengths and computes the fingerprint where none is given."""
        n = len(self.examples)
        for name in ("labels", "where", "part", "group", "time", "weight"):
            values = getattr(self, name)
            if values is not None and len(values) != n:
                raise ValueError(f"{name} has {len(values)} entries for {n} examples")
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", self._fingerprint())

    def __len__(self) -> int:
        """Number of usable examples, all sets together."""
        return len(self.examples)

    def rows_of(self, part: Part) -> np.ndarray:
        """Indices of the examples that the user put into `part`."""
        return np.flatnonzero(self.part == PARTS.index(part))

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        known = [(c.name, c.kind) for c in self.columns]
        digest.update(repr((self.modality, self.target, self.outputs, known)).encode())
        digest.update("\n".join(self.examples.hashes()).encode())
        for values in (self.labels, self.part, self.group, self.time, self.weight):
            digest.update(b"-" if values is None else "\n".join(map(str, values.tolist())).encode())
            digest.update(b"|")
        return digest.hexdigest()[:32]
