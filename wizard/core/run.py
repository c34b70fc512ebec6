"""A training run: what was asked and what came of it."""

from __future__ import annotations

from wizard.core.config import TrainingConfig
from wizard.core.values import Value


class TrainingRun(Value):
    """The record of one training run; weights and predictions lie beside it in the store.

    Attributes:
        key: Content key of the run.
        config: What was asked for.
        history: {"loss": one number an epoch, …}: running means while training; "val_" after each epoch.
        scores: Measured once at the end, on whole sets and without dropout: "loss" and every metric,
            under "train_" and "val_" (where rows were held out).
        n_parameters: Trainable numbers in the network.
        n_train: Rows trained on.
        best_epoch: Epoch (from 1) whose weights were kept.
        failure: Why the run is worthless ("training loss became NaN in epoch 3"), or "".
        seconds: Wall-clock time.
    """

    key: str
    config: TrainingConfig
    history: dict[str, tuple[float, ...]] = {}
    scores: dict[str, float] = {}
    n_parameters: int = 0
    n_train: int = 0
    best_epoch: int = 0
    failure: str = ""
    seconds: float = 0.0
