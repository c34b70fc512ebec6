"""Streams become a data set: gathered, then handed to the door for arrays or tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError, OptionError
from wizard.core.keys import content_key
from wizard.core.store import Store, folder_name
from wizard.data import pictures
from wizard.data.dataset import PARTS, Dataset, LeftOut
from wizard.data.elements import ROLES, Stream
from wizard.data.gathering import ENDLESS_EXAMPLES, Gathered, gather, keep, kept_in
from wizard.data.picture_arrays import is_pictures
from wizard.data.request import Request
from wizard.data.rows_on_disk import RowsOnDisk

KIND = "streams"  # of a run folder's store: what version= keeps
SHOWN_HASH = 8  # hex digits that name an element of a stream without an order
LOOKED_AT = 64  # rows that tell pictures from series


def open_streams(
    parts: Sequence[Stream | Any | None], request: Request, name: str, classes: tuple[str, ...] = ()
) -> Dataset:
    """Opens streams.

    Args:
        parts: The main set, the validation set, the test set; a Stream, a pair of arrays, or None.
        request: What the user asks for.
        name: Of the data set, unless the user named it.
        classes: Names of the label's codes, where they are known.

    Raises:
        DataError: If the elements cannot be used, or an endless stream has no validation set.
    """
    main = parts[0]
    assert isinstance(main, Stream)
    name = request.name or name
    _check_endless(bool(main.is_endless), parts, main.source)
    gathered = _gathered(parts, request, name)
    first = gathered[0]
    assert first is not None
    _check_endless(first.is_endless, parts, main.source)
    is_one_hot = request.task != "multilabel" and all(_is_one_hot(one.y) for one in gathered if one is not None)
    notes = _notes(gathered, [part.source if isinstance(part, Stream) else "" for part in parts], is_one_hot, request)
    is_large = sum(one.x.nbytes for one in gathered if one and isinstance(one.x, RowsOnDisk)) > pictures.KEEP_BYTES
    target = request.target or "target"
    pairs: list[Any] = []
    for part, one in zip(parts, gathered, strict=True):
        pairs.append(part if one is None else (_inputs(one, is_large, request), _labels(one, is_one_hot, classes)))
    from wizard.data.sources import arrays

    asked = replace(
        request, target=target, name=name, validation=pairs[1], test=pairs[2], version=None, ignore=(),
        **{role: _role(role, gathered, pairs, request) for role in ROLES},
    )  # fmt: skip
    dataset = arrays.open(pairs[0], asked)
    return replace(
        dataset,
        where=np.array([_where(place, gathered) for place in dataset.where], dtype=object),
        left_out=tuple(LeftOut(_where(gone.where, gathered), gone.why) for gone in dataset.left_out),
        notes=(*notes, *dataset.notes),
        source=main.source,
    )


def _check_endless(is_endless: bool, parts: Sequence[Any], source: str) -> None:
    if is_endless and parts[1] is None:
        raise DataError(
            f"A {source} without an end needs `validation`, examples that it does not give: nothing can be held out of "
            "it, as what comes later may be what came before. Received: no validation set. Write "
            "Wizard(…, validation=…), or end it with .take(n)."
        )


def _gathered(parts: Sequence[Any], request: Request, name: str) -> list[Gathered | None]:
    """Each stream gone through, or what version= kept of it."""
    if request.version is None:
        return _pass_over(parts, request, None)
    if request.out is None:
        raise OptionError("version= keeps a stream in a run folder, and needs `out`. Received: none.")
    store = Store(request.out / folder_name(name))
    asked = [str(getattr(request, role)) for role in (*ROLES, "target")]
    key = content_key("stream", request.version, [isinstance(part, Stream) for part in parts], asked, request.ignore)
    if not store.has(KIND, key):
        with store.locked():
            store.write(KIND, key, lambda folder: _keep_all(parts, request, folder))
    place = store.path(KIND, key)
    folders = [place / part for part in PARTS]
    return [kept_in(folder) if folder.is_dir() else None for folder in folders]


def _keep_all(parts: Sequence[Any], request: Request, folder: Path) -> None:
    for gathered, part in zip(_pass_over(parts, request, folder), PARTS, strict=True):
        if gathered is not None:
            keep(gathered, folder / part)


def _pass_over(parts: Sequence[Any], request: Request, folder: Path | None) -> list[Gathered | None]:
    gathered: list[Gathered | None] = []
    for part, word in zip(parts, PARTS, strict=True):
        if not isinstance(part, Stream):
            gathered.append(None)
            continue
        own = folder / word if folder else None
        if own is not None:
            own.mkdir()
        gathered.append(gather(part, request, own))
    return gathered


def _is_one_hot(y: np.ndarray) -> bool:
    """Whether (n, k) labels have a single 1 a row and zeros beside it."""
    if y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind not in "biuf":
        return False
    return bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())


def _labels(gathered: Gathered, is_one_hot: bool, classes: tuple[str, ...]) -> Any:
    import pandas as pd

    y = gathered.y.argmax(1) if is_one_hot else gathered.y
    if y.ndim > 1:
        return y
    if classes:
        return _named(y, classes)
    return pd.Series(y.astype(object) if y.dtype.kind in "US" else y)


def _named(codes: np.ndarray, classes: tuple[str, ...]) -> Any:
    import pandas as pd

    known = np.where((codes >= 0) & (codes < len(classes)), codes, -1)  # TFDS writes -1 where there is no label
    return pd.Series(pd.Categorical.from_codes(known, pd.Index(classes)))


def _inputs(gathered: Gathered, is_large: bool, request: Request) -> Any:
    """Inputs as the door for arrays takes them; pictures that are too many stay on disk."""
    import pandas as pd

    x = gathered.x
    if isinstance(x, dict):
        return pd.DataFrame(x)
    if isinstance(x, list):
        return x
    if is_large and x.ndim in (3, 4) and (request.modality == "image" or _holds_pictures(x)):
        return x
    if x.ndim == 2 and not x.is_regular:
        raise DataError(
            "Vectors of a stream must have one length. Received: "
            f"lengths from {x.shapes.min():,} to {x.shapes.max():,}. Pad them, or map texts to one text each."
        )
    return x.in_memory()


def _holds_pictures(x: RowsOnDisk) -> bool:
    some = x.take(np.linspace(0, len(x) - 1, min(len(x), LOOKED_AT)).astype(int))
    return all(is_pictures(some[i][None]) for i in range(len(some)))


def _role(role: str, gathered: Sequence[Gathered | None], pairs: Sequence[Any], request: Request) -> Any:
    """A role's values in the order in which the examples were put."""
    inside = [one.roles[role] for one in gathered if one is not None and role in one.roles]
    asked = getattr(request, role)
    if asked is None and not inside:
        return None
    if inside:
        if len(inside) < sum(pair is not None for pair in pairs):
            raise DataError(f"`{role}` must be in every set or in none. Received: {len(inside)} of the sets with it.")
        return np.concatenate(inside)
    if isinstance(asked, str):
        raise DataError(f"`{role}` names a key, which only elements that are dicts have. Received: {asked!r}.")
    if any(one is None and pair is not None for one, pair in zip(gathered, pairs, strict=True)):
        raise DataError(f"`{role}` must come with the elements where a set is a stream. Received: an array beside it.")
    sets = [one for one in gathered if one is not None]
    if not all(one.is_ordered and not one.is_endless for one in sets):
        raise DataError(
            f"`{role}` can be an array only where a stream has a fixed order and an end. Received: an array for one "
            "without. Put its values into the elements, as a third part (weight) or as a key of dicts."
        )
    values = np.asarray(asked)
    if len(values) != sum(len(one.hashes) for one in sets):
        return asked  # the door says it
    starts = np.cumsum([0, *(len(one.hashes) for one in sets)])
    return np.concatenate([values[start + one.positions] for start, one in zip(starts, sets, strict=False)])


