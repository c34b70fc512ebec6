"""The door for arrays in memory: (x, y)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, NotAvailableError
from wizard.data import picture_sets, tables
from wizard.data.cells import plain_array, plain_series
from wizard.data.dataset import Dataset
from wizard.data.decoding import SUFFIXES
from wizard.data.picture_arrays import is_pictures
from wizard.data.picture_sets import RawPictures, placed
from wizard.data.request import Request
from wizard.data.sources.table import frame_of_columns, is_frame
from wizard.data.tables import RawTable, check_width, with_text_names

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = (
    "arrays in memory: (x, y) with x of shape (n, d), or pictures (n, h, w) or (n, h, w, c), or a list of them"
)


def accepts(raw: Any) -> bool:
    """Whether `raw` is a pair: inputs and labels, or Keras's ((x, y) for training, (x, y) for testing)."""
    return isinstance(raw, tuple) and len(raw) == 2


def open(raw: Any, request: Request) -> Dataset:
    """Opens (x, y), and the user's own validation and test pairs beside it."""
    if all(isinstance(one, tuple) and len(one) == 2 for one in raw):
        if request.test is not None:
            raise DataError(
                "`test` must not be given twice. Received: test=… and a pair of pairs, whose second is the test set."
            )
        raw, request = raw[0], replace(request, test=raw[1])
    given = request.parts(raw)
    for name, part in zip(("validation", "test"), given[1:], strict=True):
        if part is not None and not accepts(part):
            raise DataError(f"`{name}` must be a pair (x, y) like the data beside it. Received: {type(part).__name__}.")
    target = request.target or _name_of(raw[1]) or "target"
    pairs = [None if part is None else (inputs_of(part[0]), _labels(part[1], target)) for part in given]
    for part in pairs:
        if part and len(part[0]) != len(part[1]):
            raise DataError(
                f"x and y must have one entry for each example. Received: {len(part[0]):,} and {len(part[1]):,}."
            )
    prefixes = ("", "validation ", "test ")
    if holds_pictures(pairs[0][0], request.modality):  # type: ignore[index]
        raws = [part and _raw_pictures(*part, prefix) for part, prefix in zip(pairs, prefixes, strict=True)]
        return picture_sets.dataset_of(raws, request, target)
    if request.modality == "image":
        raise DataError(f"Pictures are (n, h, w) or (n, h, w, c) arrays. Received: x of shape {np.shape(pairs[0][0])}.")  # type: ignore[index]
    raw_tables = [part and _raw_table(*part, target, prefix) for part, prefix in zip(pairs, prefixes, strict=True)]
    return tables.dataset_of(raw_tables, replace(request, target=target))


def inputs_of(x: Any) -> Any:
    """Returns x as a DataFrame, an array, or a list of pictures or paths.

    Raises:
        DataError: If it is none of these; NotAvailableError for texts and series.
    """
    import pandas as pd

    if is_frame(x):
        return x
    if isinstance(x, dict):
        return frame_of_columns(x)
    if isinstance(x, pd.Series):
        return x.to_frame()
    if isinstance(x, list | tuple) and len(x) and isinstance(x[0], str | Path):
        if all(isinstance(path, str | Path) and Path(path).suffix.lower() in SUFFIXES for path in x):
            return [Path(path) for path in x]
        raise NotAvailableError(
            "Inputs must be numbers or pictures. Received: a list of texts. Text comes in a later version."
        )
    array = _array(x)
    if array.dtype == object and array.ndim == 1 and len(array) and all(isinstance(one, np.ndarray) for one in array):
        return list(array)  # pictures of different sizes
    if array.ndim == 1 and array.dtype.kind in "US":
        raise NotAvailableError(
            "Inputs must be numbers or pictures. Received: an array of texts. Text comes in a later version."
        )
    if array.ndim == 0 or array.dtype.kind == "V":
        raise DataError(
            f"x must be an array with one entry for each example. Received: {type(x).__name__} {array.dtype}."
        )
    return array[:, None] if array.ndim == 1 else array


def _array(x: Any) -> np.ndarray:
    if isinstance(x, list | tuple) and len({np.shape(one) for one in x if isinstance(one, np.ndarray)}) > 1:
        array = np.empty(len(x), dtype=object)
        array[:] = [np.asarray(one) for one in x]
        return array
    try:
        return plain_array(x if isinstance(x, np.ndarray) else np.asarray(x))
    except ValueError as error:
        raise DataError(f"x must have rows of one length. Received: {error}.") from error


def holds_pictures(x: Any, modality: str | None) -> bool:
    """Whether inputs from `inputs_of` are pictures; a modality asked for decides where both would do."""
    if isinstance(x, list):
        return True
    if not isinstance(x, np.ndarray) or x.ndim <= 2:
        return False
    if modality == "image" or (modality is None and is_pictures(x)):
        return True
    if modality == "table":
        raise DataError(f"A table is an (n, d) array. Received: x of shape {x.shape}. Pass x.reshape(len(x), -1).")
    if x.ndim == 3 and x.dtype.kind in "iuf" and x.size:
        raise NotAvailableError(
            "Pictures hold whole numbers from 0, or floats from 0 to 1. "
            f"Received: x of shape {x.shape} with other numbers. "
            'Series come in a later version; pass modality="image" if these are pictures.'
        )
    raise DataError(f"x must be an (n, d) table or (n, h, w[, c]) pictures. Received: {x.dtype} of shape {x.shape}.")


def _labels(y: Any, target: str) -> pd.Series:
    import pandas as pd

    if is_frame(y) and y.shape[1] == 1:
        y = y.iloc[:, 0]
    if isinstance(y, pd.Series):
        return plain_series(y).reset_index(drop=True).rename(target)
    if isinstance(y, list | tuple):
        return pd.Series(list(y), name=target)  # None stays None, where NumPy would make it text
    array = plain_array(y if isinstance(y, np.ndarray) else np.asarray(y))
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.ndim != 1:
        hint = " If each row has a single 1, pass y.argmax(axis=1)." if array.ndim == 2 and array.shape[1] > 1 else ""
        raise NotAvailableError(f"y must hold one label for each example. Received: shape {array.shape}.{hint}")
    return pd.Series(array, name=target)


def _name_of(y: Any) -> str | None:
    name = getattr(y, "name", None)
    return None if name is None else str(name)


def _raw_pictures(x: Any, y: pd.Series, prefix: str) -> RawPictures:
    where = np.array([f"x[{i}]" for i in range(len(x))], dtype=object)
    return placed(RawPictures(x, y, where, "arrays", "pictures"), prefix)


def _raw_table(x: Any, y: pd.Series, target: str, prefix: str) -> RawTable:
    frame = frame_of(x)
    if target in frame.columns:
        raise ColumnError(
            f"The target must not be among the inputs. Received: a column {target!r} in x. "
            "Drop it, or pass target=… to call y something else."
        )
    where = np.array([f"{prefix}{f'row {i}' if is_frame(x) else f'x[{i}]'}" for i in range(len(x))], dtype=object)
    return RawTable(frame.assign(**{target: y.to_numpy() if y.dtype == object else y.array}), where, "arrays", "table")


def frame_of(x: Any) -> pd.DataFrame:
    """Returns an (n, d) array as a table with columns "feature 1" to "feature d"; a DataFrame as it is."""
    import pandas as pd

    if is_frame(x):
        return with_text_names(x)
    check_width(x.shape[1], "x")
    return pd.DataFrame(x, columns=[f"feature {i + 1}" for i in range(x.shape[1])])
