"""Finished tensors as a predictor reads them: nothing is prepared, only named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.core.errors import DataError
from wizard.training.nests import in_numpy, leaves, n_rows
from wizard.training.pipeline import Tensors


class OwnPreparation:
    """The inputs of a model of the user's own, by name; see the module's docstring."""

    key = "own"

    def __init__(self, like: Any) -> None:
        """Takes a nest of arrays, from which names, shapes and dtypes are read."""
        self.like = like
        flat = keras.tree.flatten(like)
        if isinstance(like, Mapping) and len(like) == len(flat):
            self.names = [str(name) for name in sorted(like)]
        else:
            self.names = ["x"] if len(flat) == 1 else [f"x{i}" for i in range(len(flat))]

    def raw_inputs(self) -> dict[str, Any]:
        """Symbolic inputs by name."""
        flat = keras.tree.flatten(self.like)
        return {
            name: keras.Input(array.shape[1:], dtype="string" if array.dtype.kind in "OSU" else array.dtype.name,
                              name=name)
            for name, array in zip(self.names, flat, strict=True)
        }  # fmt: skip

    def apply(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The tensors as they are."""
        return raw

    def nested(self, named: Mapping[str, Any]) -> Any:
        """Tensors by name as the model takes them."""
        return keras.tree.pack_sequence_as(self.like, [named[name] for name in self.names])

    def raw_batch(self, examples: Tensors) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """All examples in one batch."""
        yield np.arange(len(examples)), dict(zip(self.names, examples.inputs, strict=True))

    def read(self, raw: Any, what: str = "predict") -> Tensors:
        """New finished tensors, as the ones that the model was trained on.

        Args:
            raw: Arrays, or a nest of them, of the same structure and shapes; a DataFrame where that was given.
            what: What they are for, in the message.

        Raises:
            DataError: For anything else.
        """
        known = self.like
        if hasattr(raw, "iloc") and not isinstance(known, (dict, tuple, list)):
            raw = raw.to_numpy("float32")
        try:
            keras.tree.assert_same_structure(known, raw)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{what}() with a model of your own takes finished tensors, nested as those it was trained on: "
                f"{_in_words(known)}. Received: {_in_words(raw)}."
            ) from error
        x = in_numpy(raw)
        n_rows(x)
        shapes = [(a.shape[1:], b.shape[1:]) for a, b in zip(leaves(known), leaves(x), strict=True)]
        if any(a != b for a, b in shapes):
            raise DataError(
                f"{what}() takes examples shaped as those that the model was trained on: {_in_words(known)}. "
                f"Received: {_in_words(x)}."
            )
        cast = [b.astype(a.dtype) for a, b in zip(keras.tree.flatten(known), keras.tree.flatten(x), strict=True)]
        return Tensors(keras.tree.pack_sequence_as(known, cast), None)


def _in_words(nest: Any) -> str:
    if isinstance(nest, Mapping):
        return "{" + ", ".join(f"{name!r}: {_in_words(nest[name])}" for name in nest) + "}"
    if isinstance(nest, (tuple, list)):
        return f"({', '.join(map(_in_words, nest[:5]))}{' …' if len(nest) > 5 else ''})"
    shape = getattr(nest, "shape", None)
    return type(nest).__name__ if shape is None else f"(n, {', '.join(map(str, shape[1:]))}) {nest.dtype}"
