"""Rows of prepared data where a training step can gather them: in memory, or, beyond a limit, on disk.

One `Resident` serves all compiled networks of one form, so that the data are in TensorFlow's memory once.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from wizard.core.backend import tf
from wizard.core.seeds import generator
from wizard.data.rows_on_disk import RowsOnDisk
from wizard.training.prepared import Prepared

PART_BYTES = 2**25  # of what is larger, so much at a time is copied: TensorFlow would hold two copies more meanwhile


class Resident:
    """Tensors of all rows by name, "y" and "weight" among them; see the module's docstring."""

    def __init__(self, device: str | None = None) -> None:
        """Holds nothing yet; `device` is where it will, by default where TensorFlow puts variables."""
        self._device = device
        self._variables: dict[str, Any] = {}
        self._on_disk: dict[str, RowsOnDisk] = {}
        self._origins: dict[str, Any] = {}  # where each variable's values came from, and whether they were blanked
        self._run: tuple[Any, ...] = ()
        self._is_blank = False
        self._keeper: Any = lambda: None

    def let_keep(self, trunk: Any) -> None:
        """Lets a network keep features of its own of the rows; the one that did so before forgets its own.

        Args:
            trunk: Its `trunk.Trunk`.
        """
        before = self._keeper()
        if before is not None and before is not trunk:
            before.forget()
        self._keeper = weakref.ref(trunk)

    def place(self, prepared: Prepared, row_weight: np.ndarray, control: str, seed: int) -> None:
        """Puts the data of a run in place; what lies there already stays.

        Args:
            prepared: The data.
            row_weight: (n,) weight of every row in the loss.
            control: "zeros" blanks the inputs, "shuffled" permutes the training rows' labels, "none" does neither.
            seed: Of the permutation.
        """
        run = (prepared, row_weight, control, seed)
        if self._run and self._run[2:] == run[2:] and all(self._run[i] is run[i] for i in (0, 1)):
            return
        self._is_blank = control == "zeros"
        for name, values in prepared.tensors.items():
            if isinstance(values, RowsOnDisk):
                self._on_disk[name] = values
            else:
                self._place_inputs(name, values)
        y = prepared.y
        if control == "shuffled":
            y = y.copy()
            y[prepared.train] = generator(seed, "control").permutation(y[prepared.train])
        self._assign("y", y)
        self._assign("weight", row_weight)
        self._run = run

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

    def _place_inputs(self, name: str, values: np.ndarray) -> None:
        origin, was_blank = self._origins.get(name, (lambda: None, False))
        if origin() is values and was_blank == self._is_blank:
            return
        self._assign(name, np.zeros_like(values) if self._is_blank else values)
        self._origins[name] = (weakref.ref(values), self._is_blank)

    def _assign(self, name: str, values: np.ndarray) -> None:
        variable = self._variables.get(name)
        in_parts = values.nbytes > PART_BYTES and self._is_on_cpu
        if variable is None:
            shape = tf.TensorShape([None, *values.shape[1:]])
            with tf.device(self._device):
                variable = self._variables[name] = tf.Variable(  # its first value known to nobody else is not copied
                    tf.zeros(values.shape, values.dtype) if in_parts else values, trainable=False, shape=shape,
                    name=f"resident_{name}",
                )  # fmt: skip
        elif in_parts and tf.shape(variable)[0] != len(values):
            variable.assign(tf.zeros(values.shape, values.dtype))
        elif not in_parts:
            variable.assign(values)
        if in_parts:
            rows = max(1, PART_BYTES * len(values) // values.nbytes)
            for start in range(0, len(values), rows):
                part = values[start : start + rows]
                variable.scatter_update(tf.IndexedSlices(part, tf.range(start, start + len(part))))

    @property
    def _is_on_cpu(self) -> bool:
        return "CPU" in (self._device or "") or not tf.config.list_physical_devices("GPU")
