"""A training run: what was asked and what came of it."""

from __future__ import annotations

from wizard.core.config import TrainingConfig
from wizard.core.values import Value


class TrainingRun(Value):
    """The record of one training run; weights and predictions lie beside it in the store.

    Attributes:
        key: Content key of the run.
        config: What was asked for.
        history: {"loss": one number a look, …}: running means while training; "val_loss" at each look.
        scores: Measured once at the end, on whole sets and without dropout: "loss" and every metric,
            under "train_" and "val_" (where rows were held out).
        n_parameters: Trainable numbers in the network.
        n_train: Rows trained on.
        best_epoch: Epoch (from 1) whose weights were kept.
        failure: Why the run is worthless ("training loss became NaN in epoch 3"), or "".
        seconds: Wall-clock time.
        seconds_an_epoch: Wall-clock time of an epoch, tracing left out where there was more than one look.
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
    seconds_an_epoch: float = 0.0

    @property
    def epochs_seen(self) -> tuple[float, ...]:
        """Epochs behind each point of the history."""
        return tuple(float((i + 1) * self.config.look_every) for i in range(len(self.history.get("loss", ()))))
