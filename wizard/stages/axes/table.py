"""Rows of a table along their columns."""

from __future__ import annotations

import numpy as np

from wizard.data.rows import TableExamples
from wizard.stages.axis import Axis
from wizard.stages.context import Context

MOST = 50_000  # rows: a column of so many is sorted in milliseconds
COLUMNS = 300  # columns looked at one by one
FEW = 4  # different numbers of a column, or less: they are codes, and a rare one is as odd as a rare word


def axes(context: Context, rows: np.ndarray) -> list[Axis]:
    """Every number as it is, every category by how rare it is."""
    examples = context.examples(rows)
    assert isinstance(examples, TableExamples)
    found = []
    for column in context.dataset.columns[:COLUMNS]:
        cells = examples.frame[column.name]
        if column.kind == "number" and cells.nunique() > FEW:
            values = cells.to_numpy("float64")
            found.append(Axis(f"column {column.name!r}", np.where(np.isfinite(values), values, np.nan), is_amount=True))
        elif column.kind != "date":
            cells = cells.map("{:g}".format).replace("nan", "") if column.kind == "number" else cells
            shares = cells.map(cells.value_counts(normalize=True)).to_numpy("float64")
            words = tuple(f"the rare {cell!r}" if cell else "missing" for cell in cells.astype(str))
            found.append(Axis(f"column {column.name!r}", -np.log(shares), words=words))
    return found
