"""Arrays recognised and checked as series."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.picture_arrays import is_pictures

STRIP = 4  # times as many steps as channels: no picture is so narrow …
FEW = 8  # … with fewer columns than this
ADVICE = "Series are an (n, t, c) array, steps before channels, or a list of (t,) or (t, c) arrays"


def is_series(x: Any) -> bool:
    """Whether inputs look like series and not like pictures: numbers that are no brightness, or too narrow a strip.

    Args:
        x: An array, or a list of arrays.
    """
    if isinstance(x, list):
        shapes = {np.shape(one)[1:] for one in x}
        if len(shapes) > 1 or not x:
            return False
        if shapes == {()}:
            return True
        return len(next(iter(shapes))) == 1 and is_series(np.concatenate(x)[None])
    if not isinstance(x, np.ndarray) or x.ndim != 3 or x.dtype.kind not in "biuf" or not x.size:
        return False
    t, c = x.shape[1:]
    return not is_pictures(x) or c == 1 or (c < FEW and t >= STRIP * c)


def series_of(x: Any) -> tuple[list[np.ndarray], tuple[str, ...], list[str]]:
    """Brings an array (n, t) or (n, t, c), or a list of (t,) or (t, c) arrays, to n arrays (t, c).

    Returns:
        The series, the names of their channels, and notes.

    Raises:
        DataError: If they are no numbers, or have different channels.
    """
    arrays = [_one(one, i) for i, one in enumerate(x)]
    widths = [one.shape[1] for one in arrays if len(one)]
    if not widths:
        raise DataError(f"{ADVICE}. Received: {len(arrays)} series without a single step.")
    other = next((i for i, one in enumerate(arrays) if len(one) and one.shape[1] != widths[0]), None)
    if other is not None:
        raise DataError(
            "All series must have the same channels. "
            f"Received: {widths[0]}, but {arrays[other].shape[1]} in x[{other}]."
        )
    n_channels = widths[0]
    arrays = [one if len(one) else np.empty((0, n_channels), "float32") for one in arrays]
    longest = max(map(len, arrays))
    notes = []
    if longest < n_channels:
        notes.append(
            f"Read as {longest} steps of {n_channels} channels; the other way round, pass np.swapaxes(x, 1, 2)."
        )
    names = ("value",) if n_channels == 1 else tuple(f"channel {i + 1}" for i in range(n_channels))
    return arrays, names, notes


def _one(series: Any, i: int) -> np.ndarray:
    try:
        array = np.asarray(series)
        array = array.astype("float64") if array.dtype == object else array  # None among numbers is missing
    except (TypeError, ValueError) as error:
        raise DataError(f"{ADVICE}. Received: x[{i}], which is none ({error}).") from error
    if array.ndim not in (1, 2) or array.dtype.kind not in "biuf":
        raise DataError(f"{ADVICE}. Received: x[{i}] of shape {array.shape} and type {array.dtype}.")
    return array[:, None] if array.ndim == 1 else array
