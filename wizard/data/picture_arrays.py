"""Arrays recognised and checked as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.decoding import CHANNELS, SIXTEEN_TO_EIGHT, grey_or_colour, on_white

ADVICE = "Pictures are (n, h, w), or (n, h, w, c) with c = 1, 3 or 4"


def is_pictures(array: np.ndarray) -> bool:
    """Whether an array looks like pictures: 4-D, or 3-D of small whole numbers or of shares from 0 to 1."""
    if array.dtype.kind not in "biuf" or not array.size:
        return False
    if array.ndim == 4:
        return True
    if array.ndim != 3:
        return False
    return array.dtype == np.uint8 or array.dtype.kind == "b" or _is_scale(array)


def _is_scale(array: np.ndarray) -> bool:
    if np.isnan(array).all():
        return False
    low, high = float(np.nanmin(array)), float(np.nanmax(array))
    if low < 0:
        return False
    return high <= 1 or (high <= 65535 and bool((array == np.floor(array)).all()))


def stack_of(
    array: np.ndarray, what: str = "x", bounds: tuple[float, float] | None = None
) -> tuple[np.ndarray, float | None, list[str]]:
    """Brings (n, h, w) or (n, h, w, c) values to (n, h, w, 1 or 3) uint8 or float32.

    Whole numbers up to 255 become uint8 if they are integers, beyond that they are scaled to 0–255;
    floats stay what they are.

    Args:
        array: The pictures.
        what: Their name in messages.
        bounds: Least and largest value of the whole set, where these are only some of it.

    Returns:
        The pictures, the value of white (255.0, 1.0, or None where values follow no such scale), and notes.
    """
    if array.dtype.kind not in "biuf":
        raise DataError(f"Pictures must be numbers. Received: {what} of type {array.dtype}.")
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or not array.size:
        raise DataError(f"{ADVICE}. Received: {what} of shape {array.shape}.")
    if array.shape[-1] not in CHANNELS:
        first = array.shape[1] in (1, 3)
        raise DataError(
            f"{ADVICE}. Received: {what} of shape {array.shape}."
            + (f" Channels seem to come first: pass np.moveaxis({what}, 1, -1)." if first else "")
        )
    with np.errstate(all="ignore"):  # NaN, and what float32 cannot hold, are found by `unreadable`
        values, white, notes = _scaled(array, bounds)
        values, is_transparent = on_white(values, white or 255.0) if values.shape[-1] == 4 else (values, False)
    notes += ["Pictures with an alpha channel: laid on white."] if is_transparent else []
    return grey_or_colour(values), white, notes


def _scaled(array: np.ndarray, bounds: tuple[float, float] | None) -> tuple[np.ndarray, float | None, list[str]]:
    if array.dtype == np.uint8:
        return array, 255.0, []
    if array.dtype.kind == "b":
        return (
            array.astype(np.uint8) * np.uint8(255),
            255.0,
            ["Black-and-white pictures of truth values: white is 255."],
        )
    low, high = bounds or bounds_of(array)
    if array.dtype.kind in "iu":
        if low < 0 or high > 65535:
            raise DataError(
                f"Whole-number pixels must lie from 0 to 255 (or 65535). Received: {low:.0f} to {high:.0f}. "
                "Pass floats if they are measurements and no brightness."
            )
        if high <= 255:
            return array.astype(np.uint8), 255.0, []
        return (array / SIXTEEN_TO_EIGHT).astype(np.float32), 255.0, ["Pictures of 16 bits: scaled to 0–255."]
    white = 1.0 if low >= 0 and high <= 1 else 255.0 if low >= 0 and high <= 255 else None
    return array.astype(np.float32), white, []


def bounds_of(array: np.ndarray) -> tuple[float, float]:
    """The least and the largest value that is a number."""
    finite = np.isfinite(array) if array.dtype.kind == "f" else None
    values = array if finite is None or finite.all() else array[finite]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def unreadable(stack: np.ndarray) -> dict[int, str]:
    """Returns the positions of (n, h, w, c) float pictures with NaN or infinite pixels, each with the reason."""
    if stack.dtype.kind != "f":
        return {}
    bad = ~np.isfinite(stack).all(axis=(1, 2, 3))
    return {int(i): "has pixels that are NaN or infinite" for i in np.flatnonzero(bad)}


def conform_white(pixels: np.ndarray, white: float | None, wanted: float | None, where: str) -> np.ndarray:
    """Brings pixels to the scale of the pictures that were learned from.

    Raises:
        DataError: If no certain way leads from one scale to the other.
    """
    if wanted == 1.0 and pixels.dtype == np.uint8:
        return pixels.astype(np.float32) / np.float32(255)
    is_whole = pixels.dtype.kind != "f" or bool((pixels == np.floor(pixels)).all())
    if white == wanted or (wanted is None and white is not None and pixels.dtype.kind == "f"):
        return pixels
    if wanted == 255.0 and white == 1.0 and is_whole:
        return pixels  # all black, or nearly: 0 and 1 fit either scale
    scales = {255.0: "from 0 to 255", 1.0: "from 0 to 1", None: "on a scale of their own"}
    raise DataError(
        f"All pictures must have one scale; those learned from have values {scales[wanted]}. "
        f"Received: {where} with values {scales[white]}. Rescale them."
    )


def stacks_of(pictures: Sequence[Any]) -> list[np.ndarray]:
    """Returns each (h, w) or (h, w, c) picture of a list as a (1, h, w, c) array."""
    stacks = []
    for i, picture in enumerate(pictures):
        array = np.asarray(picture)
        if array.ndim not in (2, 3) or array.dtype.kind not in "biuf":
            raise DataError(
                f"A picture must be an (h, w) or (h, w, c) array of numbers. Received: x[{i}] of shape {array.shape}."
            )
        stacks.append(array[None] if array.ndim == 3 else array[None, ..., None])
    return stacks
