"""Which rows a run trains on."""

from __future__ import annotations

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.seeds import generator
from wizard.training.prepared import Prepared


def training_rows(config: TrainingConfig, prepared: Prepared) -> np.ndarray:
    """The rows that a run trains on, the user's own examples last."""
    if config.n_rows is None or config.n_rows >= len(prepared.train):
        return np.concatenate([prepared.train, prepared.extra]) if len(prepared.extra) else prepared.train
    return np.sort(generator(config.seed, "rows").permutation(prepared.train)[: config.n_rows])