def _where(place: Any, gathered: Sequence[Gathered | None]) -> str:
    """Where an example stood in its stream: "validation element 17"."""
    text = str(place)
    number = re.search(r"(\d+)\]?$", text)
    word = next((part for part in PARTS[1:] if text.startswith(part)), PARTS[0])
    one = gathered[PARTS.index(word)]
    if one is None or number is None:
        return text
    row = int(number[1])
    own = f"{one.positions[row]}" if one.is_ordered else str(one.hashes[row])[:SHOWN_HASH]
    return f"{word} element {own}" if word != PARTS[0] else f"element {own}"


def _notes(
    gathered: Sequence[Gathered | None], sources: Sequence[str], is_one_hot: bool, request: Request
) -> tuple[str, ...]:
    notes = []
    for one, source, part in zip(gathered, sources, PARTS, strict=True):
        if one is None:
            continue
        what = f"The {source}" if part == PARTS[0] else f"The {part} set"
        n = len(one.hashes)
        if one.is_endless:
            copies = f"; of them {one.n_seen - n:,} were exact copies of others, kept once" if n < one.n_seen else ""
            notes.append(
                f"{what} has no end: its first {one.n_seen:,} examples (at most {ENDLESS_EXAMPLES:,}) are the "
                f"set{copies}"
            )
        if not one.is_steady:
            kept = (
                "of this process; version= keeps them for the next" if request.version is None else "kept by version="
            )
            notes.append(
                f"{what} gives other examples each time it is gone through (random changes in the pipeline): all steps "
                f"use those of one pass, {kept}"
            )
        elif not one.is_ordered:
            notes.append(f"{what} gives another order each time: examples are sorted by content and named by a hash")
    if is_one_hot:
        notes.append("Labels with a single 1 a row were read as classes, numbered from 0")
    return tuple(notes)
