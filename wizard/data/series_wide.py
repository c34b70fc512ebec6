"""A table with a series a row: its numeric columns are the steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.data.columns import read_column
from wizard.data.conforming import conform_column
from wizard.data.series import Layout, WideLayout

if TYPE_CHECKING:
    import pandas as pd

NUMBERED = re.compile(r"(.*?)[\s_.\-\[(]*(\d+)[\])]?")  # x_0, acc 12, y[3], t7, 4
SHARE = 0.5  # of the longest channel's steps: fewer columns under one name are no channel ("q1" beside x_0 … x_99)


@dataclass(frozen=True)
class Found:
    """Series read from a table: n arrays (t, c), the names of the channels, how the table is laid out, and notes."""

    series: list[np.ndarray]
    channels: tuple[str, ...]
    layout: Layout
    notes: tuple[str, ...]


def numbered(names: Sequence[str]) -> dict[str, dict[int, str]]:
    """{prefix: {number: column}} of columns called by a prefix and a number, at least two a prefix."""
    found: dict[str, dict[int, str]] = {}
    for name in names:
        if match := NUMBERED.fullmatch(name):
            found.setdefault(match[1], {}).setdefault(int(match[2]), name)
    return {prefix: steps for prefix, steps in found.items() if len(steps) > 1}


def read(frame: pd.DataFrame, inputs: Sequence[str], decimal_comma: bool) -> Found:
    """Reads a series from every row.

    Columns named by a prefix and a number are the steps of the channel that the prefix names, by number; without such
    names all numeric columns are the steps of one channel, in order.

    Args:
        frame: (n, …) raw cells.
        inputs: Columns that may be steps.
        decimal_comma: Whether the file may write 1,5 for one and a half.
    """
    columns, unused, notes = {}, [], []
    for name in inputs:
        column, _ = read_column(name, frame[name], decimal_comma)
        if column.kind == "number":
            columns[name] = column
            notes += [f"Column {name!r}: {column.note}."] if column.note else []
        else:
            unused.append(name)
    groups = numbered(list(columns))
    longest = max(map(len, groups.values()), default=0)
    groups = {prefix: steps for prefix, steps in groups.items() if len(steps) >= SHARE * longest}
    if not groups:
        groups = {"": dict(enumerate(columns))}
    taken = {name for steps in groups.values() for name in steps.values()}
    unused += [name for name in columns if name not in taken]
    numbers = sorted({number for steps in groups.values() for number in steps})
    if len(numbers) < 2:
        raise DataError(
            "A table with a series a row needs at least two numeric columns, the steps. Received: "
            f"{shortened(map(repr, inputs))}. Where a row is a step, pass group=… and time=…."
        )
    layout = WideLayout(
        tuple(tuple(columns[steps[k]] if k in steps else None for k in numbers) for steps in groups.values())
    )
    if unused:
        notes.append(f"Columns that are no steps are not used: {shortened(map(repr, unused), 30)}.")
    channels = tuple(prefix.rstrip(" _.-[(") or "value" for prefix in groups)
    return Found(wide_series(frame, layout), channels, layout, tuple(notes))


def wide_series(frame: pd.DataFrame, layout: WideLayout) -> list[np.ndarray]:
    """A series (t, c) for every row of a table that is laid out as a known one."""
    missing = np.full(len(frame), np.nan)
    stacked = np.stack(
        [
            np.stack([missing if one is None else conform_column(one, frame[one.name]) for one in steps], axis=1)
            for steps in layout.steps
        ],
        axis=2,
    )  # (n, t, c)
    return list(stacked.astype("float64"))
