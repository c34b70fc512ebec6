"""What a chief writes into the run folder while it searches, for workers to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.core.config import TrainingConfig
from wizard.core.store import write_file
from wizard.core.values import Value

FILE = Path("store", "search.json")  # in the run folder


class Announced(Value):
    """A search that is going on.

    Attributes:
        incumbent: The configuration that trials change.
        run_key: Of its run: processes that compute the same one have the same data, split, code and versions.
        metric: What decides.
        ip: Where the chief listens.
        port: Where the chief listens.
    """

    incumbent: TrainingConfig
    run_key: str
    metric: str
    ip: str
    port: int

    def write(self, folder: Path) -> None:
        """Says it to all who see the run folder."""
        write_file(folder / FILE, self.model_dump_json(indent=1).encode())


def announced(folder: Path) -> Announced | None:
    """The search that a run folder tells of; it may be over, where its chief was killed."""
    try:
        content: Any = (folder / FILE).read_bytes()
    except OSError:
        return None
    return Announced.model_validate_json(content)


def withdraw(folder: Path) -> None:
    """Says that the search is over."""
    (folder / FILE).unlink(missing_ok=True)
