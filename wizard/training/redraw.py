"""The first weights of a network, drawn as building it anew would draw them, without building it.

Keras gives every initializer and seed generator a seed when it is made, one after the other from one sequence. So it is
enough to know which of them a variable's values came from; building all layers again takes several times as long.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.training.randomness import keras_seed

SPARE = 64  # seeds that building may draw for things that are no variables, beside one a variable
KEPT_NUMBERS = (
    2**18
)  # numbers of all values that no seed decides (tables of frequencies): 1 MB; pretrained ones are more

Way = Callable[[list[int]], Any]  # the seeds that a build draws -> a variable's first value


class Redraw:
    """Knows how one structure's variables get their first values, and trusts that only after another build agreed."""

    def __init__(self, build: Callable[[], Any], model_of: Callable[[Any], Any], seed: int) -> None:
        """Builds the network once.

        Args:
            build: Builds it, weights drawn from the current Keras seed.
            model_of: Its Keras model, of what `build` returns.
            seed: To build it under.
        """
        self.seed, self.is_trusted = seed, False
        with keras_seed(seed, is_calm=True), _watched_weights() as initializers:
            self.built = build()
        model = model_of(self.built)
        self._n_seeds = len(model.variables) + SPARE
        self._ways = _ways(model.variables, initializers, self._seeds(seed))

    def values(self, seed: int) -> list[Any] | None:
        """The first value of each of the model's variables under a seed; None where that is not known for certain."""
        if not self.is_trusted or self._ways is None:
            return None
        seeds = self._seeds(seed)
        return [way(seeds) for way in self._ways]

    def learn(self, variables: list[Any], seed: int) -> None:
        """Compares a real build under another seed with what would have been drawn; one that differs ends the trust."""
        if self._ways is None or seed == self.seed:
            return
        seeds = self._seeds(seed)
        is_same = (np.array_equal(way(seeds), v) for way, v in zip(self._ways, variables, strict=True))
        self.is_trusted = all(is_same)
        if not self.is_trusted:
            self._ways = None

    def _seeds(self, seed: int) -> list[int]:
        """What initializers that are made one after the other get."""
        with keras_seed(seed, is_calm=True):  # initializers are Keras's own
            return [keras.initializers.RandomUniform().seed for _ in range(self._n_seeds)]


@contextmanager
def _watched_weights() -> Iterator[dict[int, Any]]:
    """Yields {id of a variable: its initializer} for the weights that layers add in the block."""
    found: dict[int, Any] = {}
    plain = keras.layers.Layer.add_weight
    signature = inspect.signature(plain)

    def watched(*args: Any, **options: Any) -> Any:
        given = signature.bind(*args, **options)
        initializer = given.arguments.get("initializer")
        if initializer is not None:  # what Keras would do with it next
            given.arguments["initializer"] = initializer = keras.initializers.get(initializer)
        variable = plain(*given.args, **given.kwargs)
        found[id(variable)] = initializer
        return variable

    keras.layers.Layer.add_weight = watched
    try:
        yield found
    finally:
        keras.layers.Layer.add_weight = plain


def _ways(variables: list[Any], initializers: dict[int, Any], seeds: list[int]) -> list[Way] | None:
    """How each variable got its value; None where too many numbers would have to be kept for that."""
    places = {seed: place for place, seed in enumerate(seeds)}
    ways, n_kept = [], 0
    for variable in variables:
        initializer, value = initializers.get(id(variable)), np.asarray(variable)
        own_seed = getattr(initializer, "seed", None)
        if value.dtype.kind in "iu" and value.shape == (2,) and int(value[0]) in places:
            ways.append(_state(places[int(value[0])], value))
        elif isinstance(own_seed, int) and own_seed in places:
            ways.append(_drawn(initializer, places[own_seed], variable))
        else:
            is_even = value.size > 0 and bool((value == value.flat[0]).all())
            n_kept += 1 if is_even else value.size
            kept = np.broadcast_to(value.flat[0], value.shape) if is_even else value.copy()
            ways.append(_constant(kept))
    return ways if n_kept <= KEPT_NUMBERS else None


def _constant(value: np.ndarray) -> Way:
    return lambda _: value


def _state(place: int, value: np.ndarray) -> Way:
    return lambda seeds: np.array([seeds[place], *value[1:]], value.dtype)


def _drawn(initializer: Any, place: int, variable: Any) -> Way:
    shape, dtype = tuple(variable.shape), variable.dtype

    def draw(seeds: list[int]) -> Any:
        mine = copy.copy(initializer)
        mine.seed = seeds[place]
        return mine(shape, dtype=dtype)

    return draw
