"""New pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.core.progress import say
from wizard.data.dataset import Dataset
from wizard.data.pictures import ImageExamples


def read(raw: Any, like: Dataset) -> ImageExamples:
    """Reads pictures, one or many."""
    from wizard.data.picture_arrays import conform_white
    from wizard.data.picture_sets import read_pictures

    known: Any = like.examples
    raw = _many(raw, known)
    if not len(raw):
        return ImageExamples([], known.channels, np.zeros((0, 2), dtype=np.int64), known.white, ())
    examples, bad, _ = read_pictures([raw])
    if bad:
        first = min(bad)
        name = raw[first] if isinstance(raw[first], str | Path) else f"picture {first}"
        raise DataError(
            f"Every picture must be readable here. Received: {name}, which is not ({bad[first].rstrip('.')}); "
            f"{len(bad)} in all."
        )
    examples.channels = known.channels
    if examples.white == known.white and known.white == 255.0:
        return examples
    whole = examples.pixels if isinstance(examples.pixels, np.ndarray) else None
    if whole is not None:
        examples.pixels = conform_white(whole, examples.white, known.white, "pictures")
    else:
        examples.pixels = [
            conform_white(examples[i], examples.white, known.white, f"picture {i}") for i in range(len(examples))
        ]
    examples.white = known.white
    return ImageExamples(examples.pixels, known.channels, examples.sizes, known.white, None, examples.file_facts)


def _many(raw: Any, known: Any) -> Any:
    """Returns one picture or many as an array of many, or a list."""
    from wizard.data.picture_files import others_note, pictures_below
    from wizard.data.refusals import refuse_raw
    from wizard.data.sources import hugging_face

    if hugging_face.accepts(raw):
        return hugging_face.pictures_of(raw)
    if isinstance(raw, str | Path):
        refuse_raw(raw)
        path = Path(raw)
        found, others = pictures_below(path) if path.is_dir() else ([path], [])
        if not found:
            raise DataError(f"A folder of new pictures must have some. Received: {path} without any.")
        for note in others_note(others):
            say(note)
        return found
    if hasattr(raw, "getexif"):  # one of Pillow's images
        return _decoded([raw])
    if isinstance(raw, list | tuple) and len(raw):
        if all(isinstance(one, str | Path) for one in raw):
            for one in raw:
                refuse_raw(one)
            return [Path(one) for one in raw]
        if all(hasattr(one, "getexif") for one in raw):
            return _decoded(raw)
        return list(raw)
    array = np.asarray(raw)
    return array[None] if _is_one(array, known) else array


def _is_one(array: np.ndarray, known: Any) -> bool:
    """Whether an array is one picture, (h, w) or (h, w, c), rather than many (n, h, w).

    Beside grey pictures (8, 8, 3) is one in colour where those known are 8 x 8, else eight of 8 x 3.
    """
    if array.ndim != 3 or array.shape[-1] != 3 or known.channels == 3:
        return array.ndim == 2 or (array.ndim == 3 and array.shape[-1] in (1, 3, 4))
    has_size = [bool((known.sizes == size).all(axis=1).any()) for size in (array.shape[:2], array.shape[1:])]
    return has_size == [True, False]


def _decoded(images: Any) -> list[np.ndarray]:
    from wizard.data.decoding import picture_of

    return [picture_of(image).pixels for image in images]


def labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    """Returns the labels that the folders' names are, and the pictures."""
    from wizard.data.sources import folder, hugging_face

    if hugging_face.accepts(raw) and like.target in raw.features:
        return hugging_face.frame_of(raw)[like.target], raw
    if not folder.accepts(raw):
        raise DataError(
            f"Pictures without y must lie in class folders. Received: {type(raw).__name__}. Pass y, one label for each."
        )
    found = folder.read_folder(Path(raw))
    return found.labels, found.pictures
