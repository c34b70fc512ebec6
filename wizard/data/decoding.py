"""A picture file or array becomes pixels (h, w, c) with c = 1 or 3."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError

# What Pillow always reads, whatever it was built with.
SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp",
    ".ppm", ".pgm", ".pbm", ".pnm",
})  # fmt: skip
ORIENTATION = 0x0112  # EXIF's tag for how the camera was held
SIXTEEN_TO_EIGHT = 257.0  # 65535 / 255
CHANNELS = (1, 3, 4)  # grey, colour, colour with alpha


@dataclass(frozen=True)
class Picture:
    """One decoded picture.

    Attributes:
        pixels: (h, w, 1) where every pixel is grey, else (h, w, 3); uint8, or float32 for what had more than 8 bits.
        mode: Pillow's name of how the file stores pixels ("RGB", "L", "P", "I;16" …).
        remarks: What was done to it, from REMARKS.
    """

    pixels: np.ndarray
    mode: str
    remarks: tuple[str, ...] = ()


REMARKS = {
    "alpha": "had transparent parts: laid on white",
    "turned": "turned upright, as the camera's note in the file says",
    "animated": "moving: only the first frame is used",
    "16 bit": "of 16 bits: scaled to 0–255",
    "cmyk": "in printing colours (CMYK): turned into RGB",
}


def decode(source: Path | bytes) -> Picture:
    """Opens a picture file.

    Args:
        source: Its path, or its content.

    Raises:
        DataError: If it cannot be read; names the file.
    """
    from PIL import Image

    try:
        if source == b"":
            raise ValueError("no picture at all")
        with Image.open(source if isinstance(source, Path) else io.BytesIO(source)) as image:
            return picture_of(image)
    except Exception as error:  # Pillow's decoders raise many kinds; all mean an unreadable file
        name = source if isinstance(source, Path) else "A file"
        raise DataError(f"{name} must be a readable picture. Received: {_reason(error)}.") from error


def picture_of(image: Any) -> Picture:
    """Decodes an open Pillow image."""
    from PIL import ImageOps

    mode, remarks = image.mode, []
    if getattr(image, "is_animated", False):
        remarks.append("animated")
        image.seek(0)
    image.load()
    if image.getexif().get(ORIENTATION, 1) not in (0, 1):
        image = ImageOps.exif_transpose(image)
        remarks.append("turned")
    if image.mode.startswith("I") or image.mode == "F":
        pixels, is_scaled = _deep(np.asarray(image))
        return Picture(grey_or_colour(pixels[..., None]), mode, (*remarks, "16 bit") if is_scaled else tuple(remarks))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        pixels, is_transparent = on_white(np.asarray(image.convert("RGBA")), 255)
        remarks += ["alpha"] if is_transparent else []
        return Picture(grey_or_colour(pixels), mode, tuple(remarks))
    if image.mode in ("1", "L"):
        return Picture(np.array(image.convert("L"))[..., None], mode, tuple(remarks))
    remarks += ["cmyk"] if image.mode == "CMYK" else []
    return Picture(grey_or_colour(np.array(image.convert("RGB"))), mode, tuple(remarks))


def _deep(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """Brings (h, w) pixels of more than 8 bits to float32; whole numbers to 0–255, and whether that scaled them."""
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise ValueError("pixels that are not finite")
        return values.astype(np.float32), False
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("more than 16 bits a pixel")
    return (values / SIXTEEN_TO_EIGHT).astype(np.float32), True


def on_white(pixels: np.ndarray, white: float) -> tuple[np.ndarray, bool]:
    """Lays (…, 4) pixels with alpha on white, and tells whether anything shone through."""
    alpha = pixels[..., 3:].astype(np.float32) / white
    if (alpha == 1).all():
        return np.ascontiguousarray(pixels[..., :3]), False
    laid = pixels[..., :3] * alpha + white * (1 - alpha)
    return (np.rint(laid) if pixels.dtype == np.uint8 else laid).astype(pixels.dtype), True


def grey_or_colour(pixels: np.ndarray) -> np.ndarray:
    """Returns (…, 3) pixels as (…, 1) where all three channels agree everywhere."""
    if pixels.shape[-1] == 3 and is_grey(pixels):
        return np.ascontiguousarray(pixels[..., :1])
    return pixels


def is_grey(pixels: np.ndarray) -> bool:
    """Whether (…, 3) pixels have three equal channels."""
    first = pixels[..., 0]
    return bool((first == pixels[..., 1]).all() and (first == pixels[..., 2]).all())


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Returns (…, 3) pixels as (…, 1) in the grey that Pillow and television use."""
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return (np.rint(grey).astype(np.uint8) if pixels.dtype == np.uint8 else grey)[..., None]


def _reason(error: Exception) -> str:
    if "cannot identify image file" in str(error):
        return "a file that is no picture or whose beginning is damaged"
    return str(error) or type(error).__name__
