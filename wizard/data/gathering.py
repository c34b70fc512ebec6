"""One pass over a stream: its examples kept, in an order of their own, so that they can be indexed like any others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.data.elements import ROLES, Layout, Leaf, Stream, look, plain
from wizard.data.request import Request
from wizard.data.rows_on_disk import RowsOnDisk, RowsWriter, rows_at

ENDLESS_EXAMPLES = 20_000  # of a stream that never ends: a gigabyte of small pictures, minutes to train on
LONGEST = 2_000_000  # examples of a stream of unknown length; one that goes on is taken for endless
LARGEST_BYTES = 2**36  # of them: 64 GiB, more than the disk of a notebook in the cloud has free


@dataclass(frozen=True)
class Gathered:
    """The examples of a stream, sorted by their content.

    A stream may give another order each time it is gone through, also when only the process is new (a shuffle without
    a seed is steady in one process). Sorted by content, equal examples stand in one order always, and with them the
    fingerprint and the split.

    Attributes:
        x: n inputs: rows of numbers, texts, or {column: (n,) values}.
        y: (n,) or (n, k) labels.
        roles: (n,) "weight", "group" and "time", as far as the elements hold them.
        hashes: (n,) content hash of each example.
        positions: (n,) where each stood in this pass.
        is_ordered: Whether two looks gave the same order.
        is_steady: Whether two looks gave the same examples.
        is_endless: Whether only the beginning was kept.
        n_seen: Examples gone through.
    """

    x: RowsOnDisk | list[str] | dict[str, np.ndarray]
    y: np.ndarray
    roles: dict[str, np.ndarray]
    hashes: np.ndarray
    positions: np.ndarray
    is_ordered: bool
    is_steady: bool
    is_endless: bool
    n_seen: int


def gather(stream: Stream, request: Request, folder: Path | None = None) -> Gathered:
    """Goes through a stream once, after a look at its beginning.

    Args:
        stream: What to go through.
        request: Names the label and roles of dicts.
        folder: Where to keep rows of numbers for another process; None keeps them in a nameless file.

    Raises:
        DataError: If it holds what cannot be used; in words for each case.
    """
    layout, first = look(stream, request)
    begun = islice(_examples(stream, layout, request), ENDLESS_EXAMPLES if stream.is_endless else LONGEST + 1)
    kept = _Kept(layout, folder / "rows.bin" if folder else None)
    is_long = False
    for example in begun:
        kept.add(example)
        if kept.n_bytes > LARGEST_BYTES:
            is_long = True
            break
    is_endless = bool(stream.is_endless) or is_long or len(kept.hashes) > LONGEST
    looked = [hash_of(example) for example in first]
    n = min(len(kept.hashes), ENDLESS_EXAMPLES) if is_endless else len(kept.hashes)
    hashes = np.array(kept.hashes[:n])
    order = np.argsort(hashes, kind="stable")
    if is_endless:  # one that repeats itself gives the same example again and again
        order = order[np.unique(hashes[order], return_index=True)[1]]
    return Gathered(
        x=kept.inputs(order),
        y=kept.labels(stream.source)[order],
        roles={role: np.array(values)[order] for role, values in kept.roles.items()},
        hashes=hashes[order],
        positions=order,
        is_ordered=looked == kept.hashes[: len(looked)],
        is_steady=set(looked) <= set(kept.hashes),
        is_endless=is_endless,
        n_seen=n,
    )


def _examples(stream: Stream, layout: Layout, request: Request) -> Iterator[dict[str, Leaf]]:
    for element in stream.begun():
        yield from layout.examples(element, request, stream.source)


class _Kept:
    """Examples gone through so far: numbers in a file, the rest in lists."""

    def __init__(self, layout: Layout, path: Path | None) -> None:
        self.layout, self.path = layout, path
        self.writer: RowsWriter | None = None
        self.texts: list[str] = []
        self.columns: dict[str, list[Any]] = {name: [] for name in layout.names}
        self.y: list[Any] = []
        self.roles: dict[str, list[Any]] = {}
        self.hashes: list[str] = []
        self.n_bytes = 0

    def add(self, example: dict[str, Leaf]) -> None:
        parts = {name: plain(leaf) for name, leaf in example.items()}
        self.hashes.append(_hash(parts))
        if self.layout.is_table:
            for name in self.layout.names:
                self.columns[name].append(_cell(name, parts[f"x/{name}"]))
        else:
            self._add_input(next(part for name, part in parts.items() if name.startswith("x")))
        y = parts["y"]
        self.y.append(y if isinstance(y, str) else y.item() if y.size == 1 else y)
        for role in ROLES:
            if role in parts:
                self.roles.setdefault(role, []).append(_cell(role, parts[role]))

    def _add_input(self, x: np.ndarray | str) -> None:
        if isinstance(x, str):
            self.texts.append(x)
        else:
            self.writer = self.writer or RowsWriter(self.path)
            try:
                self.writer.append(x)
            except ValueError as error:
                raise DataError(f"Inputs of a stream must be of one kind. Received: {error}.") from error
            self.n_bytes += x.nbytes
        if self.texts and self.writer:
            raise DataError("Inputs of a stream must be of one kind. Received: texts among numbers.")

    def inputs(self, order: np.ndarray) -> RowsOnDisk | list[str] | dict[str, np.ndarray]:
        if self.layout.is_table:
            return {name: _column(cells)[order] for name, cells in self.columns.items()}
        if self.writer is None:
            return [self.texts[i] for i in order]
        return self.writer.done().take(order)

    def labels(self, source: str) -> np.ndarray:
        """(n,) or (n, k)."""
        sizes = {np.size(y) for y in self.y}
        if len(sizes) > 1 or any(np.ndim(y) > 1 for y in self.y):
            raise DataError(
                f"Labels of a {source} must be numbers, texts or vectors of one length. "
                f"Received: {shortened(sorted(sizes), 5)} entries a label."
            )
        return np.array(self.y)


def _cell(name: str, part: np.ndarray | str) -> Any:
    if isinstance(part, str) or part.size == 1:
        return part if isinstance(part, str) else part.item()
    raise DataError(
        f"Inputs that are a dict must hold one number or text a key, as the columns of a table. "
        f"Received: {name!r} of shape {part.shape}. Leave the other keys out with ignore=, or map to (x, y)."
    )


def _column(cells: list[Any]) -> np.ndarray:
    return np.array(cells) if not any(isinstance(cell, str) for cell in cells) else np.array(cells, dtype=object)


def hash_of(example: dict[str, Leaf]) -> str:
    """A hash of an example's content, label and roles included."""
    return _hash({name: plain(leaf) for name, leaf in example.items()})


