"""How values read: the one place where a number, a share, a duration or foreign text becomes words."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TypeGuard

from wizard.core.blocks import Cell, Column

MINUS = "\u2212"
NOTHING = "–"
DIGITS = 4  # significant digits: one more than any metric on a validation set of 10,000 rows carries
SMALLEST = 1e-4  # below it a decimal fraction is a row of zeros: powers of ten read better
LARGEST = 1e15  # above it a float no longer counts single units
SPREAD = 1e4  # values of one column further apart than this factor do not share a number of decimals
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def clean(text: object) -> str:
    """Returns text from data as one line without control characters, which no page may carry."""
    return " ".join(paragraphs(text).split())


def paragraphs(text: object) -> str:
    """Returns text from data with its line breaks, control characters and lone surrogates replaced."""
    kept = ("\n", "\t")
    return "".join(
        c if c in kept or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd"
        for c in str(text).replace("\r\n", "\n").replace("\r", "\n")
    )


def shortened(text: object, limit: int) -> str:
    """Cuts a line to `limit` characters, the last of which says that something is missing."""
    line = clean(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def number(value: object, decimals: int | None = None) -> str:
    """Writes a value as a reader expects it: 1,797 · 0.972 · 2.3 × 10⁻⁵ · ∞ · yes."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    if abs(value) >= LARGEST or (0 < abs(value) < SMALLEST):
        return power(float(value))
    if decimals is None:
        decimals = 0 if float(value).is_integer() else min(_decimals(abs(value)), _written(float(value)))
    return _signed(f"{value:,.{decimals}f}")


def power(value: float) -> str:
    """Writes a number by its power of ten: 2.3 × 10⁻⁵."""
    digits, exponent = f"{value:.2e}".split("e")
    shortest = digits.rstrip("0").rstrip(".")
    mantissa = "" if shortest == "1" else f"{shortest} × "
    return _signed(f"{mantissa}10{str(int(exponent)).translate(SUPERSCRIPTS)}")


def share(value: float | None) -> str:
    """Writes a share between 0 and 1 as a percentage: 0.9722 is 97.2%."""
    if value is None or not math.isfinite(value):
        return number(value)
    percent = value * 100
    if percent == round(percent):
        return _signed(f"{percent:,.0f}%")
    decimals = 1 if 0.1 <= abs(percent) <= 99.9 else 2
    if 0 < abs(percent) < 0.01:
        return "under 0.01%" if percent > 0 else f"over {MINUS}0.01%"
    return _signed(f"{percent:,.{decimals}f}%")


def duration(seconds: float) -> str:
    """Writes seconds as people say them: 34 ms, 4.2 s, 1 min 12 s, 2 h 5 min."""
    if not math.isfinite(seconds):
        return number(seconds)
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def quantity(value: float | None, unit: str) -> str:
    """Writes a number with its unit; shares become percentages and seconds durations."""
    if value is None:
        return NOTHING
    if unit == "seconds":
        return duration(value)
    if unit.split(" ")[0] == "share":
        rest = unit.removeprefix("share").strip()
        return f"{share(value)} {rest}".strip()
    return f"{number(value)} {clean(unit)}".strip()


def interval(low: float, high: float, unit: str) -> str:
    """Writes a 95% interval in the unit of the number that it surrounds, the unit left to that number."""
    if unit == "seconds":
        return f"{duration(low)} to {duration(high)}"
    if unit.split(" ")[0] == "share":
        return f"{share(low)} to {share(high)}"
    return f"{number(low)} to {number(high)}"


def column(values: Sequence[Cell], described: Column) -> list[str]:
    """Writes a table's column, its plain fractions with one number of decimals so that they can be compared."""
    if described.format == "share":
        return [share(v) if _is_number(v) else number(v) for v in values]
    if described.format == "count":
        return [number(v, 0) if _is_number(v) and math.isfinite(v) else number(v) for v in values]
    if described.unit == "seconds":
        return [duration(v) if _is_number(v) else number(v) for v in values]
    return [number(v, shared_decimals(values)) if isinstance(v, float) else number(v) for v in values]


def shared_decimals(values: Sequence[object]) -> int | None:
    """Returns the decimals that suit all fractions of a column, or None where they are too far apart."""
    sizes = [abs(v) for v in values if isinstance(v, float) and math.isfinite(v) and v != 0]
    if not sizes or all(size.is_integer() for size in sizes):
        return None
    if min(sizes) < SMALLEST or max(sizes) / min(sizes) > SPREAD:
        return None
    least = 1 - math.floor(math.log10(min(sizes)))  # two significant digits for the smallest
    needed = min(max(_decimals(max(sizes)), least), max(_written(size) for size in sizes))
    return max(0, min(6, needed))


def title_of(step: str) -> str:
    """Turns a step's name into words: `loss_at_init` reads "Loss at init"."""
    words = clean(step).replace("_", " ")
    return words[:1].upper() + words[1:]


def counted(n: int, one: str, many: str = "") -> str:
    """Writes a count with its noun: 1 step, 1,797 examples."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimals(size: float) -> int:
    if size < 1:
        return min(7, 2 - math.floor(math.log10(size)))
    return max(0, DIGITS - 1 - math.floor(math.log10(size)))


def _written(value: float) -> int:
    """Counts the decimals of a float as its owner wrote it: 0.2 has one, whatever precision would allow."""
    text = repr(value)
    return len(text.partition(".")[2]) if "e" not in text else 17


def _signed(text: str) -> str:
    return MINUS + text[1:] if text.startswith("-") else text
