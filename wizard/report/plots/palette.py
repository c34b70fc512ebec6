"""Colours of figures: stand-ins that matplotlib can write, each replaced by a CSS variable of the page.

The page's stylesheet gives every variable a light and a dark value, so that one drawing serves both.
"""

from __future__ import annotations

INK, SOFT, RULE, PAPER, MUTED, GAIN, LOSS = "#010101", "#010102", "#010103", "#010104", "#010105", "#010106", "#010107"
SERIES = tuple(f"#02020{i}" for i in range(1, 9))  # eight hues that colour-blind readers can tell apart (Okabe-Ito)
VARIABLES = {
    INK: "var(--ink)",
    SOFT: "var(--soft)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    MUTED: "var(--muted)",
    GAIN: "var(--s1)",
    LOSS: "var(--s2)",
    **{stand_in: f"var(--s{i})" for i, stand_in in enumerate(SERIES, start=1)},
}
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # so that groups differ by shape and not by colour alone
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def hue(i: int) -> str:
    """Returns the stand-in colour of the i-th series; after eight they begin again."""
    return SERIES[i % len(SERIES)]


def marker(i: int) -> str:
    """Returns the marker of the i-th group."""
    return MARKERS[(i + i // len(SERIES)) % len(MARKERS)]


def dash(i: int) -> str | tuple[float, tuple[float, ...]]:
    """Returns the stroke of the i-th curve: another one for each round through the hues."""
    return DASHES[(i // len(SERIES)) % len(DASHES)]
