"""Rows of prepared data where a training step can gather them: in memory, or, beyond a limit, on disk.

One `Resident` serves all compiled networks of one form, so that the data are in TensorFlow's memory once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import tf
from wizard.core.seeds import generator
from wizard.data.rows_on_disk import RowsOnDisk
from wizard.training.prepared import Prepared


class Resident:
    """Tensors of all rows by name, "y" and "weight" among them; see the module's docstring."""

    def __init__(self) -> None:
        """Holds nothing yet."""
        self._variables: dict[str, Any] = {}
        self._on_disk: dict[str, RowsOnDisk] = {}
        self._placed: dict[str, Any] = {}  # what lies there now, by name, compared by identity
        self._is_blank = False

    def place(self, prepared: Prepared, row_weight: np.ndarray, control: str = "none", seed: int = 0) -> None:
        """Puts the data of a run in place; what lies there already stays.

        Args:
            prepared: The data.
            row_weight: (n,) weight of every row in the loss.
            control: "zeros" blanks the inputs, "shuffled" permutes the training rows' labels, "none" does neither.
            seed: Of the permutation.
        """
        self._is_blank = control == "zeros"
        for name, values in prepared.tensors.items():
            if isinstance(values, RowsOnDisk):
                self._on_disk[name] = values
            else:
                self._assign(name, values, (id(values), self._is_blank), is_blank=self._is_blank)
        y = prepared.y
        if control == "shuffled":
            y = y.copy()
            y[prepared.train] = generator(seed, "control").permutation(y[prepared.train])
        self._assign("y", y, None)
        self._assign("weight", row_weight, None)

    def gather(self, name: str, rows: Any) -> Any:
        """(b, …) the rows (b,) of a tensor, inside a graph or outside."""
        if name not in self._on_disk:
            return tf.gather(self._variables[name], rows)
        values = self._on_disk[name]
        gathered = tf.numpy_function(lambda numbers: self._read(name, numbers), [rows], values.dtype, stateful=True)
        return tf.ensure_shape(gathered, [None, *values.shape[1:]])

    def _read(self, name: str, numbers: np.ndarray) -> np.ndarray:
        values = self._on_disk[name]  # of the run that goes on now, whichever the graph was traced for
        return np.zeros((len(numbers), *values.shape[1:]), values.dtype) if self._is_blank else values[numbers]

    def _assign(self, name: str, values: np.ndarray, mark: Any, is_blank: bool = False) -> None:
        if mark is not None and self._placed.get(name, (None,))[0] == mark:
            return
        self._placed[name] = (mark, values)  # holds the array too, so that its id stays its own
        values = np.zeros_like(values) if is_blank else values
        if name not in self._variables:
            shape = tf.TensorShape([None, *values.shape[1:]])
            self._variables[name] = tf.Variable(values, trainable=False, shape=shape, name=f"resident_{name}")
        else:
            self._variables[name].assign(values)
