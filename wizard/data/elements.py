"""What a stream gives, one example at a time: batched or not, as tuples or as dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, WizardError, nearest, shortened
from wizard.data.request import Request

LOOKED_AT = 64  # examples of a first look: enough to see a shuffled or random order, cheap to decode twice
LOOKED_BATCHES = 4  # elements of it at most: a batch holds many examples, two batches tell whether there are batches
ROLES = ("weight", "group", "time")

Leaf = Any  # an array, a scalar, a text, or a list with an array for each example of a batch of different sizes


@dataclass(frozen=True)
class Stream:
    """Elements that can be gone through again and again.

    Attributes:
        elements: Begins anew at each call; gives (x, y), (x, y, weight) or dicts, of arrays, scalars and texts.
        is_endless: Whether it never ends; None where only going through tells.
        source: Kind of object, in words.
    """

    elements: Callable[[], Iterator[Any]]
    is_endless: bool | None
    source: str

    def begun(self) -> Iterator[Any]:
        """Goes through the elements, and says where that fails.

        Raises:
            DataError: If an element cannot be made.
        """
        number = 0
        try:
            for element in self.elements():
                yield element
                number += 1
        except WizardError:
            raise
        except Exception as error:  # the user's own code runs here: anything may come
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise DataError(
                f"A {self.source} must give its elements without an error. "
                f"Received: {type(error).__name__} at element {number:,} ({reason:.300})."
            ) from error


@dataclass(frozen=True)
class Layout:
    """How the elements of a stream are built.

    Attributes:
        names: Names of the inputs, in order; ("",) where there is one without a name.
        is_batched: Whether an element holds several examples.
        is_table: Whether an example is a row of named columns.
    """

    names: tuple[str, ...]
    is_batched: bool
    is_table: bool = False

    def examples(self, element: Any, request: Request, source: str) -> Iterator[dict[str, Leaf]]:
        """The examples of an element: {"x" or "x/<name>": …, "y": …, and "weight", "group", "time" where there are}."""
        leaves = leaves_of(element, request, source)
        if not self.is_batched:
            yield leaves
            return
        lengths = {len(leaf) for leaf in leaves.values()}
        if len(lengths) > 1:
            raise DataError(f"A batch must have as many labels as inputs. Received: {shortened(sorted(lengths))}.")
        for i in range(lengths.pop()):
            yield {name: leaf[i] for name, leaf in leaves.items()}


def look(stream: Stream, request: Request) -> tuple[Layout, list[dict[str, Leaf]]]:
    """Looks at the beginning of a stream: how it is built, and its first examples.

    Elements are batches where inputs and labels agree in length in each of those looked at.

    Raises:
        DataError: If there is nothing in it, or its elements cannot be used.
    """
    elements = list(islice(stream.begun(), LOOKED_BATCHES))
    if not elements:
        raise DataError(f"A {stream.source} must have elements. Received: one without any.")
    leaves = [leaves_of(element, request, stream.source) for element in elements]
    is_batched = all(_is_batch(one) for one in leaves)
    names = tuple(name.removeprefix("x").removeprefix("/") for name in leaves[0] if name.startswith("x"))
    layout = Layout(names, is_batched)
    if not is_batched:
        elements = list(islice(stream.begun(), LOOKED_AT))
    examples = [example for element in elements for example in layout.examples(element, request, stream.source)]
    return replace(layout, is_table=_is_row(names, examples[0])), examples[:LOOKED_AT]


def _is_row(names: tuple[str, ...], example: dict[str, Leaf]) -> bool:
    """Whether inputs are columns: several of them, or a number with a name."""
    only = plain(example[f"x/{names[0]}"]) if names != ("",) else ""
    return len(names) > 1 or (isinstance(only, np.ndarray) and only.ndim == 0)


def _is_batch(leaves: dict[str, Leaf]) -> bool:
    return all(isinstance(leaf, list) or np.ndim(leaf) > 0 for leaf in leaves.values()) and (
        len({len(leaf) for leaf in leaves.values()}) == 1
    )


def leaves_of(element: Any, request: Request, source: str) -> dict[str, Leaf]:
    """Sorts an element's parts: "x" (or "x/<name>" of several), "y", and "weight", "group", "time" where there are."""
    if isinstance(element, Mapping):
        return _from_dict(dict(element), request, source)
    if not isinstance(element, tuple | list) or len(element) not in (2, 3):
        what = f"{len(element)} parts" if isinstance(element, tuple | list) else type(element).__name__
        raise DataError(
            f"Elements of a {source} must be (x, y), (x, y, weight), or dicts with target= naming the label. "
            f"Received: {what}. Labels are needed: map the elements to (x, y)."
        )
    x, y, *weight = element
    if isinstance(y, Mapping | tuple):
        raise DataError(f"The label of a {source} must be one array. Received: several. Map the elements to (x, y).")
    if weight and weight[0] is None:
        weight = []
    leaves = _inputs(x, request, source) | {"y": y}
    return leaves | ({"weight": weight[0]} if weight else {})


