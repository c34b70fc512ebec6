"""What a user asks for beside the data themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Request:
    """The options of `Wizard(…)` that decide how data are opened.

    Attributes:
        target: Name of the column to predict, or of several; for arrays and folders only the name shown.
        modality: "image", "table", "text" or "series" where the data leave it open; None decides from the data.
        task: "classification" or "regression"; None decides from the labels. Only refused tasks matter here.
        validation: A validation set of the user's own, any kind of data that the main set may be. Never altered.
        test: A test set of the user's own, likewise.
        group: A column, or (n,) values: examples of one group stay on one side of every split. In a table with a step
            of a series a row: the column whose equal values make one series.
        time: A column, or (n,) numbers or dates: training comes before validation comes before test. In a table with a
            step of a series a row: the column that orders the rows of a series.
        weight: A column, (n,) positive weights, or {class: weight}, in losses and metrics.
        ignore: Columns that are no inputs.
        name: Short name of the data set; None takes that of the file or folder.
        version: What a stream gives now, by name: kept in the run folder under it. Only for streams.
        out: Folder of run folders, where that is kept.
    """

    target: str | tuple[str, ...] | None = None
    modality: str | None = None
    task: str | None = None
    validation: Any = None
    test: Any = None
    group: str | np.ndarray | None = None
    time: str | np.ndarray | None = None
    weight: str | np.ndarray | Mapping[Any, float] | None = None
    ignore: tuple[str, ...] = ()
    name: str | None = None
    version: str | None = None
    out: Path | None = None

    @property
    def target_name(self) -> str | None:
        """The target's name; several are joined."""
        return ", ".join(self.target) if isinstance(self.target, tuple) else self.target

    @property
    def targets(self) -> tuple[str, ...]:
        """Columns to predict, as far as they are named."""
        return (self.target,) if isinstance(self.target, str) else self.target or ()

    def parts(self, main: Any) -> tuple[Any, Any, Any]:
        """Returns the main set and the user's own validation and test sets (None where not given)."""
        return main, self.validation, self.test
