"""Finished tensors as a predictor reads them: nothing is prepared, only named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from wizard.core.backend import keras
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
