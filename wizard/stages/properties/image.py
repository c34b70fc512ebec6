"""Pictures: their files, sizes and borders."""

from __future__ import annotations

from pathlib import PurePath

import numpy as np

from wizard.data.pictures import ImageExamples
from wizard.stages.context import Context

BORDER = 16  # a border is one part in so many of the shorter side, and a pixel at least


def incidental(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Size and kind of the file, size of the picture, and the colour of its border.

    The border's colour is the median of its pixels: what is in the picture may touch the border, but seldom fills it.
    """
    examples = ImageExamples.of(context.dataset.examples)
    facts = [fact for row in rows if (fact := examples.file_facts[int(row)]) is not None]
    sizes = np.asarray(examples.sizes, "float64")[rows]
    found = {}
    if len(facts) == len(rows):
        n_bytes = np.array([fact.size_bytes for fact in facts], "float64")
        found["size of the file"] = np.log(np.maximum(n_bytes, 1))[:, None]
        kinds = [f"{fact.mode} {PurePath(str(context.dataset.where[row])).suffix.lower()}"
                 for fact, row in zip(facts, rows, strict=True)]  # fmt: skip
        found["kind of file"] = indicators(kinds)
    found["size of the picture"] = np.column_stack([sizes, sizes[:, 0] / sizes[:, 1]])
    found["colour of the border"] = np.stack([_border(np.asarray(examples[int(row)])) for row in rows])
    return found


def described(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Brightness, contrast, sharpness, colours, size."""
    examples = ImageExamples.of(context.dataset.examples)
    looks = np.stack([_look(np.asarray(examples[int(row)], "float32")) for row in rows])
    names = ["brightness", "contrast", "sharpness", "colour of the border"]
    names += ["redness", "blueness"] if looks.shape[1] > len(names) else []
    sizes = np.asarray(examples.sizes, "float64")[rows]
    return {**dict(zip(names, looks.T, strict=True)), "height": sizes[:, 0], "width": sizes[:, 1]}


def indicators(words: list[str], most: int = 20) -> np.ndarray:
    """(n, k) which of the most frequent words each is."""
    known, counts = np.unique(words, return_counts=True)
    kept = known[np.argsort(-counts, kind="stable")[:most]]
    return (np.array(words)[:, None] == kept[None, :]).astype("float64")


def _border(picture: np.ndarray) -> np.ndarray:
    """(c,) median colour of the outermost pixels of a (h, w, c) picture."""
    wide = max(1, min(picture.shape[:2]) // BORDER)
    sides = (picture[:wide], picture[-wide:], picture[:, :wide], picture[:, -wide:])
    return np.median(np.concatenate([side.reshape(-1, picture.shape[-1]) for side in sides]), axis=0)


def _look(picture: np.ndarray) -> np.ndarray:
    grey = picture.mean(-1)
    steps = [float(np.abs(np.diff(grey, axis=axis)).mean()) if grey.shape[axis] > 1 else 0.0 for axis in (0, 1)]
    look = [float(grey.mean()), float(grey.std()), float(np.mean(steps)), float(_border(picture).mean())]
    if picture.shape[-1] == 3:
        look += [float((picture[..., c] - grey).mean()) for c in (0, 2)]
    return np.array(look)
