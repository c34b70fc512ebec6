"""What a step may need, and what to say where it is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.stages.context import Context

NEEDS: dict[str, tuple[Callable[[Context], bool], str]] = {
    "places": (
        lambda context: context.dataset.modality != "table",
        "The columns of a table have no places: their order means nothing.",
    ),
    "augmentation": (
        lambda context: context.dataset.modality != "table",
        "Rows of a table have no transformation that is known to keep the label, as shifting a picture does.",
    ),
}


def unmet(context: Context, needs: tuple[str, ...]) -> str:
    """The reason of the first need that is not met, or ""."""
    for need in needs:
        is_met, reason = NEEDS[need]
        if not is_met(context):
            return reason
    return ""
