"""Plug-ins by folder: a file in the folder is a plug-in of its name. Found without importing any."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from wizard.core.errors import OptionError, nearest
from wizard.core.shipped import PACKAGE


@cache
def names(package: str) -> tuple[str, ...]:
    """Names of the plug-ins in a package of ours, sorted; nothing is imported."""
    folder = PACKAGE.parent / Path(*package.split("."))
    return tuple(sorted(entry.name for entry in pkgutil.iter_modules([str(folder)]) if not entry.name.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """Imports one plug-in.

    Raises:
        OptionError: Where the package has no plug-in of that name; lists those it has.
    """
    known = names(package)
    if name not in known:
        what = package.rsplit(".", 1)[-1]
        raise OptionError(f"There is no {name!r} among the {what}: {', '.join(known)}.{nearest(name, known)}")
    return importlib.import_module(f"{package}.{name}")
