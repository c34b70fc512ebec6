"""The door for arrays in memory: (x, y)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError
from wizard.data import picture_sets, series_sets, series_tables, text_columns, text_sets
from wizard.data.cells import plain_array, plain_series
from wizard.data.dataset import PARTS, Dataset
from wizard.data.decoding import SUFFIXES
from wizard.data.picture_arrays import is_pictures
from wizard.data.picture_sets import RawPictures, placed
from wizard.data.request import Request
from wizard.data.rows_on_disk import RowsOnDisk
from wizard.data.series_arrays import is_series, series_of
from wizard.data.series_sets import RawSeries
from wizard.data.sources.table import frame_of_columns, is_frame
from wizard.data.tables import RawTable, check_width, with_text_names
from wizard.data.text_arrays import flat_cells, holds_texts, raw_texts
from wizard.data.text_sets import RawTexts

if TYPE_CHECKING:
    import pandas as pd

ONE_HOT = "Labels that were one-hot rows were read as classes."
DESCRIPTION = (
    "arrays in memory: (x, y) with x of shape (n, d), or pictures (n, h, w) or (n, h, w, c), or series (n, t, c), or a "
    "list of pictures, of series, of texts, or of paths of text files"
)


def accepts(raw: Any) -> bool:
    """Whether `raw` is a pair: inputs and labels, or Keras's ((x, y) for training, (x, y) for testing)."""
    return isinstance(raw, tuple) and len(raw) == 2 and type(raw[1]).__name__ != "DatasetInfo"  # TFDS's pair


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
    target = request.target_name or _name_of(raw[1]) or "target"
    if holds_texts(raw[0], request.modality):
        texts = [part and _raw_texts(part, target, request, name) for name, part in zip(PARTS, given, strict=True)]
        return text_sets.dataset_of(texts, request, target)
    pairs = [None if part is None else (inputs_of(part[0]), _labels(part[1], target, request)) for part in given]
    main = pairs[0]
    assert main is not None
    x, y = main
    for part in pairs:
        if part and len(part[0]) != len(part[1]):
            raise DataError(
                f"x and y must have one entry for each example. Received: {len(part[0]):,} and {len(part[1]):,}."
            )
    notes = (ONE_HOT,) if _is_one_hot(_columns(raw[1])) and not is_frame(y) else ()
    prefixes = ("", "validation ", "test ")
    others = list(zip(pairs, prefixes, strict=True))[1:]
    if holds_pictures(x, request.modality):
        pictures = [part and _raw_pictures(*part, prefix) for part, prefix in others]
        return picture_sets.dataset_of([replace(_raw_pictures(x, y, ""), notes=notes), *pictures], request, target)
    if request.modality == "image":
        raise DataError(f"Pictures are (n, h, w) or (n, h, w, c) arrays. Received: x of shape {np.shape(x)}.")
    if holds_series(x, request.modality):
        series = [part and _raw_series(*part, prefix) for part, prefix in others]
        return series_sets.dataset_of([_said(_raw_series(x, y, ""), x, request), *series], request, target)
    tables = [part and _raw_table(*part, target, prefix) for part, prefix in others]
    names = list(y) if is_frame(y) else []
    door = series_tables if request.modality == "series" else text_columns
    return door.dataset_of(
        [replace(_raw_table(x, y, target, ""), notes=notes), *tables], replace(request, target=tuple(names) or target)
    )


def inputs_of(x: Any) -> Any:
    """Returns x as a DataFrame, an array, or a list of pictures, series or paths.

    Raises:
        DataError: If it is none of these.
    """
    import pandas as pd

    if is_frame(x) or isinstance(x, RowsOnDisk):
        return x
    if isinstance(x, dict):
        return frame_of_columns(x)
    if isinstance(x, pd.Series):
        return x.to_frame()
    is_list = isinstance(x, list | tuple) and len(x) > 0
    if is_list and all(isinstance(path, str | Path) and Path(path).suffix.lower() in SUFFIXES for path in x):
        return [Path(path) for path in x]
    array = _array(x)
    if array.dtype == object and array.ndim == 1 and len(array) and all(isinstance(one, np.ndarray) for one in array):
        return list(array)  # pictures of different sizes, or series of different lengths
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
        if isinstance(x, list | tuple) and any(isinstance(one, list | tuple | np.ndarray) for one in x):
            return _ragged(x, error)
        raise DataError(f"x must have rows of one length. Received: {error}.") from error


def _ragged(x: Any, error: ValueError) -> np.ndarray:
    """Lists of several lengths as arrays in an array."""
    array = np.empty(len(x), dtype=object)
    try:
        array[:] = [np.asarray(one) for one in x]
    except ValueError:
        raise DataError(f"x must have rows of one length. Received: {error}.") from error
    return array


def holds_series(x: Any, modality: str | None) -> bool:
    """Whether inputs from `inputs_of` that are no pictures are series."""
    return not is_frame(x) and (modality == "series" or isinstance(x, list) or x.ndim > 2)


def holds_pictures(x: Any, modality: str | None) -> bool:
    """Whether inputs from `inputs_of` are pictures; a modality asked for decides where both would do."""
    if isinstance(x, RowsOnDisk):
        return True
    if modality == "series":
        return False
    if isinstance(x, list):
        return modality == "image" or isinstance(x[0], Path) or not is_series(x)
    if not isinstance(x, np.ndarray) or x.ndim <= 2:
        return False
    if modality == "table":
        raise DataError(f"A table is an (n, d) array. Received: x of shape {x.shape}. Pass x.reshape(len(x), -1).")
    if modality == "image":
        return True
    if is_series(x):
        return False
    if is_pictures(x):
        return True
    raise DataError(
        "x must be an (n, d) table, (n, h, w[, c]) pictures or (n, t, c) series. "
        f"Received: {x.dtype} of shape {x.shape}."
    )


