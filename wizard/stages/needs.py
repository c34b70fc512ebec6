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
        lambda context: context.dataset.modality != "table" or context.own is not None,
        "Rows of a table have no transformation that is known to keep the label, as shifting a picture does.",
    ),
    "raw inputs": (
        lambda context: context.own is None,
        "Your tensors come finished: what they leave out is decided where they are made.",
    ),
    "weights of ours": (
        lambda context: context.own is None,
        "The weights that your model starts from are set by your own code: load pretrained ones there.",
    ),
    "loss of ours": (
        lambda context: context.own is None,
        "A network learns from others by another loss, and yours is what is trained here.",
    ),
}


def unmet(context: Context, needs: tuple[str, ...]) -> str:
    """The reason of the first need that is not met, or ""."""
    for need in needs:
        is_met, reason = NEEDS[need]
        if not is_met(context):
            return reason
    return ""
