"""The door for tf.data: a pipeline of (x, y), (x, y, weight) or dicts, batched or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.dataset import Dataset
from wizard.data.elements import Stream
from wizard.data.request import Request
from wizard.data.streamed import open_streams

DESCRIPTION = "a tf.data.Dataset of (x, y), (x, y, weight) or dicts (with target= naming the label), batched or not"
IS_STREAM = True
LARGEST_DENSE = 2**28  # bytes of one sparse element made dense: a batch of a thousand vectors of 65,000 numbers


def accepts(raw: Any) -> bool:
    """Whether `raw` is a tf.data.Dataset, asked without importing TensorFlow."""
    kinds = [(c.__module__, c.__name__) for c in type(raw).__mro__]
    return any(module.startswith("tensorflow.") and name == "DatasetV2" for module, name in kinds)


def open(raw: Any, request: Request) -> Dataset:
    """Goes through a pipeline once and keeps its examples."""
    parts = [stream_of(raw), own_set(request.validation, "validation"), own_set(request.test, "test")]
    return open_streams(parts, request, "tf_data")


def own_set(raw: Any, name: str) -> Any:
    """A user's own validation or test set beside a stream: a stream, or a pair of arrays as it is."""
    from wizard.data.sources import keras_data

    if raw is None:
        return None
    if accepts(raw):
        return stream_of(raw)
    if keras_data.accepts(raw):
        return keras_data.stream_of(raw)
    if isinstance(raw, tuple) and len(raw) == 2:
        return raw
    raise DataError(
        f"`{name}` beside a stream must be a tf.data.Dataset, a PyDataset or a pair of arrays (x, y). "
        f"Received: {type(raw).__name__}."
    )


def stream_of(dataset: Any) -> Stream:
    """A pipeline as a stream of NumPy elements."""
    from wizard.core.backend import tf

    cardinality = int(dataset.cardinality())
    is_endless = {tf.data.INFINITE_CARDINALITY: True, tf.data.UNKNOWN_CARDINALITY: None}.get(cardinality, False)

    def elements() -> Iterator[Any]:
        yield from map(in_numpy, elements_of(dataset))

    return Stream(elements, is_endless, "tf.data.Dataset")


def elements_of(dataset: Any) -> Iterator[Any]:
    """One pass over a pipeline, which may draw without a seed.

    TensorFlow's deterministic ops, which an earlier stage may have switched on, would raise there: they are off while
    an element is made.
    """
    end = object()
    with _nondeterministic():
        passing = iter(dataset)
    while True:
        with _nondeterministic():
            element = next(passing, end)
        if element is end:
            return
        yield element


@contextmanager
def _nondeterministic() -> Iterator[None]:
    from tensorflow.python.framework.config import (
        disable_op_determinism,
        enable_op_determinism,
        is_op_determinism_enabled,
    )

    was_on = is_op_determinism_enabled()
    if was_on:
        disable_op_determinism()
    try:
        yield
    finally:
        if was_on:
            enable_op_determinism()


def in_numpy(part: Any) -> Any:
    """An element with arrays instead of tensors; a ragged batch becomes a list of arrays."""
    from wizard.core.backend import tf

    if isinstance(part, Mapping):
        return {name: in_numpy(inner) for name, inner in part.items()}
    if isinstance(part, tuple | list):
        return tuple(in_numpy(inner) for inner in part)
    if isinstance(part, tf.RaggedTensor):
        return [_of_one_shape(row) for row in part]
    if isinstance(part, tf.SparseTensor):
        n_bytes = int(np.prod(part.dense_shape.numpy())) * part.dtype.size
        if n_bytes > LARGEST_DENSE:
            raise DataError(
                f"Sparse tensors are made dense, up to {LARGEST_DENSE / 2**20:.0f} MiB an element. "
                f"Received: one of {n_bytes / 2**20:,.0f} MiB. Hash or select its columns first."
            )
        return tf.sparse.to_dense(part).numpy()
    if isinstance(part, tf.Tensor):
        return part.numpy()
    raise DataError(f"Elements must hold tensors. Received: {type(part).__name__}. Map it to a tensor.")


def _of_one_shape(row: Any) -> np.ndarray:
    """A row of a ragged tensor, which must itself be regular: a picture, a series, a vector."""
    from wizard.core.backend import tf

    if not isinstance(row, tf.RaggedTensor):
        array: np.ndarray = row.numpy()
        return array
    dense = row.to_tensor()
    if int(tf.size(dense)) != int(tf.size(row.flat_values)):
        raise DataError(
            "An example of a ragged tensor must be a regular array. "
            f"Received: rows of different lengths within one ({row.shape}). Pad them with .to_tensor()."
        )
    regular: np.ndarray = dense.numpy()
    return regular
