"""The small network that the baseline's experiments share: one graph, traced once."""

from __future__ import annotations

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.run import TrainingRun
from wizard.models.family import look_every, multiple
from wizard.stages.context import Context

RATE = 3e-3  # Adam; small networks bear it, and short experiments need it
STEP_BATCH = 32
Shapes = tuple[str, dict[str, HpValue], dict[str, HpValue]]  # family, shape, larger shape
SMALL: Shapes = ("mlp", {"width": 64, "depth": 1}, {"width": 256, "depth": 2})
OWN: dict[str, Shapes] = {  # where one hidden layer learns by heart and no more: a curve may begin at any moment
    "series": ("convnet_1d", {"width": 16, "blocks": 2}, {"width": 32, "blocks": 3}),
}


def skeleton(context: Context) -> TrainingConfig:
    """A hidden layer of 64, for series two of sixteen kernels; nothing regularising on, constant rate."""
    fold = 0 if context.split.folds else None
    name, shape, _ = OWN.get(context.dataset.modality, SMALL)
    return TrainingConfig(family=name, hp=shape, learning_rate=RATE, batch=STEP_BATCH, epochs=1, fold=fold)


def larger(context: Context) -> dict[str, HpValue]:
    """Shape of a network like the skeleton with more capacity."""
    return OWN.get(context.dataset.modality, SMALL)[2]


def broken_down(run: TrainingRun) -> str:
    """Why a run is worthless, in words, or ""."""
    return run.failure.replace("became nan", "was no number any more").replace("became inf", "became infinite")


def for_steps(context: Context, config: TrainingConfig, steps: int) -> TrainingConfig:
    """The same configuration for about so many gradient steps, at most the whole training set an epoch."""
    n = len(context.prepared(config).train)
    steps_an_epoch = -(-n // config.batch)
    if steps_an_epoch > steps:
        return config.but(epochs=1, n_rows=steps * config.batch)
    look = look_every(n, config.batch)
    return config.but(epochs=multiple(steps / steps_an_epoch, look), look_every=look)
