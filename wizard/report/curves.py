"""Small curves of a gallery's examples as paths of an SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wizard.core.blocks import Curve
from wizard.report.words import number

WIDTH, HEIGHT = 300, 100  # units of a curve's frame: whole numbers are finer than a screen shows, and short to write


@dataclass(frozen=True)
class Sketch:
    """A curve ready for the page: its name, its path in a frame of `width` × `height` units, and what that spans."""

    name: str
    path: str
    scale: str
    width: int = WIDTH
    height: int = HEIGHT


def sketch_of(curve: Curve) -> Sketch:
    """Draws a curve: a line over each stretch of values, a dot for one between gaps; beyond the frame it is cut."""
    span = (curve.high - curve.low) or 1.0
    last = max(len(curve.y) - 1, 1)
    parts, is_down = [], False
    for i, value in enumerate(curve.y):
        if value is None or not math.isfinite(value):
            is_down = False
            continue
        x = round(WIDTH * curve.share * i / last)
        y = round(HEIGHT * (1 - min(max((value - curve.low) / span, -1.0), 2.0)))
        follows = i + 1 < len(curve.y) and curve.y[i + 1] is not None
        parts.append(f"{'L' if is_down else 'M'}{x} {y}" + ("" if is_down or follows else "h0"))
        is_down = True
    return Sketch(curve.name, "".join(parts), f"drawn from {number(curve.low)} to {number(curve.high)}")
