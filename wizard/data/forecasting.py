"""Tables that hold one series to be continued: not what the library is for, and said before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wizard.core.errors import UnsupportedTaskError

MANY = 20  # distinct values of a target that is an amount
EVEN, MOST = 0.15, 0.9  # months have 28 to 31 days, and some days are lacking


def refuse_forecasting(names: Sequence[str], inputs: Sequence[np.ndarray], labels: np.ndarray, target: str) -> None:
    """Refuses a table that has nothing but a date for each value of an amount.

    Only dates that come one after the other at even times are meant: a birthday, or the moment of an order, may well
    tell something.

    Args:
        names: Of the inputs; where there are none, of the column that orders the rows.
        inputs: (n,) values of each.
        labels: (n,) raw labels.
        target: Their name.

    Raises:
        UnsupportedTaskError: If that is all there is.
    """
    is_amount = labels.dtype.kind == "f" and len(np.unique(labels)) > MANY
    if not is_amount or not inputs or any(values.dtype.kind != "M" for values in inputs):
        return
    if any(map(_is_calendar, inputs)):
        raise UnsupportedTaskError(
            f"Examples must have inputs that tell the target. Received: nothing but a date ({names[0]!r}) for each "
            f"value of {target!r}, one after the other. This looks like forecasting (predicting the future of a "
            "series), which is not what this library is for. Bring columns that are known when the prediction is made "
            "(the weekday, the weather, the value a week before), or many series with a label each."
        )


def _is_calendar(dates: np.ndarray) -> bool:
    """Whether (n,) dates come at even times."""
    pauses = np.diff(np.sort(dates[~np.isnat(dates)].astype("int64")))
    if len(pauses) < 2 or not (middle := float(np.median(pauses))):
        return False
    return float((np.abs(pauses / middle - 1) < EVEN).mean()) > MOST
