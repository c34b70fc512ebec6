"""Picture files found in folders, in an order that does not depend on the file system."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from wizard.data.decoding import SUFFIXES


def pictures_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns the picture files below a folder and the other files, sorted; hidden ones and Thumbs.db are skipped."""
    seen = files_below(folder)
    return [p for p in seen if p.suffix.lower() in SUFFIXES], [p for p in seen if p.suffix.lower() not in SUFFIXES]


def files_below(folder: Path) -> list[Path]:
    """Returns all files below a folder, sorted, hidden ones left aside.

    Linked folders are looked into, except where a link leads back up.

    Raises:
        OSError: If a folder cannot be listed: its files would be lost silently.
    """
    files = sorted(_files_below(folder), key=lambda path: _order(path, folder))
    return [path for path in files if not is_hidden(path.relative_to(folder))]


def _files_below(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        folders[:] = [name for name in folders if not _leads_up(Path(top, name))]
        for path in (Path(top, name) for name in names):
            if path.is_file() or not path.exists():  # a broken link is told of; a pipe would never end
                yield path


def _leads_up(folder: Path) -> bool:
    if not folder.is_symlink():
        return False
    aim = folder.resolve()
    return aim in [*folder.absolute().parents, *folder.parent.resolve().parents, folder.parent.resolve()]


def _raise(error: OSError) -> None:
    raise error


def folders_in(folder: Path) -> list[Path]:
    """Returns the folders directly inside, sorted, hidden ones left aside."""
    found = [path for path in folder.iterdir() if path.is_dir() and not is_hidden(Path(path.name))]
    return sorted(found, key=lambda path: _order(path, folder))


def is_hidden(path: Path) -> bool:
    """Whether a relative path is the system's own business: .DS_Store, __MACOSX, Thumbs.db."""
    return any(
        name.startswith((".", "__MACOSX")) or name.lower() in ("thumbs.db", "desktop.ini") for name in path.parts
    )


def others_note(others: Iterable[Path], what: str = "picture") -> tuple[str, ...]:
    """Says how many files of which kind are no pictures (or no `what` else)."""
    kinds = Counter(path.suffix.lower() or "without a suffix" for path in others)
    if not kinds:
        return ()
    listed = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items()))
    return (f"Files that are no {what}s were passed over: {listed}.",)


def _order(path: Path, folder: Path) -> list[tuple[int, str]]:
    """Sorts 2.png before 10.png, the same on every system."""
    text = path.relative_to(folder).as_posix()
    return [
        (int(piece), piece) if piece.isdigit() and piece.isascii() else (-1, piece)
        for piece in re.split(r"(\d+)", text)
    ]
