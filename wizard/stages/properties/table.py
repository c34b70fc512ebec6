"""Rows of a table: their gaps and numbers that only count rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.probing import probe_sample

DISTINCT = 0.99  # of the values: an id names one row, and a few rows may stand twice
EVEN = 0.05  # largest distance between an id's distribution and an even one: ids are dealt out in turn
SPARSE = 20.0  # numbers to choose from for each row: beyond it whole numbers differ because they are large amounts


def incidental(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Which cells are missing, and ids among the inputs."""
    frame = _frame(context, rows)
    gaps = np.column_stack([is_missing(frame[name]) for name in frame.columns]).astype("float64")
    found = {}
    if gaps.any():
        found["pattern of missing values"] = np.column_stack([gaps[:, gaps.any(0)], gaps.sum(1)])
    for name in id_columns(context):
        found[f"id column {name!r}"] = frame[name].to_numpy("float64")[:, None]
    return found


def described(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Every number and date, how often each category is, and the gaps."""
    frame, known = _frame(context, rows), _frame(context, probe_sample(context).rows)
    found: dict[str, np.ndarray] = {}
    for name in frame.columns:
        if is_words(known[name]):
            share = known[name].value_counts(normalize=True)
            found[name] = frame[name].map(share).fillna(0.0).to_numpy("float64")
            continue
        found[name] = as_numbers(frame[name])
        gaps = is_missing(frame[name])
        if gaps.any():
            found[f"gaps of {name}"] = gaps.astype("float64")
    return found


def id_columns(context: Context) -> list[str]:
    """Numbers that name rows: whole, nearly all different, and dealt out evenly over their range."""
    frame = _frame(context, context.train_rows)
    return [column.name for column in context.dataset.columns if column.kind == "number"
            and is_id(frame[column.name].to_numpy("float64"), len(context.dataset))]  # fmt: skip


def is_id(values: np.ndarray, n_rows: int) -> bool:
    """Whether (n,) numbers name rows of a table that has n_rows in all."""
    known = values[~np.isnan(values)]
    if len(known) < 20 or (known != np.round(known)).any() or len(np.unique(known)) < DISTINCT * len(known):
        return False
    low, high = known.min(), known.max()
    place = (np.sort(known) - low) / max(high - low, 1.0)
    return bool(high - low < SPARSE * n_rows and np.abs(place - np.linspace(0, 1, len(known))).max() < EVEN)


def is_missing(cells: pd.Series) -> np.ndarray:
    """(n,) whether nothing stands in a typed cell."""
    return np.asarray(cells == "" if is_words(cells) else cells.isna(), bool)


def is_words(cells: pd.Series) -> bool:
    """Whether a typed column holds categories rather than numbers or dates."""
    return not (pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells))


def as_numbers(cells: pd.Series) -> np.ndarray:
    """(n,) numbers; dates in seconds, NaN where missing."""
    if cells.dtype.kind == "M":
        return np.where(cells.isna(), np.nan, cells.to_numpy("datetime64[ns]").astype("int64") / 1e9)
    return cells.to_numpy("float64")


def _frame(context: Context, rows: np.ndarray) -> pd.DataFrame:
    examples = context.dataset.examples
    assert isinstance(examples, TableExamples)
    return examples.frame.iloc[rows]
