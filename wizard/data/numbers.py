"""Numbers as people write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

TRUTH = {"true": 1.0, "false": 0.0}
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,' \u00a0\u202f]\d{3})+(?:\.\d*)?")  # 1,234,567.8
COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[.' \u00a0\u202f]\d{3})+|\d*)(?:,\d*)?(?:[eE][+-]?\d+)?")  # 1.234.567,8
UNIT = re.compile(r"([+-]?[\d.,' ]*\d)\s*([^\d\s.,'+-][^\d\s]{0,7})")  # 12 kg, 45%, 3.5cm


def numbers_of(texts: Iterable[str], written: str = "") -> np.ndarray:
    """Reads texts as numbers: plain, with exponents, or with thousands separators.

    Args:
        texts: (n,) texts.
        written: "," where the decimal sign is a comma, a unit ("kg") that every number carries, or "".

    Returns:
        (n,) float64, NaN where a text is no number.
    """
    one = _comma_number if written == "," else _plain_number
    if written not in ("", ","):
        texts = [text.removesuffix(written).rstrip() for text in texts]
    return np.array([one(text) for text in texts], dtype=np.float64)


def _plain_number(text: str) -> float:
    try:
        return np.nan if "_" in text else float(text)  # Python reads 1_000 as a number, people mean a name
    except ValueError:
        if text[:1].isdigit() or text[:1] in ("+", "-"):
            return float(re.sub(r"[,' \u00a0\u202f]", "", text)) if THOUSANDS.fullmatch(text) else np.nan
        return TRUTH.get(text.lower(), np.nan)


def _comma_number(text: str) -> float:
    if "," in text and COMMA.fullmatch(text) and any(c.isdigit() for c in text):
        return _plain_number(re.sub(r"[.' \u00a0\u202f]", "", text).replace(",", "."))
    return _plain_number(text)


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether some text has a comma that cannot separate thousands only: 1,5 or 1.234,5."""
    return any("," in text and COMMA.fullmatch(text) and any(c.isdigit() for c in text) for text in texts)


def decimal_sign(texts: Iterable[str], may_be_comma: bool) -> str:
    """Returns "," where a file that may have decimal commas has some here, else "": as `numbers_of` takes it."""
    return "," if may_be_comma and has_decimal_comma(texts) else ""


def has_leading_zero(texts: Iterable[str]) -> bool:
    """Whether some text is a code such as "007": digits that would lose their zeros as a number."""
    return any(len(text) > 1 and text[0] == "0" and text.isdigit() for text in texts)


def shared_unit(texts: Iterable[str]) -> str:
    """Returns the unit that every text carries behind its number ("kg" of "12 kg"), or ""."""
    units: Counter[str] = Counter()
    for text in texts:
        match = UNIT.fullmatch(text)
        if not match or np.isnan(_plain_number(match[1])):
            return ""
        units[match[2]] += 1
        if len(units) > 1:
            return ""
    return next(iter(units), "")
