"""Dates as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ISO = "ISO8601"
DAYS = (
    "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y",
    "%d %b %Y", "%d %B %Y", "%d. %B %Y", "%b %d %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%b %Y", "%B %Y",
)  # fmt: skip
TIMES = (" %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S%z", " %H:%M:%S %z")

# Has the outline of a date: three parts of which one is a year, an ISO month, or a month's name. Never a plain number.
OUTLINE = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2})?([T ].*)?|\d{4}/\d{1,2}/\d{1,2}( .*)?|\d{1,2}([/.-])\d{1,2}\4(\d{4}|\d{2})( .*)?"
    r"|(\d{1,2}\.?[ -])?[A-Za-z]{3,9}\.?[ -]((\d{1,2},? )?\d{4}|\d{2})( .*)?"
)
SAMPLE = 200  # distinct texts that choose the format before all are parsed with it
FIRST, LAST = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")  # what 64-bit nanoseconds can hold


def dates_of(texts: Any, written: str = ISO) -> np.ndarray:
    """Reads texts as dates in one format.

    Args:
        texts: (n,) texts.
        written: A strptime format, or "ISO8601".

    Returns:
        (n,) datetime64[ns] in UTC, NaT where a text is no such date or lies outside the years 1678–2261.
    """
    import pandas as pd

    parsed = pd.to_datetime(pd.Series(list(texts), dtype=object), format=written, utc=True, errors="coerce")
    return nanoseconds(parsed)


def nanoseconds(dates: pd.Series) -> np.ndarray:
    """Returns a date column as (n,) datetime64[ns] in UTC; NaT where nanoseconds cannot hold the date."""
    if getattr(dates.dt, "tz", None) is not None:
        dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    values = dates.to_numpy().copy()
    values[~((values >= FIRST) & (values < LAST))] = np.datetime64("NaT")
    return values.astype("datetime64[ns]")


def format_of(texts: np.ndarray) -> tuple[str, bool]:
    """Finds how dates are written.

    Args:
        texts: Distinct texts, none missing.

    Returns:
        The format that reads most of them ("" if they have not even the outline of dates), and
        whether day and month could as well be the other way round.
    """
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    outlined = sum(OUTLINE.fullmatch(text) is not None for text in sample)
    if outlined < 0.9 * len(sample):
        return "", False
    with_time = ":" in sample[0]
    candidates = [ISO] + [day + time for day in DAYS for time in (TIMES if with_time else ("",))]
    read = {written: dates_of(sample, written) for written in candidates}
    count = {written: int((~np.isnat(dates)).sum()) for written, dates in read.items()}
    best = max(candidates, key=lambda written: count[written])  # the first of equals
    if not count[best]:
        return "", False
    swapped = best.replace("%m", "?").replace("%d", "%m").replace("?", "%d")
    ambiguous = swapped != best and swapped in read and count[swapped] == count[best]
    return best, ambiguous and bool((read[best] != read[swapped]).any())
