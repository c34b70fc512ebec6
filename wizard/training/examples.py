"""What a call of fit would train on, as nests of NumPy arrays, whatever kind of data it was given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from types import GeneratorType
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.errors import DataError
from wizard.core.seeds import generator
from wizard.data.sources import keras_data, tf_data
from wizard.training import draws
from wizard.training.nests import Nest, in_numpy, joined, leaves, mapped, n_rows, row_keys

SECOND_LOOK = 256  # rows of a second pass: enough to see another order or random changes, cheap to make
MOVED = 0.5  # share of a second pass's rows found at other places of the first: no chance at all, even after a cut
DEFAULT_BATCH = 32  # what Keras takes where nothing is said


@dataclass(frozen=True)
class Examples:
    """Examples as nests of arrays, with n rows each.

    Attributes:
        x: Inputs.
        y: Targets, or None.
        weight: Weights in the loss, or None.
        batch: Examples a step.
        n_examples: In all, before a cut; None where a stream was cut or has no end.
        is_cut: Whether there are more examples than these.
        how: Kind of data that was given, in words.
        second_x: Inputs of the first rows in a second pass; None for arrays, and for what cannot be read twice.
        is_shuffled: Whether a second pass comes in another order; None where that cannot be seen.
        draws: What draws random numbers while batches are made, in words; "" where nothing is seen to.
    """

    x: Nest
    y: Nest
    weight: Nest
    batch: int
    n_examples: int | None
    is_cut: bool
    how: str
    second_x: Nest = None
    is_shuffled: bool | None = None
    draws: str = ""


def read(given: tuple[Nest, Nest, Nest], batch: int | None, steps: int | None, most: int) -> Examples:
    """Reads what was given to fit as x, y and sample_weight.

    Args:
        given: Arrays, or (stream, None, None).
        batch: Examples a step, for arrays.
        steps: Batches an epoch; it ends streams without an end.
        most: Examples that are kept: the first of a stream, some drawn from all rows of arrays, in their order.

    Raises:
        DataError: If Keras could not take them.
    """
    x = given[0]
    if tf_data.accepts(x):
        n_batches = int(x.cardinality())
        ends = n_batches >= 0  # otherwise it is tf.data's number for endless or unknown
        examples = _read_twice(lambda: tf_data.elements_of(x), "tf.data.Dataset", None if ends else steps, most)
        return replace(examples, draws=draws.of_dataset(x))
    if keras_data.accepts(x):
        watch = draws.Watch(x)
        examples = _read_twice(lambda: _passes(x, watch), "PyDataset", steps if x.num_batches is None else None, most)
        return replace(examples, draws=watch.found)
    if isinstance(x, GeneratorType):
        return _read_stream(x, "generator", steps, most)
    return _read_arrays(given, batch, steps, most)


def split_off(given: tuple[Nest, Nest, Nest], share: float) -> tuple[tuple[Nest, Nest, Nest], tuple[Nest, Nest, Nest]]:
    """Splits arrays as `validation_split` does: the last rows are held out, before any shuffling.

    Raises:
        DataError: If there is nothing left on one side, or the data are no arrays.
    """
    if not all(hasattr(leaf, "shape") for leaf in leaves(given)):
        raise DataError(
            f"`validation_split` needs arrays. Received: {type(given[0]).__name__}. Pass validation_data=… instead."
        )
    n = n_rows(given)
    at = math.floor(n * (1.0 - share))
    if at in (0, n):
        raise DataError(
            f"`validation_split` must leave rows on both sides. Received: validation_split={share} of {n:,} rows."
        )
    x, y, weight = mapped(lambda leaf: _between(leaf, 0, at), given)
    held = mapped(lambda leaf: _between(leaf, at, n), given)
    return (x, y, weight), held


def _between(leaf: Any, start: int, stop: int) -> Any:
    if hasattr(leaf, "iloc"):
        return leaf.iloc[start:stop]
    return leaf.tocsr()[start:stop] if hasattr(leaf, "tocsr") else leaf[start:stop]


def _read_arrays(given: tuple[Nest, Nest, Nest], batch: int | None, steps: int | None, most: int) -> Examples:
    n = n_rows(given)
    rows: np.ndarray | slice = slice(None)
    if n > most:  # drawn, not the first ones: of rows sorted by class these would be of one
        rows = np.sort(generator(0, "rows of a script").choice(n, most, replace=False))
    x, y, weight = in_numpy(given, rows)
    size = batch or (math.ceil(n / steps) if steps else DEFAULT_BATCH)
    return Examples(x, y, weight, int(size), n, n > most, "NumPy arrays")


def _read_twice(passes: Callable[[], Iterator[Any]], how: str, steps: int | None, most: int) -> Examples:
    first = _read_stream(passes(), how, steps, most)
    second = _read_stream(passes(), how, steps, min(most, SECOND_LOOK))
    is_told = not first.is_cut or draws.are_comparable(leaves(second.x), leaves(first.x))
    return replace(first, second_x=second.x if is_told else None, is_shuffled=_is_other_order(first, second))


def _read_stream(batches: Iterator[Any], how: str, steps: int | None, most: int) -> Examples:
    kept: list[tuple[Nest, Nest, Nest]] = []
    n, has_more = 0, False
    for batch in islice(batches, steps):
        if n >= most:
            has_more = True
            break
        kept.append(_parts(batch))
        n += n_rows(kept[-1])
    if not kept:
        raise DataError(f"A {how} must give batches. Received: one without any.")
    x, y, weight = in_numpy(joined(kept), slice(most))
    is_cut = has_more or n > most
    return Examples(x, y, weight, max(n_rows(part) for part in kept), None if is_cut else n, is_cut, how)


def _parts(batch: Any) -> tuple[Nest, Nest, Nest]:
    """A batch as inputs, targets and weights."""
    try:
        parts = keras.utils.unpack_x_y_sample_weight(batch)
    except ValueError as error:
        raise DataError(
            "A batch must be x, (x, y) or (x, y, sample_weight). "
            f"Received: {type(batch).__name__} of {len(batch)} parts."
        ) from error
    n_rows(parts)  # no batch without rows
    x, y, weight = in_numpy(parts)
    return x, y, weight


def _passes(batches: Any, watch: draws.Watch) -> Iterator[Any]:
    """One pass over a PyDataset in the order of its batches, told of its beginning and end as in training."""
    batches.on_epoch_begin()
    numbers = count() if batches.num_batches is None else range(batches.num_batches)
    try:
        for number in numbers:
            with watch.batch():
                batch = batches[number]
            yield batch
    finally:
        batches.on_epoch_end()


def _is_other_order(first: Examples, second: Examples) -> bool:
    """Whether a second pass gives the examples in another order, and does not only change them."""
    n = n_rows(second.x)
    before, after = row_keys(first.x), row_keys(second.x)
    place = {key: i for i, key in enumerate(before)}
    if np.mean([after[i] != before[i] and place.get(after[i], i) != i for i in range(n)]) >= MOVED:
        return True
    if after == before[:n]:
        return False
    labels = [leaf for leaf in leaves(first.y) if np.ndim(leaf) <= 2]  # no pictures: these may be changed as inputs are
    return row_keys(labels)[:n] != row_keys([leaf for leaf in leaves(second.y) if np.ndim(leaf) <= 2])


def first_batch(examples: Examples) -> Nest:
    """The inputs of the first step, as tensors."""
    return mapped(lambda leaf: tf.convert_to_tensor(leaf[: examples.batch]), examples.x)
