"""Pictures inside the page: as data addresses, made smaller where a page would become too heavy for a mail."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

BUDGET = 5_500_000  # bytes of a page's pictures: leaves 2.5 MB of the 8 MB for figures, tables and text
EDGES = (256, 192, 128, 96, 64, 48, 32)  # tried in this order until a page's pictures fit
PIXELATED = 64  # pixels: smaller pictures are shown enlarged with their pixels sharp
TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """A picture ready for the page.

    Attributes:
        address: Its bytes as a `data:` address.
        width: Pixels.
        height: Pixels.
        is_small: Whether it has so few pixels that each should be seen.
    """

    address: str
    width: int
    height: int
    is_small: bool


def embedded(names: Iterable[str], picture: Callable[[str], bytes]) -> Mapping[str, Picture]:
    """Returns the pictures of a page by name, together within `BUDGET`; those that cannot be read are left out.

    Args:
        names: Names of the pictures, once for every time that the page shows them.
        picture: Returns the bytes of a picture by its name.
    """
    shown = Counter(names)
    contents = {name: content for name in shown if (content := _bytes_of(name, picture))}
    weight = sum(len(content) * shown[name] for name, content in contents.items()) * 4 / 3
    if weight > BUDGET:
        contents = _smaller(contents, shown)
    found = {name: _picture(content) for name, content in contents.items()}
    return {name: ready for name, ready in found.items() if ready is not None}


def _bytes_of(name: str, picture: Callable[[str], bytes]) -> bytes:
    try:
        return picture(name)
    except (OSError, KeyError):  # a picture that is gone must not cost the page; its place says so
        return b""


def _smaller(contents: Mapping[str, bytes], shown: Counter[str]) -> dict[str, bytes]:
    for edge in EDGES:
        reduced = {name: _reduced(content, edge) for name, content in contents.items()}
        if sum(len(content) * shown[name] for name, content in reduced.items()) * 4 / 3 <= BUDGET:
            return reduced
    kept, room = {}, BUDGET * 3 // 4
    for name, content in reduced.items():
        if len(content) * shown[name] <= room:
            kept[name] = content
            room -= len(content) * shown[name]
    return kept


def _reduced(content: bytes, edge: int) -> bytes:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if max(image.size) <= min(edge, PIXELATED):
                return content  # so few pixels are looked at one by one
            small = image.convert("RGB")
            small.thumbnail((edge, edge))
    except (UnidentifiedImageError, OSError):
        return b""
    target = io.BytesIO()
    small.save(target, "JPEG", quality=80, optimize=True)
    return min(target.getvalue(), content, key=len)


def _picture(content: bytes) -> Picture | None:
    kind = next((kind for start, kind in TYPES.items() if content.startswith(start)), "")
    if not kind:
        return None
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError):
        return None
    address = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
    return Picture(address, width, height, is_small=max(width, height) <= PIXELATED)
