"""Which features of a public data set are inputs and label, and its elements with only these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, nearest, shortened
from wizard.data.elements import ROLES, Stream
from wizard.data.request import Request

SETS = {
    "train": "main", "training": "main", "validation": "validation", "valid": "validation", "val": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The features that are used.

    Attributes:
        inputs: Names of the input features.
        label: Name of the label's.
        also: Names of those that hold a weight, a group or a time; None where elements are pairs already.
        notes: What was chosen that the user did not ask for.
    """

    inputs: tuple[str, ...]
    label: str | None
    also: tuple[str, ...] | None
    notes: tuple[str, ...] = ()


def choose(info: Any, request: Request) -> Chosen:
    """Takes the label from `target` or the data set's own pair, and the inputs from that pair or from all the rest.

    Raises:
        ColumnError: If the data set names no label and the user neither, or there is no such feature.
    """
    names = list(info.features)
    own = info.supervised_keys
    if len(request.targets) > 1:
        raise ColumnError(
            f"One feature of {info.name} must be the label. Received: target={list(request.targets)!r}. "
            "Name one of them."
        )
    label = request.target_name or (own[1] if own is not None and isinstance(own[1], str) else None)
    if label is None:
        raise ColumnError(
            f"{info.name} does not say which feature is the label. Received: no `target`; the features are "
            f"{shortened(map(repr, names), 30)}. Write Wizard(…, target={names[-1]!r}), for instance."
        )
    if label not in names:
        raise ColumnError(
            f"`target` must name a feature of {info.name}. Received: target={label!r}; the features are "
            f"{shortened(map(repr, names), 30)}.{nearest(label, names)}"
        )
    also = tuple(name for role in ROLES if isinstance(name := getattr(request, role), str) and name in names)
    paired = _names(own[0]) if own is not None else ()
    rest = [name for name in names if name != label and name not in also and name not in request.ignore]
    pictures = [name for name in rest if type(info.features[name]).__name__ == "Image"]
    inputs, notes = [name for name in paired if name in rest], []
    if not inputs:
        inputs = pictures if len(pictures) == 1 else rest
    left = [name for name in rest if name not in inputs]
    if left and (request.target is not None or own is None):
        notes = [f"Inputs are {shortened(inputs)}; not used: {shortened(left)}"]
    return Chosen(tuple(inputs), label, also, tuple(notes))


def _names(part: Any) -> tuple[str, ...]:
    """Names in the first half of a data set's own pair: one, several, or a dict of them."""
    if isinstance(part, str):
        return (part,)
    return tuple(name for one in (part.values() if isinstance(part, Mapping) else part) for name in _names(one))


def examples_of(stream: Stream, chosen: Chosen, info: Any) -> Stream:
    """A stream with the chosen features only; codes of classes among the inputs become names."""
    wanted = [*chosen.inputs, *(chosen.also or ())]
    classes = {
        name: np.array([*info.features[name].names, ""], dtype=object)  # code -1, no class, is the last
        for name in wanted
        if getattr(info.features[name], "names", None)
    }

    def elements() -> Iterator[Any]:
        for element in stream.elements():
            kept = {name: classes[name][element[name]] if name in classes else element[name] for name in wanted}
            yield kept | {str(chosen.label): element[str(chosen.label)]}

    return replace(stream, elements=elements)
