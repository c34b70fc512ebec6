"""The door for a folder of class folders of pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data import picture_sets
from wizard.data.dataset import Dataset, LeftOut
from wizard.data.picture_files import folders_in, others_note, pictures_below
from wizard.data.picture_sets import RawPictures
from wizard.data.request import Request
from wizard.data.sources import labelled_folder

DESCRIPTION = (
    "a folder with one folder of pictures a class (on top of that, if you like: train/, validation/ and test/)"
)

SETS = {
    "train": "main", "training": "main", "validation": "validation", "val": "validation", "valid": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip


def accepts(raw: Any) -> bool:
    """Whether `raw` is a folder with folders of pictures in it and no table of labels."""
    if not isinstance(raw, str | Path) or not Path(raw).is_dir() or labelled_folder.accepts(raw):
        return False
    return any(pictures_below(folder)[0] for folder in folders_in(Path(raw)))


def open(raw: Any, request: Request) -> Dataset:
    """Opens class folders; labels are the folders' names."""
    raws = read_sets(Path(raw), request, accepts, read_folder)
    return picture_sets.dataset_of(raws, request, request.target_name or "class")


def read_sets(
    root: Path, request: Request, accepts: Callable[[Any], bool], read_folder: Callable[[Path, Path], Any]
) -> list[Any]:
    """Reads the main set, and the validation and test sets given or lying beside it (None where there are none).

    Args:
        root: Folder of class folders, or of train, validation and test folders of such.
        request: May hold the user's own sets.
        accepts: Whether something is a folder of class folders of this kind.
        read_folder: (folder, folder from which places are told) -> a raw set.
    """
    sets = sets_in(root)
    given = {"main": sets.get("main", root), "validation": request.validation, "test": request.test}
    for name in ("validation", "test"):
        if given[name] is not None and not accepts(given[name]):
            raise DataError(
                f"`{name}` must be a folder of class folders like the main set. Received: {given[name]!r:.80}."
            )
        if given[name] is not None and name in sets:
            raise DataError(
                f"`{name}` must not be given twice. Received: {name}={given[name]!r} and the folder {sets[name]}."
            )
        given[name] = sets.get(name, given[name])
    raws = [None if part is None else read_folder(Path(part), _told_from(Path(part), root)) for part in given.values()]
    if raws[0] is not None:
        raws[0] = replace(raws[0], name=root.resolve().name or raws[0].name, source=str(root))
    return raws


def _told_from(folder: Path, root: Path) -> Path:
    """Returns the folder from which places are told: a set beside the main one is named too ("test/3/7.png")."""
    if root == folder or root in folder.parents:
        return root
    return folder.parent


def sets_in(root: Path) -> dict[str, Path]:
    """Returns the train, validation and test folders on top, or nothing if the folders on top are classes."""
    folders = folders_in(root)
    names = [SETS.get(folder.name.lower()) for folder in folders]
    is_level = "main" in names and None not in names and len(set(names)) == len(names)
    named = {name: folder for name, folder in zip(names, folders, strict=True) if name is not None}
    return named if is_level and all(map(folders_in, folders)) else {}


def read_folder(root: Path, base: Path | None = None) -> RawPictures:
    """Finds the pictures of each class.

    Args:
        root: Folder of class folders.
        base: Folder from which a picture's place is told; None tells it from `root`.
    """
    paths, found = files_of_classes(root, base or root, pictures_below, "picture")
    return RawPictures(pictures=paths, name=root.resolve().name or "pictures", **found)


def files_of_classes(
    root: Path, base: Path, below: Callable[[Path], tuple[list[Path], list[Path]]], what: str
) -> tuple[list[Path], dict[str, Any]]:
    """Finds the files of each class; returns them, and the other fields of a raw set.

    Args:
        root: Folder of class folders.
        base: Folder from which a file's place is told.
        below: Gives the wanted files below a folder, and the others.
        what: The wanted files hold, in a word.
    """
    import pandas as pd

    paths, labels, notes = [], [], []
    for folder in folders_in(root):
        found, _ = below(folder)
        paths += found
        labels += [folder.name] * len(found)
        if not found:
            notes.append(f"The folder {folder.name!r} holds no {what}: not a class.")
    loose, others = below(root)
    inside = set(paths)
    where = [path.relative_to(base).as_posix() for path in paths]
    return paths, {
        "labels": pd.Series(labels, dtype=object),
        "where": np.array(where, dtype=object),
        "source": str(root),
        "left_out": tuple(
            LeftOut(path.relative_to(base).as_posix(), "lies in no class folder")
            for path in loose
            if path not in inside
        ),
        "notes": (*notes, *others_note(others, what)),
        "takes_names": True,
    }
