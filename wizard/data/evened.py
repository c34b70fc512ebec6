"""The setting "even" of a modality's preparation: what is taken out of its examples, and what they get instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.data.dataset import Dataset

SETTING = "even"
ROWS = 500  # training examples that levels and spreads are taken from: medians of so many hardly move
LEAST = 1e-6


@dataclass(frozen=True)
class Even:
    """What is taken out, and the usual level and spread of the training examples, a channel each or one of all."""

    out: tuple[str, ...]
    level: tuple[float, ...]
    spread: tuple[float, ...]

    @property
    def parts(self) -> tuple[object, ...]:
        """All of it, for a content key."""
        return (self.out, self.level, self.spread)

    @property
    def words(self) -> str:
        """As pages say it."""
        return f"every example's own {' and '.join(self.out)} taken out"


def evening(names: tuple[str, ...]) -> dict[str, HpValue]:
    """The setting that takes nuisances out of the inputs."""
    return {SETTING: ",".join(sorted(names))} if names else {}


def even_of(
    dataset: Dataset, rows: np.ndarray, settings: dict[str, HpValue], axes: tuple[int, ...], known: tuple[str, ...]
) -> Even | None:
    """What settings ask for, fitted to training rows; None where they ask for nothing.

    Args:
        dataset: Holds the examples, arrays with NaN where nothing was measured.
        rows: Training rows.
        settings: Of the preparation.
        axes: Of an example, over which level and spread are taken.
        known: What can be taken out of this modality.
    """
    out = tuple(name for name in str(settings.get(SETTING, "")).split(",") if name in known)
    if not out:
        return None
    levels, spreads = [], []
    for row in rows[:: -(-len(rows) // ROWS)]:
        example: Any = np.asarray(dataset.examples[int(row)], "float64")
        is_known = np.isfinite(example)
        n = np.maximum(is_known.sum(axes, keepdims=True), 1)
        level = np.where(is_known, example, 0).sum(axes, keepdims=True) / n
        spread = np.sqrt((np.where(is_known, example - level, 0) ** 2).sum(axes, keepdims=True) / n)
        levels.append(level.ravel())
        spreads.append(spread.ravel())
    usual = np.maximum(np.median(spreads, axis=0), LEAST)
    return Even(out, tuple(np.median(levels, axis=0).tolist()), tuple(usual.tolist()))
