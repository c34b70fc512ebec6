"""What the steps decide and later stages read."""

from __future__ import annotations

from typing import Any

from wizard.core.calibration import Calibration
from wizard.core.config import TrainingConfig
from wizard.core.values import Value


class Decisions(Value):
    """The open questions of a journey, filled in step by step; None means not decided yet.

    Attributes:
        metric: Name of the metric that decides, chosen by `imbalance` or given by the user.
        contradiction_floor: Lowest training error that contradictory labels allow (share or standardised variance).
        is_local: Whether local features tell as much of the labels as whole examples (`local_or_global`).
        is_position_free: Whether position may be pooled out (`position`).
        normalise: Nuisances to take out of the inputs ("brightness", "case" …), as `spurious_variation` found them.
        vary: Nuisances to augment with later, which tell nothing of the label.
        smallest_input: {setting: value} of the smallest input inside the noise band of the full one (`downsampling`).
        spare: Columns without which a cheap probe tells as much of the target (`downsampling`).
        label_noise: Estimated share of wrong labels, 0.0 where no more than chance is found (`label_noise`).
        label_noise_interval: Its 95% interval.
        ceiling: Best value of the metric that label noise allows, or None.
        leaking: Columns that yield the target and should be ignored (`leakage`).
        is_learnable: Whether a classical probe beats chance on these inputs (`enough_data`).
        dumb_scores: {dumb baseline: its score on the rows that decide}.
        human: What a person scores, or people in the mean (`human_baseline`).
        signal: Whether a classical probe beats guessing beyond its noise band.
        skeleton: The small network of the baseline.
        incumbent: The best configuration so far.
        stage_configs: {stage: configuration that it ended with}, for the final comparison.
        epochs_to_fit: Epochs that the chosen capacity needed to fit the training rows.
        seed_noise: Standard deviation of the metric from the seed alone.
        search_space: {hyperparameter: its range}, as searched by `tune`.
        candidates: Configurations worth a place in an ensemble, best first.
        members: (configuration, weight) of the ensemble.
        distilled: One network that learns from the members, its teacher inside (`distill`); None without one.
        calibration: What the predictor does to the members' joined outputs (`calibrate`).
        predictor: Key of the predictor in the store.
        handed_over: (configuration, weight) of the networks in it, as they were trained at last (`hand_over`).
    """

    metric: str | None = None
    contradiction_floor: float | None = None
    is_local: bool | None = None
    is_position_free: bool | None = None
    normalise: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()
    smallest_input: dict[str, int] | None = None
    spare: tuple[str, ...] = ()
    label_noise: float | None = None
    label_noise_interval: tuple[float, float] | None = None
    ceiling: float | None = None
    leaking: tuple[str, ...] = ()
    is_learnable: bool | None = None
    dumb_scores: dict[str, float] | None = None
    human: float | None = None
    signal: bool | None = None
    skeleton: TrainingConfig | None = None
    incumbent: TrainingConfig | None = None
    stage_configs: dict[str, TrainingConfig] = {}
    epochs_to_fit: int | None = None
    seed_noise: float | None = None
    search_space: dict[str, Any] | None = None
    candidates: tuple[TrainingConfig, ...] = ()
    members: tuple[tuple[TrainingConfig, float], ...] = ()
    distilled: TrainingConfig | None = None
    calibration: Calibration | None = None
    predictor: str | None = None
    handed_over: tuple[tuple[TrainingConfig, float], ...] = ()