def _labels(y: Any, target: str, request: Request) -> pd.Series | pd.DataFrame:
    """One label an example as a Series; several (targets, or columns of 0 and 1) as a DataFrame of their columns."""
    import pandas as pd

    columns = _columns(y)
    if columns is not None:
        if _is_one_hot(columns) and request.task not in ("multilabel", "regression"):
            names = [int(name) if str(name).isdigit() else name for name in columns.columns]
            return pd.Series(np.array(names, dtype=object)[columns.to_numpy().argmax(1)], name=target)
        if len(request.targets) == columns.shape[1]:
            return columns.set_axis(list(request.targets), axis=1)
        return columns.rename(columns=lambda name: f"{target} {name}" if str(name).isdigit() else str(name))
    if is_frame(y):
        return y.iloc[:, 0].reset_index(drop=True).rename(target)
    if isinstance(y, pd.Series):
        return plain_series(y).reset_index(drop=True).rename(target)
    if isinstance(y, list | tuple):
        return pd.Series(list(y), name=target)  # None stays None, where NumPy would make it text
    array = plain_array(y if isinstance(y, np.ndarray) else np.asarray(y))
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.ndim != 1:
        raise DataError(
            "y must hold a label for each example, a list of labels, or an (n, m) array of numbers. "
            f"Received: {array.dtype} of shape {array.shape}."
        )
    return pd.Series(array, name=target)


def _columns(y: Any) -> pd.DataFrame | None:
    """Labels of which every example has the same number, as columns; None where it has one, or a list of names."""
    import pandas as pd

    if is_frame(y):
        return with_text_names(y) if y.shape[1] > 1 else None
    if isinstance(y, list | tuple):
        rows = [row for row in y if isinstance(row, list | tuple | np.ndarray)]
        lengths = {len(row) for row in rows}
        if len(rows) < len(y) or len(lengths) != 1 or not all(map(_is_numbers, rows)):
            return None
    array: Any = np.asarray(y) if isinstance(y, list | tuple | np.ndarray) or hasattr(y, "__array__") else np.empty(0)
    if array.ndim != 2 or array.shape[1] < 2 or array.dtype.kind not in "biuf":
        return None
    return pd.DataFrame(array, columns=[str(number) for number in range(array.shape[1])])


def _is_numbers(row: list | tuple | np.ndarray) -> bool:
    return all(isinstance(one, int | float | np.number | np.bool_) for one in row)


def _is_one_hot(columns: pd.DataFrame | None) -> bool:
    """Whether all rows have a single 1 and name a class so, as Keras's `to_categorical` writes it."""
    if columns is None:
        return False
    values = columns.to_numpy()
    return bool(values.dtype.kind in "biuf" and np.isin(values, (0, 1)).all() and (values.sum(1) == 1).all())


def _name_of(y: Any) -> str | None:
    name = getattr(y, "name", None)
    return None if name is None else str(name)


def _raw_pictures(x: Any, y: pd.Series | pd.DataFrame, prefix: str) -> RawPictures:
    where = np.array([f"x[{i}]" for i in range(len(x))], dtype=object)
    return placed(RawPictures(x, y, where, "arrays", "pictures"), prefix)


def _raw_texts(pair: tuple[Any, Any], target: str, request: Request, set_name: str) -> RawTexts:
    x, y = pair[0], _labels(pair[1], target, request)
    cells = flat_cells(x)
    if cells is None:
        raise DataError(f"The {set_name} set must hold texts like the main set. Received: x of {type(x).__name__}.")
    if len(cells) != len(y):
        raise DataError(f"x and y must have one entry for each example. Received: {len(cells):,} and {len(y):,}.")
    return raw_texts(x, y, "" if set_name == "main" else f"{set_name} ")


def _raw_series(x: Any, y: pd.Series | pd.DataFrame, prefix: str) -> RawSeries:
    where = np.array([f"{prefix}x[{i}]" for i in range(len(x))], dtype=object)
    series, channels, notes = series_of(x)
    return RawSeries(series, y, where, channels, "arrays", "series", notes=tuple(notes))


def _said(raw: Any, x: Any, request: Request) -> RawSeries:
    """Adds a note where the kind of data was inferred and pictures would do as well."""
    is_asked = request.modality is not None or isinstance(x, list) or not is_pictures(x)
    note = 'Read as series, steps before channels; pass modality="image" if these are pictures.'
    return raw if is_asked else replace(raw, notes=(*raw.notes, note))


def _raw_table(x: Any, y: pd.Series | pd.DataFrame, target: str, prefix: str) -> RawTable:
    frame = frame_of(x)
    own = {str(name): cells for name, cells in y.items()} if is_frame(y) else {target: y}
    for name in own:
        if name in frame.columns:
            raise ColumnError(
                f"The target must not be among the inputs. Received: a column {name!r} in x. "
                "Drop it, or pass target=… to call y something else."
            )
    where = np.array([f"{prefix}{f'row {i}' if is_frame(x) else f'x[{i}]'}" for i in range(len(x))], dtype=object)
    labels = {name: cells.to_numpy() if cells.dtype == object else cells.array for name, cells in own.items()}
    return RawTable(frame.assign(**labels), where, "arrays", "table")


def frame_of(x: Any) -> pd.DataFrame:
    """Returns an (n, d) array as a table with columns "feature 1" to "feature d"; a DataFrame as it is."""
    import pandas as pd

    if is_frame(x):
        return with_text_names(x)
    check_width(x.shape[1], "x")
    return pd.DataFrame(x, columns=[f"feature {i + 1}" for i in range(x.shape[1])])
