"""New rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data.dataset import Dataset
from wizard.data.rows import TableExamples
from wizard.data.tables import RawTable

if TYPE_CHECKING:
    import pandas as pd


def read(raw: Any, like: Dataset) -> TableExamples:
    """Reads rows; columns that are not known are passed over."""
    import pandas as pd

    from wizard.data.conforming import conform_columns

    table = raw_table(raw, like)
    lacking = [column.name for column in like.columns if column.name not in table.frame.columns]
    if lacking:
        raise ColumnError(
            "The table must have the columns that were learned from. "
            f"Received: one without {shortened(map(repr, lacking))}; "
            f"it has {shortened(map(repr, table.frame.columns))}."
        )
    return TableExamples(pd.DataFrame(conform_columns(like.columns, table)))


def raw_table(raw: Any, like: Dataset) -> RawTable:
    """Returns a raw table under text names, no row lost; one that was read already as it is."""
    import pandas as pd

    from wizard.data.refusals import refuse_raw
    from wizard.data.sources import hugging_face, table

    if isinstance(raw, RawTable):
        return raw
    if hugging_face.accepts(raw):
        return table.read_table(hugging_face.frame_of(raw))
    if isinstance(raw, pd.Series):
        raw = raw.to_frame().T
    if isinstance(raw, Mapping) and not any(
        isinstance(cells, list | tuple | np.ndarray | pd.Series | pd.Index) for cells in raw.values()
    ):
        raw = {name: [cell] for name, cell in raw.items()}  # one row
    if isinstance(raw, list) and raw and all(isinstance(row, Mapping) for row in raw):
        raw = pd.DataFrame(raw)
    if isinstance(raw, list | np.ndarray):
        return table.read_table(_from_array(raw, like))
    refuse_raw(raw)
    read = table.read_table(raw)
    if read.left_out:
        raise DataError(
            f"Every line must be readable here. Received: {len(read.left_out)} that are not, the first: "
            f"{read.left_out[0].where} {read.left_out[0].why}."
        )
    return read


def _from_array(raw: Any, like: Dataset) -> pd.DataFrame:
    from wizard.data.sources.arrays import frame_of, inputs_of

    array = inputs_of(raw)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or np.ndim(raw) == 1:
        raise DataError(
            f"New rows must be a table or an (n, d) array. Received: {type(raw).__name__} of shape {np.shape(raw)}."
        )
    frame = frame_of(array)
    names = [column.name for column in like.columns]
    if not set(names) <= set(frame.columns) and array.shape[1] == len(names):
        frame.columns = names
    return frame


def labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    """Returns the labels that lie in the table, and the table."""
    table = raw_table(raw, like)
    frame = table.frame
    if like.outputs and set(like.outputs) <= set(frame.columns):
        return frame[list(like.outputs)], table
    if like.target not in frame.columns:
        raise ColumnError(
            f"Without y the table must have the target, {like.target!r}. Received: {shortened(frame.columns)}."
        )
    return frame[like.target], table