def _from_dict(element: dict[str, Leaf], request: Request, source: str) -> dict[str, Leaf]:
    names = shortened(map(repr, element), 30)
    if not request.targets:
        raise ColumnError(
            f"Elements that are dicts need `target`, the key of the label. Received: a {source} with {names}. "
            f"Write Wizard(…, target={list(element)[-1]!r}), for instance."
        )
    for target in request.targets:
        if target not in element:
            raise ColumnError(
                f"`target` must be a key of the elements. Received: target={target!r}; the keys are {names}."
                f"{nearest(target, element)}"
            )
    if len(request.targets) > 1:
        raise ColumnError(
            f"`target` must name one key of the elements. Received: {shortened(map(repr, request.targets))}. "
            "Map the elements to (x, y) with y of several columns."
        )
    y = element.pop(request.targets[0])
    return _inputs(element, request, source) | {"y": y}


def _inputs(x: Any, request: Request, source: str) -> dict[str, Leaf]:
    if not isinstance(x, Mapping):
        if isinstance(x, tuple):
            raise DataError(
                f"The inputs of a {source} must be one array or a dict of columns. Received: a tuple of {len(x)}. "
                "Map the elements to (x, y) with one x."
            )
        return {"x": x}
    columns = {str(name): leaf for name, leaf in x.items() if name not in request.ignore}
    asked = {role: getattr(request, role) for role in ROLES if isinstance(getattr(request, role), str)}
    for role, name in asked.items():
        if name not in columns:
            raise ColumnError(
                f"`{role}` must be a key of the elements. Received: {name!r}; the keys are "
                f"{shortened(map(repr, columns), 30)}.{nearest(name, columns)}"
            )
    roles = {role: columns[name] for role, name in asked.items()}
    inputs = {name: leaf for name, leaf in columns.items() if name not in asked.values()}
    if any(isinstance(leaf, Mapping) for leaf in inputs.values()) or not inputs:
        raise DataError(
            f"The inputs of a {source} must be one array or a dict of columns. Received: "
            f"{'dicts within a dict' if inputs else 'no key beside the label'}. Map the elements to (x, y)."
        )
    return {f"x/{name}": leaf for name, leaf in inputs.items()} | roles


def plain(leaf: Leaf) -> np.ndarray | str:
    """One example's part as an array of numbers or a text.

    Raises:
        DataError: If it is neither.
    """
    if isinstance(leaf, bytes):
        return leaf.decode("utf-8", "replace")
    if isinstance(leaf, str):
        return leaf
    array = np.asarray(leaf)
    if array.ndim == 0 and array.dtype.kind in "OSU":
        return plain(array.item()) if isinstance(array.item(), bytes | str) else _no_part(array)
    return array if array.dtype.kind in "biuf" else _no_part(array)


def _no_part(array: np.ndarray) -> np.ndarray:
    raise DataError(
        f"An example of a stream must be numbers or a text. Received: {array.dtype} of shape {array.shape}. "
        "Map the elements to numbers, or to one text each."
    )
