"""The parts of our layers that a script needs to stand without this library: their source, and what that rests on."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wizard.core.shipped import PACKAGE

MODULES = (  # with the layers and functions that scripts may name; what stands above is never used by what stands below
    "wizard.data.layers", "wizard.data.series_layers", "wizard.data.even_layers", "wizard.models.layers",
    "wizard.models.series_layers", "wizard.models.text_layers", "wizard.models.table_layers",
    "wizard.models.rocket_layers", "wizard.models.creative",
)  # fmt: skip
IMPORTS = {  # what scripts and excerpts may use, by the name that it is known by
    "Any": "from typing import Any", "Counter": "from collections import Counter", "Path": "from pathlib import Path",
    "combinations": "from itertools import combinations", "math": "import math", "sys": "import sys",
    "keras": "import keras", "np": "import numpy as np", "pd": "import pandas as pd", "tf": "import tensorflow as tf",
    "metrics": "from sklearn import metrics",
}  # fmt: skip
STANDARD = ("collections", "itertools", "math", "pathlib", "sys", "typing")  # modules that come with Python


@dataclass(frozen=True)
class Part:
    """A definition at the top of a module: where it stands, its source, and the names that it uses."""

    module: int
    line: int
    source: str
    uses: frozenset[str]

    @property
    def is_constant(self) -> bool:
        """Whether it is neither a class nor a function."""
        return not self.source.startswith(("class ", "def ", "@"))


def excerpts_for(script: str) -> str:
    """Source of every layer, function and constant of ours that a script uses, in an order that runs."""
    waiting: list[tuple[str, int | None]] = [(name, None) for name in sorted(_names(ast.parse(script)))]
    found: dict[str, Part] = {}
    while waiting:
        name, module = waiting.pop()
        part = _part(name, module)
        if part is None or found.get(name) == part:
            continue
        assert name not in found, f"two parts of a script are called {name}"
        found[name] = part
        waiting += [(used, part.module) for used in sorted(part.uses)]
    parts = sorted(set(found.values()), key=lambda part: (part.module, part.line))
    return "\n".join(part.source if part.is_constant else f"\n\n{part.source}\n\n" for part in parts)


def imports_for(script: str) -> list[str]:
    """The import lines of a script, Python's own first, then a blank line, then the others."""
    used = {node.id for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Name)}
    lines = sorted(line for name, line in IMPORTS.items() if name in used)
    own = [line for line in lines if line.split()[1] in STANDARD]
    return [*own, "", *[line for line in lines if line not in own]]


def _names(tree: ast.AST) -> frozenset[str]:
    """Names that a piece of code takes from around it."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return frozenset(read - _defined(tree))


def _defined(tree: ast.AST) -> set[str]:
    """Names that a piece of code gives: variables, arguments, functions, classes."""
    nodes = list(ast.walk(tree))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return stored | arguments | {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _part(name: str, module: int | None) -> Part | None:
    """The definition of a name: that of the module which uses it, else of any."""
    order = [*([] if module is None else [module]), *range(len(MODULES))]
    return next((_parts(number)[name] for number in order if name in _parts(number)), None)


@cache
def _parts(number_of_module: int) -> dict[str, Part]:
    """All definitions at the top of a module, by name."""
    path = PACKAGE.parent / Path(*MODULES[number_of_module].split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    found: dict[str, Part] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [leaf.id for target in node.targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)]
        else:
            continue
        decorators = getattr(node, "decorator_list", [])
        registered = [one for one in decorators if "register" in ast.unparse(one)]
        hidden = {one.lineno for one in registered}
        first = min([node.lineno, *(one.lineno for one in decorators)])
        kept = [lines[number - 1] for number in range(first, (node.end_lineno or first) + 1) if number not in hidden]
        source = re.sub(r"  # (noqa|fmt|type):.*$", "", "\n".join(kept), flags=re.M)
        used = _names(ast.parse(source)) - set(names)
        found |= {name: Part(number_of_module, first, source, used) for name in names}
    return found
