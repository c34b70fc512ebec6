"""An example's label in words."""

from __future__ import annotations

from wizard.data.task import name_of
from wizard.stages.context import Context


def label_of(context: Context, row: int) -> str:
    """Name of the class, or the number."""
    label = context.dataset.labels[row]
    return name_of(label) if context.task.is_classification else f"{float(label):.6g}"
