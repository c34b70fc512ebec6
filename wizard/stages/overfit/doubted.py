"""Labels that explore doubts: its own judgement again, from the same rows and the same draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wizard.stages.context import Context
from wizard.stages.probing import probe_sample
from wizard.stages.suspects import FEWEST_ROWS, Suspects, suspects


def doubted(context: Context) -> Suspects | None:
    """What explore thinks of the labels, or None where there are too few rows to say."""
    found: Suspects | None = context.once("explore's suspects", lambda: _as_explore(context))
    return found


def _as_explore(context: Context) -> Suspects | None:
    """Seeds are derived from the stage's name: under explore's the same rows are drawn, and judged alike."""
    there = replace(context, stage="explore", shared={})
    return suspects(there) if len(probe_sample(there)) >= FEWEST_ROWS else None


def contradicted_rows(context: Context) -> np.ndarray:
    """Rows whose label is doubted: equal inputs with different labels, and those that explore calls probably wrong."""
    rows = context.train_rows
    y, exact = context.y(rows), context.copies.exact[rows]
    order = np.argsort(exact, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(exact[order])) + 1)
    differing = [rows[group] for group in groups if len(group) > 1 and len(np.unique(y[group], axis=0)) > 1]
    found = doubted(context)
    called = found.rows[found.is_called] if found is not None else np.empty(0, "int64")
    return np.unique(np.concatenate([*differing, called]).astype("int64"))
