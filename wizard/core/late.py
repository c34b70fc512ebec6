"""Do something when a module is first imported, without importing it."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType


def when_imported(module: str, then: Callable[[], object]) -> None:
    """Calls `then` once `module` is loaded: at once if it is already, else right after its import."""
    if module in sys.modules:
        then()
    else:
        sys.meta_path.insert(0, _Watcher(module, then))


class _Watcher(importlib.abc.MetaPathFinder):
    """Finds one module by the other finders, and adds a call to the end of its execution."""

    def __init__(self, module: str, then: Callable[[], object]) -> None:
        self.module = module
        self.then = then

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Leaves every other module alone."""
        if fullname != self.module:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_then_call(module: ModuleType) -> None:
            execute(module)
            self.then()

        spec.loader.exec_module = execute_then_call  # type: ignore[method-assign]  # of this one loader, for this one import
        return spec
