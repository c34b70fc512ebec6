"""The mean of a run's last weights (stochastic weight averaging, Izmailov et al. 2018)."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.training.compiled import CompiledNetwork


class Average(keras.callbacks.Callback):
    """Adds up the weights after each look of a run's last part; a new one for every run, so that none is carried over.

    Statistics of batch norms are averaged with the weights, states of random numbers are not.
    """

    def __init__(self, compiled: CompiledNetwork, looks: int, share: float) -> None:
        """Counts from look `looks * (1 - share)` on, and the last one in any case.

        Args:
            compiled: What trains.
            looks: That the run has, unless it ends early.
            share: Of them that count, 0–1.
        """
        super().__init__()
        self.compiled, self.first = compiled, min(round(looks * (1 - share)), looks - 1)
        self.sums: list[np.ndarray] = []
        self.n = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds a look's weights."""
        if epoch < self.first:
            return
        now = [value.astype("float64") for value in self.compiled.weights()]
        self.sums = [total + value for total, value in zip(self.sums, now, strict=True)] if self.n else now
        self.n += 1

    def keep(self) -> None:
        """Puts the mean in place of the last weights; a run that ended before it counted keeps those."""
        if not self.n:
            return
        last = self.compiled.weights()
        means = [total / self.n for total in self.sums]
        self.compiled.restore([
            mean.astype(value.dtype) if np.issubdtype(value.dtype, np.floating) else value
            for mean, value in zip(means, last, strict=True)
        ])  # fmt: skip
