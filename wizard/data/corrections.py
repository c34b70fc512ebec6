"""Labels that a person corrected, handed back: a CSV or DataFrame of rows and their right labels."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError, OptionError, nearest, shortened
from wizard.data.dataset import Dataset, LeftOut
from wizard.data.task import Task, infer_task, name_of

DROP = "drop"  # in place of a label: leave the row out
SEVERAL = ";"  # between the labels or numbers of one example
NO_LABEL = "none"  # of several labels, none


def written(task: Task, label: Any) -> str:
    """A label as a corrections file writes it: a class, a number, or several with semicolons between them."""
    if task.is_exclusive:
        return name_of(label)
    if task.is_multilabel:
        return SEVERAL.join(name for name, has in zip(task.classes, label, strict=True) if has) or NO_LABEL
    return SEVERAL.join(f"{float(value):.6g}" for value in np.ravel(label))


def with_task(dataset: Dataset, wanted: str | None, corrections: Any = None) -> tuple[Dataset, Task]:
    """The data set with its corrections, and what is to be predicted.

    Args:
        dataset: What was opened.
        wanted: Task that the user asked for, or None.
        corrections: As for `corrected`, or None.
    """
    task = infer_task(dataset.labels, dataset.target, wanted, dataset.modality, dataset.outputs)
    if corrections is None:
        return dataset, task
    dataset = corrected(dataset, task, corrections)
    return dataset, infer_task(dataset.labels, dataset.target, wanted, dataset.modality, dataset.outputs)


def corrected(dataset: Dataset, task: Task, corrections: Any) -> Dataset:
    """Gives rows the labels that a person found right, and leaves out those marked "drop".

    Args:
        dataset: What was opened; rows of the user's own validation and test sets may be corrected too.
        task: What is to be predicted.
        corrections: Path of a CSV file, or a DataFrame: a column `where` (or `row`) and a column `label`. An empty
            label leaves the row as it is.

    Raises:
        OptionError: For what is no such table.
        DataError: For rows or labels that are not known, or that contradict each other.
    """
    wanted = _wanted(dataset, _table(corrections))
    labels, dropped = dataset.labels.copy(), []
    labels = labels.astype(object) if labels.dtype.kind == "U" else labels  # so that longer ones fit
    raw = {name_of(label): label for label in labels.tolist()} if task.is_exclusive else {}
    n_changed = 0
    for row, text in wanted.items():
        if text == DROP and text not in task.classes:
            dropped.append(row)
            continue
        label = _read(dataset, task, text, row, raw)
        n_changed += bool(np.any(labels[row] != label))
        labels[row] = label
    notes = (
        f"Corrections: {n_changed:,} of {len(wanted):,} listed rows got another label, {len(dropped):,} were left out.",
    )
    kept = np.setdiff1d(np.arange(len(dataset)), dropped)
    gone = tuple(LeftOut(str(dataset.where[row]), "left out by a correction") for row in dropped)
    return replace(
        dataset,
        examples=dataset.examples.take(kept) if dropped else dataset.examples,
        labels=labels[kept].astype(dataset.labels.dtype.kind) if dataset.labels.dtype.kind == "U" else labels[kept],
        where=dataset.where[kept],
        part=dataset.part[kept],
        group=None if dataset.group is None else dataset.group[kept],
        time=None if dataset.time is None else dataset.time[kept],
        weight=None if dataset.weight is None else dataset.weight[kept],
        left_out=(*dataset.left_out, *gone),
        notes=(*dataset.notes, *notes),
        fingerprint="",
    )


def _table(corrections: Any) -> Any:
    import pandas as pd

    if isinstance(corrections, str | os.PathLike):
        path = Path(corrections)
        if not path.is_file():
            raise OptionError(f"`corrections` must be a CSV file or a DataFrame. Received: {path}, which is no file.")
        try:
            corrections = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (ValueError, UnicodeDecodeError) as error:
            raise OptionError(
                f"`corrections` must be a CSV file. Received: {path}, which cannot be read: {error}"
            ) from None
    if not isinstance(corrections, pd.DataFrame):
        raise OptionError(
            f"`corrections` must be the path of a CSV file or a DataFrame. Received: {type(corrections).__name__}."
        )
    columns = [str(column) for column in corrections.columns]
    if "label" not in columns or not {"where", "row"} & set(columns):
        raise OptionError(
            "`corrections` needs a column `where` (or `row`) and a column `label`. "
            f"Received: columns {shortened(columns)}."
        )
    return corrections


def _wanted(dataset: Dataset, table: Any) -> dict[int, str]:
    """Row to the label that it should have, as text; rows with an empty cell are left out."""
    key = "where" if "where" in table.columns else "row"
    texts = [_text(cell) for cell in table["label"].tolist()]
    places = _places(dataset) if key == "where" else {}
    wanted: dict[int, str] = {}
    for cell, text in zip(table[key].tolist(), texts, strict=True):
        if not text:
            continue
        row = _row(dataset, places, cell) if key == "where" else _number_of(dataset, cell)
        if wanted.setdefault(row, text) != text:
            raise DataError(f"Corrections must agree. Received: {wanted[row]!r} and {text!r} for {dataset.where[row]}.")
    return wanted


def _text(cell: Any) -> str:
    is_empty = cell is None or (isinstance(cell, float) and np.isnan(cell)) or str(cell) in ("<NA>", "NaT")
    return "" if is_empty else name_of(cell).strip()


def _places(dataset: Dataset) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for row, place in enumerate(map(str, dataset.where)):
        places.setdefault(place, []).append(row)
    return places


def _row(dataset: Dataset, places: dict[str, list[int]], cell: Any) -> int:
    rows = places.get(str(cell), [])
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise DataError(f"A correction must name one row. Received: where={str(cell)!r}, which {len(rows)} rows have.")
    if str(cell) in {gone.where for gone in dataset.left_out}:
        raise DataError(f"A correction must name a usable row. Received: where={str(cell)!r}, which was left out.")
    raise DataError(
        f"A correction must name a row of the data, as in {str(dataset.where[0])!r}. Received: where={str(cell)!r}."
        f"{nearest(str(cell), places)}"
    )


def _number_of(dataset: Dataset, cell: Any) -> int:
    try:
        row = int(str(cell))
    except ValueError:
        row = -1
    if not 0 <= row < len(dataset):
        raise DataError(
            f"A correction's `row` must be a whole number from 0 to {len(dataset) - 1}. Received: {str(cell)!r}."
        )
    return row


def _read(dataset: Dataset, task: Task, text: str, row: int, raw: dict[str, Any]) -> Any:
    """The label that a cell means, as the data set holds labels."""
    if task.is_exclusive:
        if text not in task.classes:
            raise _unknown(dataset, task, text, row)
        return raw[text]
    parts = [part.strip() for part in text.split(SEVERAL)]
    if task.is_multilabel:
        named = [] if parts == [NO_LABEL] else parts
        for name in named:
            if name not in task.classes:
                raise _unknown(dataset, task, name, row)
        return np.array([name in named for name in task.classes], dataset.labels.dtype)
    n = max(1, len(task.targets))
    try:
        values = np.array([float(part) for part in parts])
    except ValueError:
        values = np.array([np.nan])
    if len(values) != n or not np.isfinite(values).all():
        what = "a number" if n == 1 else f"{n} numbers with semicolons between them ({shortened(task.targets)})"
        raise DataError(f"A correction of {task.target!r} must be {what}. Received: {text!r} for {dataset.where[row]}.")
    if n > 1:
        return values
    return values[0] if dataset.labels.dtype.kind in "iuf" else text


def _unknown(dataset: Dataset, task: Task, name: str, row: int) -> DataError:
    return DataError(
        f"A correction must name one of the {len(task.classes)} classes, or {DROP!r} to leave the row out. "
        f"Received: {name!r} for {dataset.where[row]}; the classes are {shortened(task.classes)}."
        f"{nearest(name, task.classes)}"
    )
