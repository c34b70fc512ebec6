"""Small file systems of their own, so that a disk can really be full, or really be closed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A file system in memory of so many kilobytes."""

    def __init__(self, place: Path, kilobytes: int) -> None:
        """Mounts it; a test where that may not be done is skipped."""
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        done = _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place))
        if done is None or done.returncode:
            pytest.skip("This machine lets no file system be mounted here, which needs root on Linux.")

    def grow(self, kilobytes: int) -> None:
        """Makes room."""
        _check("mount", "-o", f"remount,size={kilobytes}k", str(self.place))

    def close(self) -> None:
        """Lets nobody write on it any more, root neither."""
        _check("mount", "-o", "remount,ro", str(self.place))

    def open(self) -> None:
        """Lets it be written on again."""
        _check("mount", "-o", "remount,rw", str(self.place))


@contextmanager
def mounted(place: Path, kilobytes: int) -> Iterator[Disk]:
    """A small disk for as long as a test lasts."""
    disk = Disk(place, kilobytes)
    try:
        yield disk
    finally:
        _check("umount", "--lazy", str(place))


def _run(*command: str) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return None


def _check(*command: str) -> None:
    done = _run(*command)
    assert done is not None
    assert done.returncode == 0, done.stderr.decode()
