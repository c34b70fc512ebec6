"""Rows of a table for classical probes: normal scores of numbers, indicators of gaps, one-hot categories."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.probing import probe_sample
from wizard.stages.views import MOST

COMMON = 0.005  # of the sample's rows: rarer categories share one feature
MOST_CODES = 50  # features of one column
SECOND = 1_000_000_000  # of a nanosecond count


def features(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) numbers as normal scores, 0 where missing, with an indicator of that; categories one-hot."""
    return _fitted(context).transform(_frame(context, rows))[:, :MOST]


def names(context: Context) -> list[str]:
    """(d,) column behind each feature."""
    return _fitted(context).names[:MOST]


def _frame(context: Context, rows: np.ndarray) -> Any:
    examples = context.examples(rows)
    assert isinstance(examples, TableExamples)
    return examples.frame


def _fitted(context: Context) -> _Fitted:
    fitted: _Fitted = context.once("features of the table", lambda: _Fitted(context))
    return fitted


class _Fitted:
    """Quantiles and frequent categories of the probes' sample."""

    def __init__(self, context: Context) -> None:
        frame = _frame(context, probe_sample(context).rows)
        self.numbers: list[tuple[str, np.ndarray, bool]] = []
        self.categories: list[tuple[str, list[str]]] = []
        self.names: list[str] = []
        for column in context.dataset.columns:
            if column.kind in ("number", "date"):
                values = _as_numbers(frame[column.name])
                known, has_gaps = np.sort(values[~np.isnan(values)]), bool(np.isnan(values).any())
                self.numbers.append((column.name, known, has_gaps))
                self.names += [column.name] * (1 + has_gaps)
            else:
                shares = frame[column.name].value_counts(normalize=True)
                codes = [str(code) for code in shares.index[shares >= COMMON][:MOST_CODES]]
                self.categories.append((column.name, codes))
                self.names += [column.name] * (len(codes) + 1)

    def transform(self, frame: Any) -> np.ndarray:
        from scipy.special import ndtri

        parts: list[np.ndarray] = []
        for name, known, has_gaps in self.numbers:
            values = _as_numbers(frame[name])
            is_missing = np.isnan(values)
            place = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
            scores = ndtri((place + 1) / (2 * len(known) + 2)) if len(known) else np.zeros(len(values))
            parts.append(np.where(is_missing, 0.0, scores))
            if has_gaps:
                parts.append(is_missing.astype("float64"))
        for name, codes in self.categories:
            cells = frame[name].to_numpy(dtype=object).astype(str)
            one_hot = (
                cells[:, None] == np.array(codes, dtype=str)[None, :] if codes else np.empty((len(cells), 0), bool)
            )
            parts += [*one_hot.T.astype("float64"), (~one_hot.any(1)).astype("float64")]
        return np.column_stack(parts).astype("float32") if parts else np.zeros((len(frame), 1), "float32")


def _as_numbers(cells: Any) -> np.ndarray:
    """(n,) float64; dates in seconds, NaN where missing."""
    if cells.dtype.kind == "M":
        return np.where(cells.isna(), np.nan, cells.to_numpy("datetime64[ns]").astype("int64") / SECOND)
    return cells.to_numpy("float64")
