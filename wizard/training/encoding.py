"""Raw examples encoded a block at a time, and kept where there is room: in memory, or on disk."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.data.dataset import Examples
from wizard.data.rows_on_disk import RowsWriter

RESIDENT_BYTES = 2**29  # encoded rows beyond half a GiB stay on disk: NumPy and TensorFlow each hold what is resident
BYTES_AT_ONCE = 2**26  # of a block, encoded
ROWS_AT_ONCE = 8192  # of a block


def encode(preparation: Any, examples: Examples) -> dict[str, Any]:
    """Tensors of all rows by name: arrays (n, …), or, where they are too large together, rows on disk.

    Args:
        preparation: The fitted preprocessing.
        examples: n raw examples, of which only a block is in memory at a time.
    """
    n = len(examples)
    one = preparation.encode(examples.take(np.arange(min(n, 1))))
    row_bytes = max(1, sum(values.nbytes for values in one.values()))
    step = int(np.clip(BYTES_AT_ONCE // row_bytes, 1, ROWS_AT_ONCE))
    if n <= step:
        encoded: dict[str, Any] = preparation.encode(examples)
        return encoded
    starts = range(0, n, step)
    blocks = (preparation.encode(examples.take(np.arange(start, min(start + step, n)))) for start in starts)
    if n * row_bytes > RESIDENT_BYTES:
        writers = {name: RowsWriter() for name in one}
        for block in blocks:
            for name, values in block.items():
                for row in values:
                    writers[name].append(row)
        return {name: writer.done() for name, writer in writers.items()}
    whole = {name: np.empty((n, *values.shape[1:]), values.dtype) for name, values in one.items()}
    for start, block in zip(starts, blocks, strict=True):
        for name, values in block.items():
            whole[name][start : start + step] = values
    return whole
