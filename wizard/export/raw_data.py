"""The user's data as a script reads them: their own file where a plain reader gives the same, else arrays."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from wizard.data.dataset import Dataset
from wizard.data.task import Task
from wizard.export.known import Known


def n_bytes(dataset: Dataset) -> int:
    """What the raw examples take as arrays; reads no picture but the first."""
    examples: Any = dataset.examples
    if dataset.modality == "image":
        size = np.asarray(examples[0]).dtype.itemsize
        return int(np.prod(np.asarray(examples.sizes, "int64"), axis=1).sum()) * examples.channels * size
    if dataset.modality == "series":
        return int(examples.lengths.sum()) * len(examples.channels) * 4
    if dataset.modality == "text":
        return int(examples.lengths.sum())
    return len(dataset) * len(dataset.columns) * 8


def raw_arrays(dataset: Dataset, task: Task, left_out: Collection[str] = ()) -> dict[str, np.ndarray]:
    """All raw examples and targets, as arrays that NumPy stores without pickling; of a table without some columns."""
    examples: Any = dataset.examples
    y = {"y": task.encode(dataset.labels)}
    if dataset.modality == "image":
        pictures = [np.asarray(examples[i]) for i in range(len(dataset))]
        shapes = np.array([picture.shape for picture in pictures], "int64")
        return {"pixels": np.concatenate([picture.reshape(-1) for picture in pictures]), "shapes": shapes} | y
    if dataset.modality == "text":
        texts = [examples[i].encode("utf-8", "replace") for i in range(len(dataset))]  # padded, one long one costs all
        return {"texts": np.frombuffer(b"".join(texts), "uint8"), "lengths": np.array([*map(len, texts)])} | y
    if dataset.modality == "series":
        series = [np.asarray(examples[i]) for i in range(len(dataset))]
        return {"series": np.concatenate(series), "lengths": np.array([len(one) for one in series])} | y
    return _table_arrays(dataset, task, left_out) | y


def _table_arrays(dataset: Dataset, task: Task, left_out: Collection[str]) -> dict[str, np.ndarray]:
    n = len(dataset)
    preparation = Known.of(dataset, task, None).preparation()
    raw = preparation._matrices(dataset.examples)
    named = {"numbers": preparation.numbers, "categories": preparation.categories, "dates": preparation.dates}
    raw = {kind: values[:, [name not in left_out for name in named[kind]]] for kind, values in raw.items()}
    empty = {"numbers": np.empty((n, 0)), "categories": np.empty((n, 0), str), "dates": np.empty((n, 0), str)}
    return empty | raw


def readable_csv(dataset: Dataset, task: Task) -> str:
    """Path of a CSV that `pandas.read_csv` reads as we did, row by row and cell by cell; "" where there is none."""
    path = Path(dataset.source)
    if dataset.modality != "table" or path.suffix != ".csv" or not path.is_file() or task.is_multilabel:
        return ""
    import pandas as pd

    try:
        table = pd.read_csv(path)
        ours, theirs = raw_arrays(dataset, task), _plainly(table, dataset, task)
    except (ValueError, KeyError, TypeError):  # written in a way that needs more than a plain reader
        return ""
    same = len(table) == len(dataset) and all(_equal(ours[name], theirs[name]) for name in ours)
    return str(path.resolve()) if same else ""


def _plainly(table: Any, dataset: Dataset, task: Task) -> dict[str, np.ndarray]:
    """As the script's own lines read it."""
    import pandas as pd

    by_kind = {kind: [c.name for c in dataset.columns if c.kind == kind] for kind in ("number", "category", "date")}
    dates = [pd.to_datetime(table[name]).dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("") for name in by_kind["date"]]
    if task.is_classification:
        y = pd.Categorical(table[task.target].astype(str), task.classes).codes.astype("int32")
    else:
        y = table[list(task.targets) or task.target].to_numpy("float64")
    return {
        "numbers": table[by_kind["number"]].to_numpy("float64"),
        "categories": table[by_kind["category"]].astype(object).fillna("").to_numpy().astype(str),
        "dates": np.array(dates, str).T if dates else np.empty((len(table), 0), str),
        "y": y,
    }


def _equal(ours: np.ndarray, theirs: np.ndarray) -> bool:
    is_number = ours.dtype.kind == "f"
    return ours.shape == theirs.shape and bool(np.array_equal(ours, theirs, equal_nan=is_number))