def _hash(parts: dict[str, np.ndarray | str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    is_alone = sum(name.startswith("x") for name in parts) == 1  # its name tells nothing then
    for name in sorted(parts):
        part = parts[name]
        name = "x" if is_alone and name.startswith("x") else name
        if isinstance(part, str):
            digest.update(repr((name, part)).encode())
        else:
            digest.update(repr((name, part.dtype.str, part.shape)).encode())
            digest.update(np.ascontiguousarray(part).data if part.size else b"")
    return digest.hexdigest()


def keep(gathered: Gathered, folder: Path) -> None:
    """Writes what was gathered beside its rows, for `kept_in`."""
    arrays: dict[str, Any] = {"y": gathered.y, "hashes": gathered.hashes, "positions": gathered.positions}
    arrays |= {f"role/{role}": values for role, values in gathered.roles.items()}
    facts: dict[str, Any] = {
        name: getattr(gathered, name) for name in ("is_ordered", "is_steady", "is_endless", "n_seen")
    }
    if isinstance(gathered.x, RowsOnDisk):
        arrays |= {"shapes": gathered.x.shapes, "starts": gathered.x.starts}
        facts["dtype"] = gathered.x.dtype.str
    elif isinstance(gathered.x, dict):
        facts["columns"] = {name: values.tolist() for name, values in gathered.x.items()}
    else:
        facts["texts"] = gathered.x
    np.savez(folder / "index.npz", **arrays)
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def kept_in(folder: Path) -> Gathered:
    """What `keep` wrote."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    with np.load(folder / "index.npz") as stored:
        arrays = dict(stored)
    x: Any = facts.pop("texts", None)
    if "columns" in facts:
        x = {name: _column(cells) for name, cells in facts.pop("columns").items()}
    elif "dtype" in facts:
        x = rows_at(folder / "rows.bin", facts.pop("dtype"), arrays.pop("shapes"), arrays.pop("starts"))
    roles = {name.removeprefix("role/"): arrays.pop(name) for name in list(arrays) if name.startswith("role/")}
    return Gathered(x=x, roles=roles, **arrays, **facts)
