"""What the steps decide and later stages read."""

from __future__ import annotations

from typing import Any

from wizard.core.config import TrainingConfig
from wizard.core.values import Value


class Decisions(Value):
    """The open questions of a journey, filled in step by step; None means not decided yet.

    Attributes:
        metric: Name of the metric that decides, chosen by `imbalance` or given by the user.
        contradiction_floor: Lowest training error that contradictory labels allow (share or standardised variance).
        dumb_scores: {dumb baseline: its score on the rows that decide}.
        signal: Whether a classical probe beats guessing beyond its noise band.
        skeleton: The small network of the baseline.
        incumbent: The best configuration so far.
        stage_configs: {stage: configuration that it ended with}, for the final comparison.
        epochs_to_fit: Epochs that the chosen capacity needed to fit the training rows.
        seed_noise: Standard deviation of the metric from the seed alone.
        search_space: {hyperparameter: its range}, as searched by `tune`.
        candidates: Configurations worth a place in an ensemble, best first.
        members: (configuration, weight) of the ensemble.
        predictor: Key of the predictor in the store.
    """

    metric: str | None = None
    contradiction_floor: float | None = None
    dumb_scores: dict[str, float] | None = None
    signal: bool | None = None
    skeleton: TrainingConfig | None = None
    incumbent: TrainingConfig | None = None
    stage_configs: dict[str, TrainingConfig] = {}
    epochs_to_fit: int | None = None
    seed_noise: float | None = None
    search_space: dict[str, Any] | None = None
    candidates: tuple[TrainingConfig, ...] = ()
    members: tuple[tuple[TrainingConfig, float], ...] = ()
    predictor: str | None = None
