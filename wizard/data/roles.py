"""Columns and arrays that play a part beside the inputs: group, time, weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, nearest, shortened
from wizard.data.cells import plain_array, plain_series
from wizard.data.columns import read_column
from wizard.data.request import Request

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("group", "time", "weight")


def check_names(request: Request, columns: list[str]) -> None:
    """Refuses names in `ignore`, `group`, `time` and `weight` that no column has, or that are the target."""
    named = [("ignore", name) for name in request.ignore]
    named += [(role, getattr(request, role)) for role in ROLES if isinstance(getattr(request, role), str)]
    for option, name in named:
        if name not in columns:
            raise ColumnError(
                f"`{option}` must name a column. Received: {name!r}; "
                + (f"the columns are {shortened(columns, 30)}.{nearest(name, columns)}" if columns
                   else "these data have no columns. Give one value for every example instead.")
            )  # fmt: skip
        if name in request.targets:
            raise ColumnError(f"`{option}` must not be the target. Received: {name!r} for both.")


def role_columns(request: Request) -> set[str]:
    """Returns the columns that are no inputs: the ignored ones and those with a part to play."""
    named = {getattr(request, role) for role in ROLES if isinstance(getattr(request, role), str)}
    return named | set(request.ignore)


def read_roles(request: Request, frame: pd.DataFrame, kept: np.ndarray, where: np.ndarray) -> dict[str, Any]:
    """Reads group, time and weight of the examples that are kept.

    Args:
        request: Names of columns of `frame`, or arrays with a value for each of its n rows.
        frame: (n, …) raw columns; without columns where the data have none.
        kept: Indices of the m rows that are used.
        where: (n,) where each row stands, for messages.

    Returns:
        {"group": (m,) str, "time": (m,) float64 or datetime64[ns], "weight": (m,) float64}; None where not asked for.
    """
    import pandas as pd

    read: dict[str, Any] = dict.fromkeys(ROLES)
    for role in ROLES:
        asked = getattr(request, role)
        if asked is None:
            continue
        if isinstance(asked, str):
            cells = frame[asked]
        else:
            cells = plain_series(asked) if isinstance(asked, pd.Series) else pd.Series(_flat(role, asked))
            if len(cells) != len(frame):
                raise DataError(
                    f"`{role}` must name a column or have a value for each of the {len(frame):,} examples"
                    f"{' (validation and test sets included, in this order)' * _has_own_sets(request)}. "
                    f"Received: {len(cells):,} values."
                )
        read[role] = _typed(role, cells.iloc[kept].reset_index(drop=True), where[kept])
    return read


def _has_own_sets(request: Request) -> bool:
    return request.validation is not None or request.test is not None


def _flat(role: str, values: Any) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray):
        values = plain_array(values)
    try:
        array = plain_array(np.asarray(values))
    except ValueError as error:
        raise DataError(
            f"`{role}` must be a column's name or one value an example. Received: lists of different lengths."
        ) from error
    if array.ndim != 1:
        raise DataError(f"`{role}` must be a column's name or one value an example. Received: {array.ndim} dimensions.")
    return array


def _typed(role: str, cells: pd.Series, where: np.ndarray) -> np.ndarray:
    column, values = read_column(role, cells)
    if role == "group":
        values = read_column(role, cells.astype("category"))[1]
        _refuse(role, values == "", where, "a value in every row", values)
        return values.astype(str)
    if role == "time":
        if column.kind == "category":
            raise ColumnError(f"`time` must hold numbers or dates. Received: text such as {values[0]!r}.")
        _refuse(role, is_missing(values), where, "a number or a date in every row", values)
        return values
    if column.kind != "number":
        raise ColumnError(f"`weight` must hold positive numbers. Received: {values[0]!r}.")
    _refuse(role, ~(values > 0), where, "a positive, finite number in every row", values)
    return values


def is_missing(values: np.ndarray) -> np.ndarray:
    """Where (n,) numbers or dates are missing."""
    return np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)


def _refuse(role: str, is_bad: np.ndarray, where: np.ndarray, what: str, values: np.ndarray) -> None:
    if is_bad.any():
        first = int(np.flatnonzero(is_bad)[0])
        raise DataError(
            f"`{role}` must hold {what}. Received: {str(values[first]) or 'nothing'} in {where[first]} "
            f"({int(is_bad.sum()):,} such rows). Correct or remove them."
        )
