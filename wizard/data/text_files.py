"""Text files: found in folders, decoded once."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.data.picture_files import files_below

SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst", ".html", ".htm", ".xhtml", ".tex", ".eml")
LARGEST = 16 * 2**20  # bytes: a file beyond this is no example but a data set


@dataclass(frozen=True)
class TextFiles:
    """What n files hold.

    Attributes:
        texts: Of each file, "" where it cannot be read.
        bad: {position: why it cannot be read}.
        notes: What was done to read them.
    """

    texts: list[str]
    bad: dict[int, str]
    notes: tuple[str, ...] = ()


def texts_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns the text files below a folder and the other files, both sorted."""
    seen = files_below(folder)
    return [p for p in seen if is_text_path(p)], [p for p in seen if not is_text_path(p)]


def is_text_path(path: Path) -> bool:
    """Whether a file's name says that it holds a text."""
    return path.suffix.lower() in SUFFIXES


def are_paths(values: Sequence[Any]) -> bool:
    """Whether values are paths of text files rather than texts: Path objects, or names of which the first is there."""
    if not len(values) or not all(isinstance(value, str | Path) for value in values):
        return False
    if any(isinstance(value, Path) for value in values):
        return True
    if not all(len(value) < 1000 and "\n" not in value and is_text_path(Path(value)) for value in values):
        return False
    return any(Path(value).is_file() for value in values)


def read_files(paths: Sequence[Path]) -> TextFiles:
    """Reads files as UTF-8, or where they are not as Windows-1252, which is counted."""
    texts: list[str] = []
    bad: dict[int, str] = {}
    n_western = 0
    for i, path in enumerate(paths):
        try:
            text, is_western = _decoded(path)
            n_western += is_western
        except (OSError, ValueError) as error:
            text, bad[i] = "", _why(error)
        texts.append(text)
    note = (
        f"{n_western:,} file{'s are' if n_western > 1 else ' is'} not UTF-8: read as Windows-1252 (Western European). "
        "Check accented letters."
    )
    return TextFiles(texts, bad, (note,) * bool(n_western))


def _decoded(path: Path) -> tuple[str, bool]:
    """Returns the text, and whether it is not UTF-8; ValueError where the file holds no text."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 2**20} MB")
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), False
    if b"\0" in content:
        raise ValueError("is binary (it has zero bytes)")
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), True
    except UnicodeDecodeError:  # five bytes mean nothing there
        return content.decode("latin-1"), True


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
