"""A linear model: the smallest network that can be wired wrongly."""

from __future__ import annotations

from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.data.form import Form
from wizard.data.task import Task
from wizard.models.family import Family, batch_for, look_every, multiple
from wizard.models.inputs import flat_features


def build(hp: Any, inputs: dict[str, Any], form: Form) -> Any:
    """Everything in one row: (b, e). The head does the rest."""
    return flat_features(inputs, form)


def recipe(form: Form, n_rows: int, task: Task) -> TrainingConfig:
    """Adam at 3e-3: a convex problem bears a high rate."""
    batch = batch_for(n_rows)
    look = look_every(n_rows, batch)
    return TrainingConfig(family="linear", learning_rate=3e-3, batch=batch, epochs=multiple(24, look), look_every=look)


def ladder(form: Form) -> tuple[dict[str, HpValue], ...]:
    """One rung: there is no larger linear model."""
    return ({},)


FAMILY = Family(
    name="linear",
    title="Linear model",
    paper="Cox, The regression analysis of binary sequences, 1958",
    forms=("image", "features", "tokens", "series"),
    build=build,
    recipe=recipe,
    ladder=ladder,
)
