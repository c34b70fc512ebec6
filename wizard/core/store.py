"""Results and runs by content key: written to a temporary folder, then renamed, so that nothing is ever half there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from filelock import FileLock, Timeout

from wizard.core.disk import could_not_write, writing
from wizard.core.errors import RunFolderError
from wizard.core.progress import say
from wizard.core.result import STAGES

FORMAT = "1"  # layout of a run folder; a folder of another format is refused, never rewritten
STAGE_RESULTS = "stages"  # kind of the entries that hold a stage's result
VIEWS = ("index.html", "predictor", *(f"{number}-{stage}" for number, stage in enumerate(STAGES, start=1)))
UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile)  # cut short, of another version, or not ours at all
T = TypeVar("T")
PARTIAL = ".partial-"  # marks what a killed process left half-written; swept when the folder is next locked


@contextmanager
def temporaries_in(place: Path) -> Iterator[None]:
    """Has temporary files of libraries written to a folder meanwhile: Keras leaves some where saving a model fails."""
    before, tempfile.tempdir = tempfile.tempdir, str(place)
    try:
        yield
    finally:
        tempfile.tempdir = before


class Store:
    """The truth of a run folder: `store/<kind>/<key>/`, each entry complete or absent."""

    def __init__(self, folder: Path) -> None:
        """Opens (and makes, when first written) the store of a run folder.

        Raises:
            RunFolderError: Where the folder is of another format, or closed to us.
        """
        self.folder = folder
        marker = folder / "store" / "format"
        try:
            found = marker.read_bytes().decode(errors="replace").strip() if marker.is_file() else None
            foreign = [] if found is not None else [name for name in VIEWS if (folder / name).exists()]
        except OSError as error:
            raise RunFolderError(
                f"{folder} cannot be read: {error.strerror or error}. Choose another folder with out=."
            ) from error
        if foreign:
            raise RunFolderError(
                f"{folder} is there already and is no run folder, but holds {foreign[0]}, which would be written over. "
                f"Choose another folder with out= or name=, or move this one away."
            )
        if found not in (None, FORMAT):
            raise RunFolderError(
                f"{folder} was written by another version of this library (format {found!r}, this one reads "
                f"{FORMAT!r}). Choose another folder with out= or name=, or move this one away."
            )

    def has(self, kind: str, key: str) -> bool:
        """Whether an entry is stored."""
        return self.path(kind, key).is_dir()

    def path(self, kind: str, key: str) -> Path:
        """Folder of an entry, whether it is there or not."""
        return self.folder / "store" / kind / key

    def keys(self, kind: str) -> tuple[str, ...]:
        """Keys of all complete entries of a kind, sorted."""
        folder = self.folder / "store" / kind
        if not folder.is_dir():
            return ()
        return tuple(sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith(PARTIAL)))

    def write(self, kind: str, key: str, fill: Callable[[Path], None]) -> Path:
        """Lets `fill` write into a temporary folder, then renames it to its place; an entry already there stays.

        Raises:
            RunFolderError: Where the disk is full or the folder cannot be written; nothing half-written stays.
        """
        place = self.path(kind, key)
        if place.is_dir():
            return place
        partial = place.with_name(f"{PARTIAL}{uuid.uuid4().hex}")
        try:
            with writing(self.folder):
                partial.mkdir(parents=True)
                marker = self.folder / "store" / "format"
                if not marker.is_file():
                    write_file(marker, FORMAT.encode())
                fill(partial)
                try:
                    os.replace(partial, place)
                except OSError:
                    if not place.is_dir():  # else another process of the same search was faster
                        raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return place

    def read(self, kind: str, key: str, read: Callable[[Path], T]) -> T | None:
        """What `read` makes of an entry's folder; None where there is no entry.

        One that cannot be read is moved to `store/damaged`, and said so: it is then made again, and nothing is lost.

        Raises:
            RunFolderError: Where the folder is closed to us.
        """
        place = self.path(kind, key)
        if not place.is_dir():
            return None
        try:
            return read(place)
        except PermissionError as error:
            raise RunFolderError(f"{place} cannot be read: {error.strerror}. Make it readable.") from error
        except UNREADABLE as error:
            aside = self.folder / "store" / "damaged" / f"{kind}-{key}-{uuid.uuid4().hex[:8]}"
            with writing(self.folder):
                aside.parent.mkdir(parents=True, exist_ok=True)
                os.replace(place, aside)
            say(f"{place} cannot be read ({type(error).__name__}): it is moved to {aside}, and made again.")
            return None

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what is needed for a moment; what a killed process leaves of it is swept like all else."""
        place = self.folder / f"{PARTIAL}{uuid.uuid4().hex}"
        with writing(self.folder):
            place.mkdir(parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    @contextmanager
    def temporaries(self) -> Iterator[Path]:
        """A `scratch` that also takes the temporary files of libraries meanwhile: Keras makes some to save a model."""
        with self.scratch() as place, temporaries_in(place):
            yield place

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for this process, and sweeps what a killed one left half-written.

        Raises:
            RunFolderError: Where another process holds it, or it cannot be written.
        """
        try:
            if self.folder.exists() and not self.folder.is_dir():
                raise NotADirectoryError(20, "a file of that name is in its place")
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", timeout=0, is_singleton=True)
            lock.acquire()
        except Timeout as error:
            raise RunFolderError(
                f"{self.folder} is in use by another process. Wait for it, or choose another folder with name= or out=."
            ) from error
        except OSError as error:
            raise could_not_write(self.folder, error) from error
        try:
            if lock.lock_counter == 1:
                sweep(self.folder)
            yield
        finally:
            lock.release()


def folder_name(name: str) -> str:
    """A run folder's name that every file system takes."""
    clean = "".join(c if c.isalnum() or c in "-_. " else "-" for c in name).strip(" .")
    return clean or "journey"


def sweep(folder: Path) -> None:
    """Removes what a killed process left half-written."""
    for path in folder.rglob(f"{PARTIAL}*"):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all; untouched where it already has this content."""
    if path.is_file() and path.read_bytes() == content:
        return
    partial = path.with_name(f"{PARTIAL}{uuid.uuid4().hex}")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            os.replace(partial, path)
    finally:
        with suppress(OSError):  # what cannot be made cannot be removed either
            partial.unlink(missing_ok=True)


def asset_name(content: bytes, suffix: str) -> str:
    """The name of a picture or long array beside a result: its hash."""
    return f"{hashlib.sha256(content).hexdigest()[:24]}.{suffix}"
