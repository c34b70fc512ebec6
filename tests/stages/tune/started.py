"""A small network that tune starts from."""

from tests.stages.walk import walk
from wizard.core.config import TrainingConfig

MLP = TrainingConfig(family="mlp", hp={"width": 32, "depth": 1}, learning_rate=3e-3, batch=32, epochs=6)


def given(config=MLP, metric="accuracy", **decisions):
    """What explore to regularize would have decided."""
    return {"metric": metric, "incumbent": config, "stage_configs": {"overfit": config}, **decisions}


def tuned_from(journey, *steps, config=MLP, metric="accuracy", decisions=None, **options):
    """The steps walked from a configuration."""
    return walk(journey, "tune", *steps, given=given(config, metric, **(decisions or {})), **options)
