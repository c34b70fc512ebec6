"""What the library raises: full sentences that say what must hold, what came, and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

LONG = 100  # characters: a word beyond it is cut in a message


class WizardError(Exception):
    """The root of every error that the library raises on purpose."""


class OptionError(WizardError, ValueError):
    """An option of a public call has a value that it cannot have."""


class DataError(WizardError, ValueError):
    """The data cannot be used as they are; names the file, row or column."""


class ColumnError(DataError):
    """A column that was asked for is not there, or cannot play its part."""


class UnsupportedTaskError(WizardError, ValueError):
    """A task that the library does not do: forecasting, segmentation, detection."""


class StageOrderError(WizardError, RuntimeError):
    """A stage was called before one that it stands on."""


class GateFailed(WizardError, RuntimeError):
    """A gate of the recipe failed: do not go on before you understand why.

    Attributes:
        findings: The failed gate findings, in the order of the recipe.
        report: Path of the page that explains them.
    """

    def __init__(self, message: str, findings: tuple[Any, ...] = (), report: str = "") -> None:
        """Keeps the findings and the page's path beside the message."""
        super().__init__(message)
        self.findings = findings
        self.report = report


class NotAvailableError(WizardError, NotImplementedError):
    """Something that this version does not do; says what it does instead.

    Also Python's NotImplementedError, which callers expect there: nothing is left unwritten behind it.
    """


class RunFolderError(WizardError, OSError):
    """The run folder cannot be used: locked by another process, not writable, or of another version."""


class ScriptError(WizardError, RuntimeError):
    """A training script cannot be judged: it breaks by itself, or never comes to what was asked for.

    Attributes:
        details: The script's own traceback, or an empty string.
    """

    def __init__(self, message: str, details: str = "") -> None:
        """Keeps the traceback beside the message."""
        super().__init__(message)
        self.details = details


class NoScriptError(ScriptError):
    """There is no script of that name, or it is not one of Python."""


class NoFitError(ScriptError):
    """A script ended without the call of fit that was asked for."""


class NotCompiledError(ScriptError):
    """A model was to be fitted before it was compiled."""


def nearest(word: str, words: Iterable[str]) -> str:
    """Returns " Did you mean 'x'?" with the closest of `words`, or an empty string."""
    matches = difflib.get_close_matches(str(word), [str(w) for w in words], n=1, cutoff=0.5)
    return f" Did you mean {matches[0]!r}?" if matches else ""


def shortened(words: Iterable[object], limit: int = 12) -> str:
    """Joins `words` for a message, and counts those beyond `limit`."""
    listed = [word if len(word) <= LONG else f"{word[:LONG]}…" for word in map(str, words)]
    more = f" … and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def check_count(name: str, value: object) -> None:
    """Refuses what is neither a whole number of at least 1 nor None.

    Raises:
        OptionError: Names the option.
    """
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise OptionError(f"{name} must be a whole number of at least 1. Received: {value!r}.")
