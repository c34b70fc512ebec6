"""Pictures for pages."""

from __future__ import annotations

import io

import numpy as np

LARGEST = 256  # pixels a side, as all pages keep it


def png(picture: np.ndarray) -> bytes:
    """A picture (h, w, c) as PNG, at most 256 pixels a side; floats are spread over their own range."""
    from PIL import Image

    if picture.dtype != np.uint8:
        low, high = float(picture.min()), float(picture.max())
        picture = np.round((picture - low) / ((high - low) or 1.0) * 255).astype("uint8")
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
    image.thumbnail((LARGEST, LARGEST))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)  # four times as fast as the usual level, and a tenth larger
    return buffer.getvalue()
