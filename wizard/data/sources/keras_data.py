"""The door for Keras's own data sets: keras.utils.PyDataset, which used to be called Sequence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from wizard.core.errors import DataError
from wizard.data.dataset import Dataset
from wizard.data.elements import Stream
from wizard.data.request import Request
from wizard.data.streamed import open_streams

DESCRIPTION = "a keras.utils.PyDataset of batches (x, y) or (x, y, weight)"
IS_STREAM = True
NAMES = ("PyDataset", "Sequence")


def accepts(raw: Any) -> bool:
    """Whether `raw` is a PyDataset or a Sequence, asked without importing Keras."""
    kinds = [(c.__module__.split(".")[0], c.__name__) for c in type(raw).__mro__]
    return any(module in ("keras", "tensorflow", "tf_keras") and name in NAMES for module, name in kinds)


def open(raw: Any, request: Request) -> Dataset:
    """Takes every batch once, in order, and keeps the examples."""
    from wizard.data.sources import tf_data

    sets = [tf_data.own_set(part, name) for part, name in ((request.validation, "validation"), (request.test, "test"))]
    return open_streams([stream_of(raw), *sets], request, type(raw).__name__)


def stream_of(batches: Any) -> Stream:
    """Batches by number, one after the other in this thread; `workers` and `on_epoch_end` are for training.

    Workers would only save time in the one pass that is made, and need code that several threads may run at once.
    """
    n = _number_of(batches)

    def elements() -> Iterator[Any]:
        for number in count() if n is None else range(n):
            yield _in_numpy(batches[number])

    return Stream(elements, n is None, type(batches).__name__)


def _number_of(batches: Any) -> int | None:
    """Batches in it; None where it has no end."""
    try:
        n = batches.num_batches if hasattr(batches, "num_batches") else len(batches)
    except (NotImplementedError, TypeError) as error:
        raise DataError(
            f"A {type(batches).__name__} must say how many batches it has. Received: no __len__ and no num_batches. "
            "Define __len__, or num_batches returning None where it has no end."
        ) from error
    return None if n is None else int(n)


def _in_numpy(batch: Any) -> Any:
    from wizard.core.backend import tf
    from wizard.data.sources.tf_data import in_numpy

    if isinstance(batch, dict):
        return {name: _in_numpy(part) for name, part in batch.items()}
    if isinstance(batch, tuple):
        return tuple(_in_numpy(part) for part in batch)
    return in_numpy(batch) if isinstance(batch, tf.Tensor | tf.RaggedTensor | tf.SparseTensor) else batch
