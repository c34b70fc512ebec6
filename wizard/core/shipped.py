"""Where templates and sample data lie: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """Returns the path of the shipped `folder` ("templates" or "sample_data").

    Raises:
        FileNotFoundError: Where the installation lacks it.
    """
    for candidate in (PACKAGE / "_shipped" / folder, PACKAGE.parent / folder):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The installation lacks its folder {folder!r}: install the package again.")
