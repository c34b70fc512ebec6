"""Texts in memory: lists, arrays and Series of strings, or of paths of text files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.data.cells import text_of
from wizard.data.decoding import SUFFIXES as PICTURES
from wizard.data.text_columns import is_free_text
from wizard.data.text_files import are_paths, read_files
from wizard.data.text_sets import RawTexts

if TYPE_CHECKING:
    import pandas as pd

TEXTUAL = (str, bytes, Path)


def holds_texts(x: Any, modality: str | None) -> bool:
    """Whether x is n texts or n paths of text files; a modality asked for decides where both would do.

    Strings that are numbers, dates or names of a few categories are a table's column.
    """
    import pandas as pd

    if modality not in (None, "text"):
        return False
    cells = flat_cells(x)
    if cells is None:
        return False
    known = [cell for cell in cells if isinstance(cell, TEXTUAL)]
    if len(known) < len(cells) and not all(isinstance(cell, TEXTUAL) or text_of(cell) == "" for cell in cells):
        return False
    if not known or all(Path(text_of(p) if isinstance(p, bytes) else p).suffix.lower() in PICTURES for p in known):
        return False
    if modality == "text" or are_paths(known):
        return True
    is_column = isinstance(x, pd.Series) and str(x.dtype) == "category"
    texts = pd.Series([text_of(cell) for cell in cells], dtype=object)
    return not is_column and (is_free_text(texts) or _are_words(texts))


def _are_words(texts: pd.Series) -> bool:
    """Whether short texts are words, each its own, rather than numbers, dates or names of categories."""
    from wizard.data.columns import read_column

    return texts.nunique() > len(texts) / 2 and read_column("", texts)[0].kind == "category"


def flat_cells(x: Any) -> list[Any] | None:
    """Returns the cells of a list, array or Series of one dimension that may hold texts; None for all else."""
    import pandas as pd

    if isinstance(x, pd.Series | pd.Index):
        return None if pd.api.types.is_numeric_dtype(x.dtype) else list(x)
    if isinstance(x, np.ndarray):
        flat = x[:, 0] if x.ndim == 2 and x.shape[1] == 1 else x
        return list(flat) if flat.ndim == 1 and flat.dtype.kind in "OUST" and len(flat) else None
    if isinstance(x, list | tuple) and len(x) and any(isinstance(one, TEXTUAL) for one in x):
        return list(x)
    return None


def raw_texts(x: Any, labels: pd.Series | pd.DataFrame, prefix: str) -> RawTexts:
    """Texts, or the files that paths name, with their labels."""
    texts, bad, notes, where = read_cells(flat_cells(x) or [])
    places = np.array([f"{prefix}{place}" for place in where], dtype=object)
    return RawTexts(texts, labels, places, "arrays", "texts", bad=bad, notes=notes)


def read_cells(cells: Sequence[Any]) -> tuple[Sequence[Any], dict[int, str], tuple[str, ...], list[str]]:
    """Returns texts, those that cannot be read, notes, and where each stands."""
    if not are_paths(cells):
        return cells, {}, (), [f"x[{i}]" for i in range(len(cells))]
    files = read_files([Path(path) for path in cells])
    return files.texts, files.bad, files.notes, [str(path) for path in cells]
