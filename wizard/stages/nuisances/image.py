"""Pictures: brightness, contrast, colour, place, size and turn of what is shown, from means and second moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wizard.stages.context import Context
from wizard.stages.nuisance import Nuisance
from wizard.stages.probing import ProbeName
from wizard.stages.views.image import area_resized, small

PROBES: tuple[ProbeName, ...] = ("linear", "neighbours")
SIDE, PROBED = 24, 12  # pixels in which nuisances are taken out, and that probes get
LEAST = 1e-6
# Calibrated on clean digits, Fashion-MNIST, sign digits, TrashNet and Omniglot.
BRIGHT, CONTRASTS, COLOURS = 0.25, 0.25, 0.25  # of the contrast inside a picture: a quarter is seen at a glance
SHIFTS = 0.06  # of the side: clean, centred digits have 0.03
SCALES = 0.15  # of the mean size: clean digits have 0.10
TURNS = 0.5  # radians, some 30 degrees


@dataclass(frozen=True)
class Moments:
    """Where what is shown lies: (n,) centre, radius and angle, in pixels and radians, and how long it is."""

    row: np.ndarray
    column: np.ndarray
    radius: np.ndarray
    angle: np.ndarray
    length: np.ndarray


def as_they_came(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) pixels."""
    return _probed(small(context, rows, SIDE))


def found(context: Context, rows: np.ndarray) -> list[Nuisance]:
    """The nuisances of pictures."""
    pictures = small(context, rows, SIDE)  # (n, h, w, c)
    return [*_of_light(pictures), *_of_place(pictures)]


def _of_light(pictures: np.ndarray) -> list[Nuisance]:
    mean = pictures.mean((1, 2, 3), keepdims=True)
    spread = pictures.std((1, 2, 3), keepdims=True)
    inside = max(float(np.median(spread)), LEAST)
    tint = pictures.mean((1, 2), keepdims=True) - mean  # (n, 1, 1, c)
    flat = np.maximum(spread, 0.05 * inside)
    nuisances = [
        Nuisance("brightness", "brightness", mean.reshape(-1, 1), float(mean.std()) / inside,
                 "of the contrast inside a picture", BRIGHT, lambda: _probed(pictures - mean),
                 "taking each picture's own mean off"),
        Nuisance("contrast", "contrast", spread.reshape(-1, 1), float(spread.std()) / inside,
                 "of the mean contrast", CONTRASTS, lambda: _probed((pictures - mean) / flat * inside + mean),
                 "dividing each picture by its own spread"),
    ]  # fmt: skip
    tints = float(np.sqrt((tint.std(0) ** 2).mean())) / inside
    if pictures.shape[-1] > 1 and float(np.abs(pictures - pictures.mean(-1, keepdims=True)).max()) > LEAST:
        nuisances.append(
            Nuisance("colour", "colour", tint.reshape(len(tint), -1), tints,
                     "of the contrast inside a picture", COLOURS,
                     lambda: _probed(np.repeat(pictures.mean(-1, keepdims=True), pictures.shape[-1], -1)),
                     "making the pictures grey")
        )  # fmt: skip
    return nuisances


def _of_place(pictures: np.ndarray) -> list[Nuisance]:
    height, width = pictures.shape[1:3]
    if min(height, width) < 4:  # pixels: too few to move anything
        return []
    ink = _ink(pictures)
    at = _moments(ink)
    side = max(height, width)
    centre = np.column_stack([at.row, at.column])
    middle = np.median(centre, axis=0)
    size = max(float(np.median(at.radius)), LEAST)
    scale = np.clip(np.maximum(at.radius, LEAST) / size, 0.5, 2.0)
    turn = np.column_stack([np.cos(2 * at.angle), np.sin(2 * at.angle)]) * at.length[:, None]
    usual = np.arctan2(turn[:, 1].mean(), turn[:, 0].mean()) / 2
    off = (at.angle - usual + np.pi / 2) % np.pi - np.pi / 2  # -90 to 90 degrees
    still, one = np.zeros(len(pictures)), np.ones(len(pictures))

    def moved(angle: np.ndarray, zoom: np.ndarray, to: np.ndarray) -> Callable[[], np.ndarray]:
        return lambda: _probed(_moved(pictures, centre, to, angle, zoom))

    spread_of_turn = float(np.sqrt(np.average(off**2, weights=at.length + LEAST)))
    return [
        Nuisance("shift", "the place of things in the picture", centre / side, float(np.hypot(*centre.std(0))) / side,
                 "of the side", SHIFTS, moved(still, one, middle), "moving the centre of mass to the middle", False),
        Nuisance("scale", "size", at.radius[:, None], float(at.radius.std()) / max(float(at.radius.mean()), LEAST),
                 "of the mean size", SCALES, moved(still, scale, centre), "bringing what is shown to one size", False),
        Nuisance("rotation", "turn", turn, spread_of_turn, "radians", TURNS, moved(off, one, centre),
                 "turning the longest axis upright", False),
    ]  # fmt: skip


def _ink(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w) how far each pixel is from the border's colour: what is shown, on its ground."""
    border = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, 1:-1, 0], pictures[:, 1:-1, -1]], axis=1)
    ink = np.abs(pictures - np.median(border, axis=1)[:, None, None]).mean(-1)
    return ink + LEAST


def _moments(ink: np.ndarray) -> Moments:
    _, h, w = ink.shape
    weight = ink / ink.sum((1, 2), keepdims=True)
    rows, columns = np.mgrid[:h, :w]
    row, column = (weight * rows).sum((1, 2)), (weight * columns).sum((1, 2))
    dy, dx = rows - row[:, None, None], columns - column[:, None, None]
    yy, xx, xy = ((weight * product).sum((1, 2)) for product in (dy * dy, dx * dx, dx * dy))
    length = np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, LEAST)  # 0 a disc, 1 a line
    return Moments(row, column, np.sqrt(xx + yy), 0.5 * np.arctan2(2 * xy, xx - yy), length)


def _moved(pictures: np.ndarray, centre: np.ndarray, to: np.ndarray, angle: np.ndarray, zoom: np.ndarray) -> np.ndarray:
    """Pictures turned and zoomed about their centre of mass, which is moved `to` (n, 2) or (2,); edges go on."""
    from scipy.ndimage import map_coordinates

    n, h, w, c = pictures.shape
    rows, columns = np.mgrid[:h, :w].astype("float64")
    out, to = np.empty_like(pictures), np.broadcast_to(to, (n, 2))
    for i in range(n):
        cos, sin = np.cos(angle[i]) * zoom[i], np.sin(angle[i]) * zoom[i]
        dy, dx = rows - to[i, 0], columns - to[i, 1]
        where = np.stack([centre[i, 0] + cos * dy + sin * dx, centre[i, 1] - sin * dy + cos * dx])
        for channel in range(c):
            out[i, ..., channel] = map_coordinates(pictures[i, ..., channel], where, order=1, mode="nearest")
    return out


def _probed(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w, c) to (n, d): at most `PROBED` pixels a side."""
    h, w = pictures.shape[1:3]
    scale = min(1.0, PROBED / max(h, w))
    size = max(1, round(h * scale)), max(1, round(w * scale))
    if size == (h, w):
        return pictures.reshape(len(pictures), -1)
    return area_resized(pictures, *size).reshape(len(pictures), -1)
