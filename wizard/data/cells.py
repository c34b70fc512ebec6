"""One cell of a table as text, and which texts mean that there is no value."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# Written for "no value" by common tools (pandas, R, Excel, SQL, UCI's "?"); compared in lower case.
MISSING = frozenset({"", "?", "na", "n/a", "#n/a", "n.a.", "nan", "null", "<na>"})

# Among numbers and dates these mean the same; among categories they may be a value of their own ("none", "unknown").
NO_NUMBER = MISSING | {"none", "nil", "-", "--", "unknown", "missing", "not available", "nat"}

WHOLE = 1e15  # below this a whole float64 is exact, and its text needs no decimal point


def text_of(value: Any) -> str:
    """Returns a cell's value as text without surrounding blanks, "" for None, NaN, NaT and NA.

    The same value gives the same text whatever held it: 3, 3.0 and "3" are all "3".
    """
    if isinstance(value, str):
        return encodable(value.strip())
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return _float_text(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, datetime.date):  # datetime, pandas' Timestamp and NaT are dates too
        return "" if str(value) == "NaT" else value.isoformat()
    text = str(value).strip()
    return "" if text in ("<NA>", "NaT", "NaN") else text


def encodable(text: str) -> str:
    """Returns text that can be stored: half of a surrogate pair, as broken JSON has it, is written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _float_text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if abs(value) < WHOLE and value == int(value) else repr(value)


def plain_array(array: np.ndarray) -> np.ndarray:
    """Returns an array that pandas reads as it is meant: masked entries missing, bytes in this machine's order."""
    if isinstance(array, np.ma.MaskedArray):
        is_number, is_missing = array.dtype.kind in "iuf", np.ma.getmaskarray(array)
        array = array.data
        if is_missing.any():
            array = array.astype(np.float64 if is_number else object)
            array[is_missing] = np.nan if is_number else None
    if array.dtype.kind != "O" and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array.astype(np.float64) if array.dtype == np.longdouble else array


def plain_series(series: pd.Series) -> pd.Series:
    """Returns a column of a type that pandas can work with.

    For many of Arrow's own types it lacks the simplest operations, and for another machine's byte order most.
    """
    import pandas as pd

    if isinstance(series.dtype, pd.ArrowDtype):
        import pyarrow

        return pd.Series(pyarrow.array(series).to_pandas().array, index=series.index, name=series.name)
    if isinstance(series.dtype, np.dtype) and (plain := plain_array(series.to_numpy())).dtype != series.dtype:
        return pd.Series(plain, index=series.index, name=series.name)
    return series


def distinct_texts(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Returns (n,) indices into the distinct texts of a column, and those texts in order of appearance.

    Work on text is then done once a distinct value, not once a row.
    """
    import pandas as pd

    try:
        codes, values = pd.factorize(series)
        # 1 and True are equal, and so are 1 and 1.0: only one of them would be left, so mixed columns go cell by cell
        mixed = series.dtype == object and any(not isinstance(v, str) for v in values)
    except (TypeError, ValueError):  # lists and other cells that cannot be hashed
        mixed = True
    texts = [text_of(v) for v in (series if mixed else values)]
    if mixed:
        codes = np.arange(len(texts))
    codes = np.where(codes < 0, len(texts), codes)
    again, distinct = pd.factorize(np.array([*texts, ""], dtype=object))
    return again[codes], np.asarray(distinct, dtype=object)
