"""The door for a folder of class folders of text files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard.data import text_sets
from wizard.data.dataset import Dataset
from wizard.data.picture_files import folders_in
from wizard.data.request import Request
from wizard.data.sources import folder, labelled_folder
from wizard.data.text_files import read_files, texts_below
from wizard.data.text_sets import RawTexts

DESCRIPTION = (
    "a folder with one folder of text files (.txt, .md, .html …) a class (on top of that, if you like: train/, "
    "validation/ and test/)"
)


def accepts(raw: Any) -> bool:
    """Whether `raw` is a folder with folders of text files in it, and no pictures that another door would open."""
    if not isinstance(raw, str | Path) or not Path(raw).is_dir():
        return False
    if folder.accepts(raw) or labelled_folder.accepts(raw):
        return False
    return any(texts_below(one)[0] for one in folders_in(Path(raw)))


def open(raw: Any, request: Request) -> Dataset:
    """Opens class folders; labels are the folders' names."""
    return text_sets.dataset_of(
        folder.read_sets(Path(raw), request, accepts, read_folder), request, request.target_name or "class"
    )


def read_folder(root: Path, base: Path | None = None) -> RawTexts:
    """Reads the texts of each class.

    Args:
        root: Folder of class folders.
        base: Folder from which a text's place is told; None tells it from `root`.
    """
    paths, found = folder.files_of_classes(root, base or root, texts_below, "text")
    files = read_files(paths)
    raw = RawTexts(texts=files.texts, bad=files.bad, name=root.resolve().name or "texts", **found)
    return replace(raw, notes=(*raw.notes, *files.notes))
