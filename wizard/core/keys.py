"""Content keys: equal key, equal outcome. Made of values, of source code, and of library versions."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from wizard.core.shipped import PACKAGE

KEY_LENGTH = 20  # hex digits: 80 bits, far beyond chance for the thousands of runs of a journey
OPEN_FOLDERS = (  # plug-in folders: whoever uses one may run any of its files
    "wizard.models.families",
    "wizard.data.modalities",
    "wizard.data.sources",
    "wizard.data.near",
    "wizard.data.readers",
    "wizard.stages.looks",
    "wizard.stages.nuisances",
    "wizard.stages.reductions",
    "wizard.stages.views",
    "wizard.stages.parts",
    "wizard.stages.properties",
    "wizard.stages.leaks",
    "wizard.stages.axes",
)


def content_key(*parts: Any) -> str:
    """Hashes JSON-able parts (also frozen values of ours) into a short hex key."""
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:KEY_LENGTH]


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space; values of ours become their fields."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in a content key")


# Read by patterns: parsing hundreds of files takes seconds, and an example in a docstring only adds a file to a key.
IMPORT = re.compile(r"^[ \t]*import[ \t]+(wizard[\w.]*)", re.MULTILINE)
IMPORT_FROM = re.compile(r"^[ \t]*from[ \t]+(wizard[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.MULTILINE)
COMMENT = re.compile(r"#[^\n]*")


@cache
def versions(*packages: str) -> dict[str, str]:
    """Installed versions of the named distributions, without importing them."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


@cache
def source_key(*modules: str) -> str:
    """Hashes the source of the named modules and of everything of ours that they import, however deep."""
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen or _path(module) is None:
            continue
        seen.add(module)
        waiting += _imports(module)
        if module in OPEN_FOLDERS:
            folder = PACKAGE.parent / Path(*module.split("."))
            waiting += [f"{module}.{file.stem}" for file in folder.glob("*.py") if file.stem != "__init__"]
    digest = hashlib.sha256()
    for module in sorted(seen):
        path = _path(module)
        assert path is not None
        digest.update(module.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:KEY_LENGTH]


def _path(module: str) -> Path | None:
    base = PACKAGE.parent / Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imports(module: str) -> tuple[str, ...]:
    path = _path(module)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    found: list[str] = IMPORT.findall(text)
    for source, names in IMPORT_FROM.findall(text):
        found.append(source)
        plain = COMMENT.sub("", names).strip("() \n").split(",")
        found += [f"{source}.{name.split()[0]}" for name in plain if name.strip()]
    found += [folder for folder in OPEN_FOLDERS if f'"{folder}"' in text]  # plug-ins are loaded by name
    return tuple(found)
