"""Where a run should have stopped, read off its validation losses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WORTH = 0.01  # of the lowest loss, by which the last must be above it: within it no score tells the two networks apart


def where_to_stop(epochs: Sequence[float], losses: np.ndarray) -> int | None:
    """The epoch of the lowest validation loss; None where the last epoch's is as low, or as good as.

    Args:
        epochs: (k,) epochs after which the run was looked at.
        losses: (k,) validation losses there.
    """
    best = int(np.argmin(losses))
    return None if losses[-1] <= losses[best] + WORTH * abs(losses[best]) else int(epochs[best])
