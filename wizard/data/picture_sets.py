"""Raw pictures with labels become a data set."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.dataset import PARTS, Dataset, LeftOut
from wizard.data.decoding import REMARKS, Picture, decode
from wizard.data.joined import joined_facts, joined_labels, usable
from wizard.data.labels import read_labels
from wizard.data.lazy_pictures import LazyPictures, joined, pictures_of
from wizard.data.picture_arrays import conform_white, stack_of, stacks_of, unreadable
from wizard.data.pictures import KEEP_BYTES, FileFact, ImageExamples, hash_of, with_channels
from wizard.data.request import Request
from wizard.data.roles import check_names, read_roles
from wizard.data.rows_on_disk import RowsOnDisk

if TYPE_CHECKING:
    import pandas as pd

THREADS = 4  # Pillow decodes outside the interpreter lock; more than a few threads wait for the disk


@dataclass(frozen=True)
class RawPictures:
    """Pictures and labels as they lie there.

    Attributes:
        pictures: (n, h, w[, c]) array, or a list of arrays, or of paths or contents of files.
        labels: (n,) raw labels, or (n, m) where each picture has several.
        where: (n,) where each picture stands, in words.
        source: Path or kind of object, in words.
        name: Short name.
        facts: (n, …) further columns about each picture (group, time …); None where there are none.
        left_out: Pictures that were set aside already.
        notes: What was done to find them.
        is_text: Whether the labels come from a text file.
        takes_names: Whether labels are names (of folders) and stay text even where they look like numbers.
    """

    pictures: Any
    labels: pd.Series | pd.DataFrame
    where: np.ndarray
    source: str
    name: str
    facts: pd.DataFrame | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    is_text: bool = False
    takes_names: bool = False


@dataclass
class _Read:
    """Pictures decoded so far, and what was seen on the way."""

    pixels: Any = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    hashes: list[str] | None = None
    file_facts: list[FileFact | None] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    white: float | None = 255.0
    channels: int = 1


def dataset_of(parts: Sequence[RawPictures | None], request: Request, target: str) -> Dataset:
    """Decodes every picture once, takes out what cannot be used, and says all of it."""
    sets = [one for one in parts if one is not None]
    main = sets[0]
    facts = joined_facts(sets)
    check_names(request, list(facts.columns))
    where = np.concatenate([one.where for one in sets])
    part = np.concatenate([np.full(len(one.where), i, dtype=np.int8) for i, one in enumerate(parts) if one is not None])
    labels = read_labels(target, joined_labels(sets), main.is_text)
    examples, bad, notes = read_pictures([one.pictures for one in sets])

    why = [bad.get(i) or str(labels.missing[i]) for i in range(len(where))]
    kept, left_out = usable(parts, part, where, why, labels.values, target, "pictures")
    roles = read_roles(request, facts, kept, where)
    return Dataset(
        name=request.name or main.name,
        modality="image",
        examples=examples if len(kept) == len(where) else _dense(examples.take(kept)),
        labels=labels.values[kept],
        target=target,
        where=where[kept],
        part=part[kept],
        outputs=labels.outputs,
        left_out=left_out,
        notes=tuple(dict.fromkeys([n for one in sets for n in one.notes] + notes + [labels.note] * bool(labels.note))),
        source=main.source,
        **roles,
    )


def read_pictures(sets: Sequence[Any]) -> tuple[ImageExamples, dict[int, str], list[str]]:
    """Reads sets of pictures one after the other into one.

    Returns:
        The pictures, the positions of unreadable ones (kept as one black pixel) with the reason, and notes.
    """
    read = [_read_one(pictures) for pictures in sets]
    bad: dict[int, str] = {}
    notes: list[str] = []
    start = 0
    for i, one in enumerate(read):
        bad |= {start + position: reason for position, reason in one.bad.items()}
        notes += one.notes
        start += len(one.pixels)
        if i and one.white != read[0].white and not isinstance(one.pixels, list):
            if isinstance(one.pixels, LazyPictures):
                raise DataError(
                    f"All pictures must have one scale. Received: another in the {PARTS[i]} set. Rescale it."
                )
            one.pixels = conform_white(one.pixels, one.white, read[0].white, f"the {PARTS[i]} set")
    channels = max(one.channels for one in read)
    pixels: Any
    if any(isinstance(one.pixels, LazyPictures) for one in read):
        pixels = read[0].pixels if len(read) == 1 else joined([one.pixels for one in read])
    elif len(read) == 1 and isinstance(read[0].pixels, np.ndarray):
        pixels = read[0].pixels
    elif all(isinstance(one.pixels, np.ndarray) for one in read) and len({one.pixels.shape[1:] for one in read}) == 1:
        pixels = np.concatenate([one.pixels for one in read])
    else:
        pixels = [picture for one in read for picture in one.pixels]
    hashes = None if any(one.hashes is None for one in read) else tuple(h for one in read for h in one.hashes or ())
    sizes = np.array([size for one in read for size in one.sizes], dtype=np.int64).reshape(-1, 2)
    file_facts = [fact for one in read for fact in one.file_facts]
    examples = ImageExamples(pixels, channels, sizes, read[0].white, hashes, file_facts)
    return _dense(examples), bad, notes


def _dense(examples: ImageExamples) -> ImageExamples:
    """Puts decoded pictures of one size into one array."""
    is_list = isinstance(examples.pixels, list) and examples.pixels and isinstance(examples.pixels[0], np.ndarray)
    if is_list and len({p.shape[:2] for p in examples.pixels}) == 1:
        examples.pixels = np.stack([with_channels(p, examples.channels) for p in examples.pixels])
    return examples


def _read_one(pictures: Any) -> _Read:
    if isinstance(pictures, np.ndarray):
        stack, white, notes = stack_of(pictures)
        sizes = [(int(stack.shape[1]), int(stack.shape[2]))] * len(stack)
        return _Read(stack, sizes, None, [None] * len(stack), unreadable(stack), notes, white, stack.shape[-1])
    if isinstance(pictures, RowsOnDisk):
        return _from_disk(pictures)
    if len(pictures) and isinstance(pictures[0], str | Path | bytes):
        return _from_files([Path(one) if isinstance(one, str) else one for one in pictures])
    return _from_list(pictures)


def _from_disk(rows: RowsOnDisk) -> _Read:
    """Looks through pictures one at a time; they stay where they are."""
    pixels, white, notes = pictures_of(rows)
    hashes: list[str] = []
    read = _Read(pixels, hashes=hashes, file_facts=[None] * len(rows), notes=notes, white=white)
    for i in range(len(rows)):
        picture = pixels[i]
        if reason := unreadable(picture[None]).get(0):
            read.bad[i] = reason
        read.sizes.append(picture.shape[:2])
        hashes.append(hash_of(picture))
        read.channels = max(read.channels, picture.shape[-1])
    read.notes.append(f"The pictures take {rows.nbytes / 2**30:.1f} GiB: they are kept on disk.")
    return read


def _from_list(pictures: Sequence[Any]) -> _Read:
    arrays = stacks_of(pictures)
    whole = [stack_of(array, f"x[{i}]") for i, array in enumerate(arrays)]
    whites = [white for _, white, _ in whole]
    known = [white for white in whites if white is not None]
    white = (
        max(known, default=255.0) if len(known) == len(whites) else None
    )  # a dark picture of a 0–255 set looks like 0–1
    pixels = [stack[0] for stack, _, _ in whole]
    bad = {i: reason for i, (stack, _, _) in enumerate(whole) for reason in unreadable(stack).values()}
    notes = [f"{n:,} × {note}" for note, n in Counter(note for _, _, notes in whole for note in notes).items()]
    sizes = [pixel.shape[:2] for pixel in pixels]
    channels = max((pixel.shape[-1] for pixel in pixels), default=1)
    return _Read(pixels, sizes, None, [None] * len(pixels), bad, notes, white, channels)


def _from_files(paths: Sequence[Path | bytes]) -> _Read:
    """Decodes files once each, in order; beyond KEEP_BYTES only their hashes and sizes stay."""
    hashes: list[str] = []
    read, remarks, n_bytes, keep = _Read(hashes=hashes), Counter[str](), 0, True
    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of oddities in headers; what it reads is looked at
        for i, (picture, why) in enumerate(pool.map(_decoded, paths)):
            if picture is None:
                read.bad[i] = why
                picture, fact, digest = Picture(np.zeros((1, 1, 1), np.uint8), ""), None, ""
            else:
                digest, size_bytes = why.split()
                fact = FileFact(int(size_bytes), picture.mode)
            n_bytes += picture.pixels.nbytes
            keep = keep and n_bytes <= KEEP_BYTES
            read.pixels.append(picture.pixels) if keep else read.pixels.clear()
            read.sizes.append(picture.pixels.shape[:2])
            read.channels = max(read.channels, picture.pixels.shape[-1])
            hashes.append(digest)
            read.file_facts.append(fact)
            remarks.update(picture.remarks)
    if not keep:
        read.pixels = list(paths)
        read.notes.append(f"The pictures take {n_bytes / 2**30:.1f} GiB decoded: they are decoded again when needed.")
    read.notes += [f"{n:,} picture{'s' * (n > 1)} {REMARKS[what]}." for what, n in sorted(remarks.items())]
    return read


def _decoded(source: Path | bytes) -> tuple[Picture | None, str]:
    """Returns a picture with its hash and file size, or None and what is wrong with the file."""
    try:
        picture = decode(source)
        size_bytes = source.stat().st_size if isinstance(source, Path) else len(source)
        return picture, f"{hash_of(picture.pixels)} {size_bytes}"
    except (DataError, OSError) as error:
        return None, str(error).partition("Received: ")[2] or str(error)


def placed(raw: RawPictures, prefix: str) -> RawPictures:
    """Says in which of the user's sets a picture stands."""
    return replace(raw, where=np.array([prefix + str(place) for place in raw.where], dtype=object))
