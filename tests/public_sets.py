"""Public data sets that lie outside the project: WIZARD_DATA names their folder, whose load.py opens them by name."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "WIZARD_DATA"


def are_at_hand() -> bool:
    """Whether the sets are there."""
    return FOLDER in os.environ and (Path(os.environ[FOLDER]) / "load.py").is_file()


def public_set(name: str, **options: Any) -> dict[str, Any]:
    """A set: X_train, y_train, X_test, y_test, kind, task, truth; options are the loader's."""
    loaded: dict[str, Any] = _loader().load(name, **options)
    return loaded


@cache
def _loader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("public_sets", Path(os.environ[FOLDER]) / "load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
