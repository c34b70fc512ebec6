"""Arrays as Keras passes them around: one, or tuples, lists and dicts of them; an example is a row of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from wizard.core.errors import DataError, shortened

Nest = Any  # None, an array with n rows, or a tuple, list or dict of nests


def mapped(function: Callable[..., Any], *nests: Nest) -> Nest:
    """Nests of one structure, their leaves replaced by what `function` makes of them; None stays None."""
    first = nests[0]
    if isinstance(first, Mapping):
        return {name: mapped(function, *(nest[name] for nest in nests)) for name in first}
    if isinstance(first, tuple | list):
        inner = [mapped(function, *parts) for parts in zip(*nests, strict=True)]
        return inner if isinstance(first, list) else tuple(inner)
    return None if first is None else function(*nests)


def leaves(nest: Nest) -> list[Any]:
    """The arrays in a nest, in order."""
    if nest is None:
        return []
    if isinstance(nest, Mapping):
        nest = tuple(nest.values())
    return [leaf for part in nest for leaf in leaves(part)] if isinstance(nest, tuple | list) else [nest]


def n_rows(*nests: Nest) -> int:
    """Examples in nests that belong together.

    Raises:
        DataError: If their arrays differ in length, or are none.
    """
    lengths = sorted({_length(leaf) for leaf in leaves(nests)})
    if len(lengths) != 1:
        raise DataError(
            "Inputs, targets and weights must have as many rows as each other. "
            f"Received: {shortened(f'{n:,}' for n in lengths) or 'no array at all'}."
        )
    return lengths[0]


def _length(leaf: Any) -> int:
    shape = getattr(leaf, "shape", None)
    if shape is None:
        raise DataError(
            "fit takes arrays, tensors and tables, or tuples, lists and dicts of them. "
            f"Received: {type(leaf).__name__}. Wrap a list of numbers in numpy.array(…)."
        )
    if len(shape) == 0:
        raise DataError(
            "fit takes batches, whose first axis counts examples. Received: a single number. "
            "Batch the data: dataset.batch(32), for instance."
        )
    return int(shape[0])


def in_numpy(nest: Nest, rows: np.ndarray | slice = slice(None)) -> Nest:
    """Copies of the rows as NumPy arrays, in the shapes that Keras would give the model."""
    return mapped(lambda leaf: _array(leaf, rows), nest)


def _array(leaf: Any, rows: np.ndarray | slice) -> np.ndarray:
    if hasattr(leaf, "iloc"):
        table = leaf.iloc[rows]
        array: np.ndarray = table.to_numpy(copy=True)
        if array.dtype == object and not np.any(np.atleast_1d(table.dtypes) == np.dtype(object)):
            array = array.astype("float32")  # numbers beside truth values
        return array[:, None] if array.ndim == 1 else array  # Keras makes a column of a pandas.Series
    if hasattr(leaf, "tocsr"):
        return np.asarray(leaf.tocsr()[rows].toarray())
    if type(leaf).__name__ == "RaggedTensor":
        raise DataError("Ragged tensors are not read. Received: one. Pad them with .to_tensor().")
    if type(leaf).__name__ == "SparseTensor":
        from wizard.core.backend import tf

        leaf = tf.sparse.to_dense(leaf)
    return np.array(np.asarray(leaf)[rows])


def joined(batches: Sequence[Nest]) -> Nest:
    """Batches of one structure as one nest; those of different lengths are padded with zeros at their ends."""
    return mapped(lambda *arrays: _concatenated(arrays), *batches)


def _concatenated(arrays: tuple[np.ndarray, ...]) -> np.ndarray:
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) == 1:
        return np.concatenate(arrays)
    if len({len(shape) for shape in shapes}) > 1:
        raise DataError(f"Batches must agree in their number of axes. Received: {shortened(sorted(shapes))}.")
    largest = np.max(list(shapes), axis=0)
    padded = [
        np.pad(a, [(0, 0), *((0, int(m) - s) for s, m in zip(a.shape[1:], largest, strict=True))]) for a in arrays
    ]
    return np.concatenate(padded)


def row_keys(*nests: Nest) -> list[int]:
    """A number for every example, equal where all its values are."""
    arrays = [np.ascontiguousarray(leaf) for leaf in leaves(nests)]
    return [hash(tuple(array[i].tobytes() for array in arrays)) for i in range(len(arrays[0]))] if arrays else []
