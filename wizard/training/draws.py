"""Whether examples differ from pass to pass, and whether what makes them draws random numbers: then they should."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

OPERATIONS = ("Random", "StatelessRandom", "StatelessTruncated", "TruncatedNormal", "ParameterizedTruncatedNormal")
MADE = "the code that makes a batch"
KNOWN = 0.9  # of the inputs of a second pass that the first one had: a flip of every other picture leaves half
FEW = 0.02  # of a stream of which a part was kept: others are known by chance where it was shuffled


def differ(second: list[np.ndarray], first: list[np.ndarray]) -> bool:
    """Whether inputs of a second pass are none of the first: order does not count, as streams may be shuffled."""
    return _known(second, first) < KNOWN


def are_comparable(second: list[np.ndarray], first: list[np.ndarray]) -> bool:
    """Whether a second pass tells of changes where only the first part of a stream was kept: all of it, or nothing."""
    known = _known(second, first)
    return known == 1 or known <= FEW


def repeat(second: list[np.ndarray], first: list[np.ndarray]) -> bool:
    """Whether all inputs of a second pass are inputs of the first, to the bit."""
    return _known(second, first) == 1


def _known(second: list[np.ndarray], first: list[np.ndarray]) -> float:
    again, known = _contents(second), set(_contents(first))
    return sum(one in known for one in again) / len(again)


def _contents(arrays: list[np.ndarray]) -> list[bytes]:
    return [b"".join(np.ascontiguousarray(array[i]).tobytes() for array in arrays) for i in range(len(arrays[0]))]


def of_dataset(dataset: Any) -> str:
    """The map of a tf.data pipeline that draws random numbers, in words; "" where none does.

    Shuffling does not count: it changes the order of examples and not the examples.
    """
    waiting, is_kept = [dataset], False
    while waiting:
        one = waiting.pop()
        is_kept = is_kept or type(one).__name__ == "CacheDataset"
        if any(_draws(wrapped) for wrapped in one._functions()):
            return "a map before cache()" if is_kept else "a map of the pipeline"
        waiting += one._inputs()
    return ""


def _draws(wrapped: Any) -> bool:
    """Whether a traced function, or one that it calls, holds an operation that draws."""
    graph = wrapped.function.graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return any(node.op.startswith(OPERATIONS) and "Seed" not in node.op for node in nodes)


class Watch:
    """Looks for draws of NumPy's and Python's generators while batches are made by Python code."""

    def __init__(self, batches: Any) -> None:
        """Nothing is found yet; generators among the attributes of the object that makes batches are looked at."""
        kinds = (np.random.Generator, np.random.RandomState, random.Random)
        self.found = ""
        self._own = [value for value in vars(batches).values() if isinstance(value, kinds)]

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Around the making of one batch."""
        if self.found:
            yield
            return
        before, plain, n_made = self._states(), np.random.default_rng, 0

        def noticed(*seed: Any, **named: Any) -> Any:
            nonlocal n_made
            n_made += 1
            return plain(*seed, **named)

        np.random.default_rng = noticed  # a generator made for one batch is in no attribute
        try:
            yield
        finally:
            np.random.default_rng = plain
        if n_made or self._states() != before:
            self.found = MADE

    def _states(self) -> list[str]:
        shared = np.random.get_state(legacy=False)  # noqa: NPY002 - whether somebody else's code draws from it
        every = [repr(random.getstate()), repr(shared)]
        return every + [repr(_state(one)) for one in self._own]


def _state(generator: Any) -> Any:
    if hasattr(generator, "bit_generator"):
        return generator.bit_generator.state
    return generator.getstate() if hasattr(generator, "getstate") else generator.get_state()
