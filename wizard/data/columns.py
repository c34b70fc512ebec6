"""A column of a table becomes numbers, categories or dates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.data.cells import MISSING, NO_NUMBER, distinct_texts, text_of
from wizard.data.dataset import TableColumn
from wizard.data.dates import ISO, dates_of, format_of, nanoseconds
from wizard.data.numbers import TRUTH, decimal_sign, has_leading_zero, numbers_of, shared_unit
from wizard.data.texts import reads_like_text

if TYPE_CHECKING:
    import pandas as pd

MOST = 0.95  # of the cells with a value: fewer than this, and the odd ones are no slips of the pen
MIXED = 0.5  # more numbers than this among categories are worth a word
ID = "an id or short text, which teaches nothing as a category"
LONGER = (list, tuple, set, dict, np.ndarray)  # cells that hold several values
ID_LIKE = 20  # fewer rows than this may well all differ by chance


def read_column(name: str, cells: pd.Series, decimal_comma: bool = False) -> tuple[TableColumn, np.ndarray]:
    """Decides what a column holds, over all its rows, and reads it.

    Truth values become numbers 0 and 1. A column that pandas calls categorical stays one. Text is
    read as numbers or dates where at least 95 % of its values are; the others are missing then.

    Args:
        name: The column's name.
        cells: (n,) raw cells.
        decimal_comma: Whether the file may write 1,5 for one and a half.

    Returns:
        The column, and (n,) values: float64, str, or datetime64[ns].
    """
    known = from_dtype(name, cells)
    if known is not None:
        return known
    column, values = _from_text(name, cells, decimal_comma)
    if cells.dtype == object and any(isinstance(cell, LONGER) for cell in cells):
        column = replace(column, note="; ".join(filter(None, ("lists or dicts in it read as their text", column.note))))
    return column, values


def from_dtype(name: str, cells: pd.Series) -> tuple[TableColumn, np.ndarray] | None:
    """Reads a column whose type says it all; None for text and mixed columns."""
    import pandas as pd
    from pandas.api import types

    dtype = cells.dtype
    if isinstance(dtype, pd.SparseDtype):
        return from_dtype(name, pd.Series(np.asarray(cells)))
    if isinstance(dtype, pd.CategoricalDtype):
        texts = categories(np.array([*map(text_of, cells.cat.categories), ""], dtype=object))
        return TableColumn(name, "category"), texts[cells.cat.codes.to_numpy()]  # code -1, missing, is the last
    if types.is_complex_dtype(dtype):
        raise DataError(
            f"Columns must hold real numbers, words or dates. Received: complex numbers in {name!r}. "
            "Pass their real and imaginary parts, or size and angle, as columns of their own."
        )
    if types.is_bool_dtype(dtype) or types.is_numeric_dtype(dtype):
        note = "true and false read as 1 and 0" if types.is_bool_dtype(dtype) else ""
        return _number(name, cells.to_numpy(dtype=np.float64, na_value=np.nan), note)
    if isinstance(dtype, pd.PeriodDtype):
        return from_dtype(name, cells.dt.to_timestamp())
    if types.is_datetime64_any_dtype(dtype):
        dates = nanoseconds(cells)
        notes = ["taken to UTC"] if isinstance(dtype, pd.DatetimeTZDtype) else []
        lost = int(np.isnat(dates).sum() - cells.isna().sum())
        notes += [f"{lost:,} dates outside the years 1678–2261 read as missing"] if lost else []
        return TableColumn(name, "date", "; ".join(notes), ISO), dates
    if types.is_timedelta64_dtype(dtype):
        return _number(name, cells.dt.total_seconds().to_numpy(), "a duration, read as seconds")
    return None


def _from_text(name: str, cells: pd.Series, decimal_comma: bool) -> tuple[TableColumn, np.ndarray]:
    codes, texts = distinct_texts(cells)
    counts = np.bincount(codes, minlength=len(texts))
    has_value = np.array([text.lower() not in NO_NUMBER for text in texts]) & (counts > 0)
    present = texts[has_value]
    if not len(present):
        return _category(name, codes, texts, counts, "")
    if not has_leading_zero(present):
        written = decimal_sign(present, decimal_comma)
        values = numbers_of(texts, written)
        good = np.isfinite(values) | np.isinf(values)
        is_truth = {text.lower() for text in present} <= TRUTH.keys()
        mixed_truth = not is_truth and any(text.lower() in TRUTH for text in present)
        if counts[has_value & good].sum() >= MOST * counts[has_value].sum() and not mixed_truth:
            notes = ["true and false read as 1 and 0"] if is_truth else []
            notes += ["decimal commas"] if written else []
            notes += _bad_cells(texts, counts, ~good, "numbers")
            column, numbers = _number(name, values[codes], "; ".join(notes))
            return replace(column, written=written), numbers
        unit = shared_unit(present)
        if unit:
            note = "; ".join([f"the unit {unit!r} taken off", *_bad_cells(texts, counts, ~has_value, "numbers")])
            column, numbers = _number(name, numbers_of(texts, unit)[codes], note)
            return replace(column, written=unit), numbers
        share = counts[has_value & good].sum() / counts[has_value].sum()
    else:
        share = 0.0
    written, is_ambiguous = format_of(present)
    if written:
        dates = dates_of(texts, written)
        good = ~np.isnat(dates)
        if counts[has_value & good].sum() >= MOST * counts[has_value].sum():
            notes = [f"day and month could be either way round: read as {written}"] if is_ambiguous else []
            notes += _bad_cells(texts, counts, ~good, "dates")
            return TableColumn(name, "date", "; ".join(notes), written), dates[codes]
    return _category(name, codes, texts, counts, f"{share:.0%} of its cells are numbers" if share > MIXED else "")


def _number(name: str, values: np.ndarray, note: str = "") -> tuple[TableColumn, np.ndarray]:
    n_infinite = int(np.isinf(values).sum())
    infinite = f"{_cells(n_infinite)} infinite, read as missing" if n_infinite else ""
    return TableColumn(name, "number", "; ".join(filter(None, (note, infinite)))), finite(values)


def _category(
    name: str, codes: np.ndarray, texts: np.ndarray, counts: np.ndarray, note: str
) -> tuple[TableColumn, np.ndarray]:
    values = categories(texts)
    notes = [note] if note else []
    notes += _bad_cells(texts, counts, values == "", "")
    n_values, n_distinct = int(counts[values != ""].sum()), len(set(values[counts > 0]) - {""})
    if n_values >= ID_LIKE and n_distinct >= MOST * n_values:
        is_text = reads_like_text(texts[(values != "") & (counts > 0)])
        what = 'free text, which teaches nothing as a category; modality="text" reads it as text' if is_text else ID
        notes.append(f"nearly every value is different: {what}")
    return TableColumn(name, "category", "; ".join(notes)), values[codes]


def categories(texts: np.ndarray) -> np.ndarray:
    """Names of categories, "" where a text means that there is no value."""
    return np.array([("" if text.lower() in MISSING else text) for text in texts], dtype=object)


def finite(values: np.ndarray) -> np.ndarray:
    """Numbers, NaN where they are infinite."""
    return np.where(np.isfinite(values), values, np.nan) + 0.0  # + 0.0 turns -0.0 into 0.0


def _bad_cells(texts: np.ndarray, counts: np.ndarray, is_bad: np.ndarray, what: str) -> list[str]:
    """Says how many cells with something in them were read as missing, and what stood there."""
    is_bad = is_bad & (texts != "") & (counts > 0)
    if not is_bad.any():
        return []
    n_bad = int(counts[is_bad].sum())
    said = f"{'that is no' if n_bad == 1 else 'that are no'} {what.removesuffix('s') if n_bad == 1 else what}"
    shown = shortened(map(repr, texts[is_bad]), 3)
    return [f"{_cells(n_bad)} {said if what else 'without a value'} ({shown}) read as missing"]


def _cells(n: int) -> str:
    return f"{n:,} cell{'' if n == 1 else 's'}"
