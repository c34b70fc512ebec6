"""The last stage on a few rows of tumours, with a short network as the best so far."""

from tests.stages.walk import OPTIONS, Walked
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions

SHORT = TrainingConfig(family="mlp", hp={"width": 16, "depth": 1}, epochs=6, batch=32, learning_rate=3e-3)
GIVEN = {
    "incumbent": SHORT, "candidates": (SHORT, SHORT.but(dropout=0.3)), "stage_configs": {"tune": SHORT},
    "dumb_scores": {"majority class": 0.6, "linear model": 0.7}, "label_noise": 0.0,
}  # fmt: skip
TWO = ((SHORT, 0.5), (SHORT.but(seed=100), 0.5))


def step_of(journey, name, given=None, shared=None, key="test-ensemble", **options):
    """Runs one step of the stage; returns its finding and what was decided."""
    given = {**GIVEN, **(given or {})}
    context = journey._context("ensemble", {**OPTIONS["ensemble"], **options}, [], Decisions(), key)
    context.shared.update(shared or {})
    walked = Walked(context, (name,), given)
    return walked[name], walked
