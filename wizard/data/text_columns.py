"""Tables whose input is text, and tables that hold some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data import tables, text_sets
from wizard.data.cells import text_of
from wizard.data.columns import read_column
from wizard.data.dataset import PARTS, Dataset
from wizard.data.request import Request
from wizard.data.roles import check_names, role_columns
from wizard.data.tables import RawTable, check_target
from wizard.data.text_sets import RawTexts
from wizard.data.texts import reads_like_text

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 1000  # cells that show what a column holds


def dataset_of(parts: Sequence[RawTable | None], request: Request) -> Dataset:
    """Opens tables as texts where the only input is free text, or texts are asked for; else as they are.

    Args:
        parts: The main table, then the user's own validation and test tables or None.
        request: Target, roles, columns to ignore, and perhaps a modality.
    """
    main = parts[0]
    assert main is not None
    columns = list(main.frame.columns)
    if request.modality not in (None, "text") or not len(main.frame) or not columns:
        return tables.dataset_of(parts, request)
    target = check_target(request.target, columns)
    check_names(request, columns)
    inputs = [name for name in columns if name != target and name not in role_columns(request)]
    chosen = _chosen(main, inputs, request)
    if not chosen:
        return tables.dataset_of(parts, request)
    others = [name for name in inputs if name not in chosen]
    note = (f"Texts are the columns {shortened(map(repr, chosen), 30)}, joined by a line break.",) * (len(chosen) > 1)
    note += (f"Columns beside the text are not used: {shortened(map(repr, others), 30)}.",) * bool(others)
    raws: list[RawTexts | None] = [
        None if part is None else _raw(part, name, chosen, target, note)
        for name, part in zip(PARTS, parts, strict=True)
    ]
    return text_sets.dataset_of(raws, request, target)


def _chosen(main: RawTable, inputs: list[str], request: Request) -> list[str]:
    """The columns to read as text; none where the table is to stay one."""
    free = [name for name in inputs if is_free_text(main.frame[name])]
    if request.modality is None:
        return free if len(inputs) == 1 else []
    chosen = free or [name for name in inputs if _kind(main.frame[name]) == "category"]
    if not chosen:
        raise DataError(
            f'modality="text" needs a column of text. Received: {main.source} with none among '
            f"{shortened(map(repr, inputs), 30) or 'no inputs'}."
        )
    return chosen


def is_free_text(cells: pd.Series) -> bool:
    """Whether a column holds free text: neither numbers nor dates, nor names of categories."""
    if str(cells.dtype) == "category" or _kind(cells) != "category":
        return False
    return reads_like_text([text for text in map(text_of, _some(cells)) if text])


def _kind(cells: pd.Series) -> str:
    return read_column("", _some(cells))[0].kind


def _some(cells: pd.Series) -> pd.Series:
    return cells.iloc[np.linspace(0, len(cells) - 1, min(len(cells), LOOKED_AT)).astype(int)]


def joined_texts(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Returns one text a row: its columns joined by a line break, empty ones left out."""
    cells = [[text_of(cell) for cell in frame[name]] for name in columns]
    return ["\n".join(filter(None, row)) for row in zip(*cells, strict=True)]


def _raw(part: RawTable, set_name: str, chosen: list[str], target: str, notes: tuple[str, ...]) -> RawTexts:
    lacking = [name for name in (*chosen, target) if name not in part.frame.columns]
    if lacking:
        raise ColumnError(
            f"The {set_name} set must have the columns of the main set. Received: {part.source} without "
            f"{shortened(map(repr, lacking))}."
        )
    return RawTexts(
        texts=joined_texts(part.frame, chosen),
        labels=part.frame[target],
        where=part.where,
        source=part.source,
        name=part.name if part.name != "table" else "texts",
        columns=tuple(chosen),
        facts=part.frame.drop(columns=[target]),
        left_out=part.left_out,
        notes=(*part.notes, *notes),
        is_text=part.is_text,
        decimal_comma=part.decimal_comma,
    )
