"""What a user's build(hp) declares: which values each hyperparameter may have, and what it seems to be for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core.config import HpValue
from wizard.training.own_space import as_dimension
from wizard.training.space import Dimension

CAPACITY = frozenset(
    [
        "unit",
        "units",
        "neuron",
        "neurons",
        "node",
        "nodes",
        "hidden",
        "filter",
        "filters",
        "channel",
        "channels",
        "width",
        "depth",
        "layer",
        "layers",
        "block",
        "blocks",
        "dim",
        "dims",
        "head",
        "heads",
        "capacity",
        "size",
    ]
)  # words in the names of what makes a network larger
NO_CAPACITY = frozenset(
    [
        "batch",
        "kernel",
        "pool",
        "stride",
        "window",
        "image",
        "input",
        "vocab",
        "vocabulary",
        "epoch",
        "epochs",
        "step",
        "steps",
    ]
)
REGULARISERS = {  # words in the names of what holds training back, by the step of regularize that tries them
    "dropout": frozenset(("dropout", "drop")),
    "weight_decay": frozenset(("l1", "l2", "decay", "regularizer", "regulariser", "reg", "wd")),
    "label_smoothing": frozenset(("smoothing",)),
    "augment": frozenset(("augment", "augmentation", "rotation", "flip", "zoom", "shift")),
    "creative_augment": frozenset(("noise", "mixup", "cutmix", "cutout", "mask", "masking")),
}
RATE = frozenset(("lr", "rate", "learning"))  # a decay of the rate regularises nothing


@dataclass(frozen=True)
class Declared:
    """One hyperparameter of the user's.

    Attributes:
        dimension: Its values; `now` is its default.
        role: "capacity"; the step of regularize that it belongs to; "" for anything else.
    """

    dimension: Dimension
    role: str

    @property
    def name(self) -> str:
        """As build(hp) calls it."""
        return self.dimension.label

    @property
    def default(self) -> HpValue:
        """What build(hp) takes where nothing is said."""
        assert self.dimension.now is not None  # KerasTuner gives every one a default
        return self.dimension.now

    @property
    def calm(self) -> HpValue:
        """The value that regularises least: the smallest number, False, or the default of what has no order."""
        own = self.dimension
        if own.kind != "choice":
            return value_at(own, 0.0)
        if all(isinstance(option, bool) for option in own.options):
            return False
        return own.ordered[0] if own.is_ordered else self.default


def declared_of(space: Sequence[Any]) -> tuple[Declared, ...]:
    """The hyperparameters that a build declared, in its order; those that can have one value only are left out.

    Args:
        space: `HyperParameters.space` after build(hp).
    """
    found = {}
    for one in space:
        dimension = as_dimension(one)
        if dimension is not None and one.name not in found:  # the same one may stand under several conditions
            found[one.name] = Declared(dimension, role_of(one.name, dimension))
    return tuple(found.values())


def role_of(name: str, dimension: Dimension) -> str:
    """What a hyperparameter is for, by the words of its name and its kind of values."""
    words = set(re.findall(r"[a-z]+[12]?(?![a-z])|[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()))
    words |= {word.rstrip("12") for word in words}
    for step, known in REGULARISERS.items():
        if words & known - ({"decay"} if words & RATE and "weight" not in words else set()):
            return step
    values = dimension.options if dimension.kind == "choice" else ()
    is_whole = dimension.is_whole or (
        bool(values) and all(isinstance(v, int) and not isinstance(v, bool) for v in values)
    )
    return "capacity" if is_whole and words & CAPACITY and not words & NO_CAPACITY else ""


def value_at(dimension: Dimension, place: float) -> HpValue:
    """The value of a dimension at a place between its ends, 0–1."""
    if dimension.kind == "choice":
        ordered = dimension.ordered
        return ordered[round(place * (len(ordered) - 1))]
    low, high = dimension.low, dimension.high
    value = low * (high / low) ** place if dimension.kind == "log" else low + place * (high - low)
    return round(value) if dimension.is_whole else float(value)
