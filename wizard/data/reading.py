"""New raw examples, read as those of a data set that is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, shortened
from wizard.data.dataset import Dataset, Examples
from wizard.data.labels import read_labels
from wizard.data.rows import TableExamples

if TYPE_CHECKING:
    import pandas as pd

    from wizard.data.pictures import ImageExamples


def read_examples(raw: Any, like: Dataset) -> Examples:
    """Reads inputs without labels, one example for every row or picture, in the given order.

    Args:
        raw: For a table: a DataFrame, a dict of columns or of one row, a list of rows, an (n, d) array or the path of a
            file; other columns than the known ones are passed over. For pictures: an array of one or
            many, a list of arrays or paths, a path, or a folder (its pictures sorted by name).
        like: The data set whose columns or kind of pictures they must have.

    Raises:
        ColumnError: If columns are missing; names them.
        DataError: If a picture or line cannot be read; names it.
    """
    return _table(raw, like) if like.modality == "table" else _pictures(raw, like)


def read_labelled(raw: Any, y: Any, like: Dataset) -> tuple[Examples, np.ndarray]:
    """Reads inputs with their labels, for an evaluation.

    Args:
        raw: As for `read_examples`; a table with the target's column, or a folder of class folders, needs no `y`.
        y: (n,) labels, or None.
        like: The data set that they must be like.

    Returns:
        n examples and (n,) labels, text or float64 as in `like`.

    Raises:
        DataError: If labels are missing.
    """
    cells, raw = _labels_beside(raw, like) if y is None else (y, raw)
    examples = read_examples(raw, like)
    labels = conform_labels(cells, like)
    if len(labels) != len(examples):
        raise DataError(
            f"There must be a label for each example. Received: {len(examples):,} examples, {len(labels):,} labels."
        )
    return examples, labels


def conform_labels(y: Any, like: Dataset) -> np.ndarray:
    """Reads (n,) labels as text or numbers, whichever the known ones are."""
    import pandas as pd

    series = (
        y
        if isinstance(y, pd.Series)
        else pd.Series(list(y) if isinstance(y, list | tuple) else np.asarray(y).reshape(-1))
    )
    if like.labels.dtype.kind == "f":
        read = read_labels(like.target, series, from_text=True)
        if read.values.dtype.kind != "f":
            raise DataError(
                f"Labels must be numbers, as those of {like.name!r} are. Received: {read.values[0].item()!r}."
            )
    else:
        read = read_labels(like.target, series.astype("category"))
    bad = np.flatnonzero(read.missing != "")
    if len(bad):
        raise DataError(
            f"Every example must have a label here. Received: none in rows {shortened(bad)}. Remove these rows."
        )
    return read.values


def _labels_beside(raw: Any, like: Dataset) -> tuple[Any, Any]:
    if like.modality == "image":
        from wizard.data.sources import folder

        if not folder.accepts(raw):
            raise DataError(
                "Pictures without y must lie in class folders. Received: "
                f"{type(raw).__name__}. Pass y, one label for each."
            )
        found = folder.read_folder(Path(raw))
        return found.labels, found.pictures
    frame = _frame(raw, like)
    if like.target not in frame.columns:
        raise ColumnError(
            f"Without y the table must have the target, {like.target!r}. Received: {shortened(frame.columns)}."
        )
    return frame[like.target], frame


def _table(raw: Any, like: Dataset) -> TableExamples:
    import pandas as pd

    from wizard.data.columns import conform_column

    frame = _frame(raw, like)
    lacking = [column.name for column in like.columns if column.name not in frame.columns]
    if lacking:
        raise ColumnError(
            "The table must have the columns that were learned from. "
            f"Received: one without {shortened(map(repr, lacking))}; "
            f"it has {shortened(map(repr, frame.columns))}."
        )
    return TableExamples(
        pd.DataFrame({column.name: conform_column(column, frame[column.name]) for column in like.columns})
    )


def _frame(raw: Any, like: Dataset) -> pd.DataFrame:
    """Returns a raw table under text names, no row lost."""
    import pandas as pd

    from wizard.data.refusals import refuse_raw
    from wizard.data.sources import table

    if isinstance(raw, pd.Series):
        raw = raw.to_frame().T
    if isinstance(raw, Mapping) and not any(
        isinstance(cells, list | tuple | np.ndarray | pd.Series | pd.Index) for cells in raw.values()
    ):
        raw = {name: [cell] for name, cell in raw.items()}  # one row
    if isinstance(raw, list) and raw and all(isinstance(row, Mapping) for row in raw):
        raw = pd.DataFrame(raw)
    if isinstance(raw, list | np.ndarray):
        return _from_array(raw, like)
    refuse_raw(raw)
    read = table.read_table(raw)
    if read.left_out:
        raise DataError(
            f"Every line must be readable here. Received: {len(read.left_out)} that are not, the first: "
            f"{read.left_out[0].where} {read.left_out[0].why}."
        )
    return read.frame


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


def _pictures(raw: Any, like: Dataset) -> ImageExamples:
    from wizard.data.picture_arrays import conform_white
    from wizard.data.picture_sets import read_pictures
    from wizard.data.pictures import ImageExamples

    known: Any = like.examples
    raw = _many(raw, known.channels)
    if not len(raw):
        return ImageExamples([], known.channels, np.zeros((0, 2), dtype=np.int64), known.white, ())
    examples, bad, _ = read_pictures([raw])
    if bad:
        first = min(bad)
        name = raw[first] if isinstance(raw[first], str | Path) else f"picture {first}"
        raise DataError(
            f"Every picture must be readable here. Received: {name}, which is not ({bad[first]}); {len(bad)} in all."
        )
    examples.channels = known.channels
    if examples.white == known.white and known.white == 255.0:
        return examples
    whole = examples.pixels if isinstance(examples.pixels, np.ndarray) else None
    if whole is not None:
        examples.pixels = conform_white(whole, examples.white, known.white, "pictures")
    else:
        examples.pixels = [
            conform_white(examples[i], examples.white, known.white, f"picture {i}") for i in range(len(examples))
        ]
    examples.white = known.white
    return ImageExamples(examples.pixels, known.channels, examples.sizes, known.white, None, examples.file_facts)


def _many(raw: Any, channels: int) -> Any:
    """Returns one picture or many as an array of many, or a list."""
    from wizard.data.picture_files import pictures_below
    from wizard.data.refusals import refuse_raw

    if isinstance(raw, str | Path):
        refuse_raw(raw)
        path = Path(raw)
        found = pictures_below(path)[0] if path.is_dir() else [path]
        if not found:
            raise DataError(f"A folder of new pictures must have some. Received: {path} without any.")
        return found
    if hasattr(raw, "getexif"):  # one of Pillow's images
        return _decoded([raw])
    if isinstance(raw, list | tuple) and len(raw):
        if all(isinstance(one, str | Path) for one in raw):
            for one in raw:
                refuse_raw(one)
            return [Path(one) for one in raw]
        if all(hasattr(one, "getexif") for one in raw):
            return _decoded(raw)
        return list(raw)
    array = np.asarray(raw)
    is_one = array.ndim == 2 or (
        array.ndim == 3 and (array.shape[-1] in (1, 4) or (array.shape[-1] == 3 and channels == 3))
    )
    return array[None] if is_one else array


def _decoded(images: Any) -> list[np.ndarray]:
    from wizard.data.decoding import picture_of

    return [picture_of(image).pixels for image in images]
