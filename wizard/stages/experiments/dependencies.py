"""Which inputs an output depends on: changed one at a time, in inference mode, so that no gradient is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.training.pipeline import Pipeline

ROWS = 16
SAME = 1e-4  # of the outputs' spread: rounding of sums in another order stays below
REGIONS = 16  # parts of an input that are changed one after the other


@dataclass(frozen=True)
class Dependencies:
    """What outputs depend on.

    Attributes:
        mixing: Share of an output's spread that moves when only *other* examples of the batch change.
        own: The same when the example itself changes.
        twice: Share that moves when nothing changes: what is still random.
        alone: Share that moves when examples are predicted one by one.
        unused: Names of inputs, or of parts of them, that move no output.
        n_parts: Parts that were tried.
        future: Share by which outputs of earlier steps move when later steps change; NaN where outputs are no sequence.
    """

    mixing: float
    own: float
    twice: float
    alone: float
    unused: tuple[str, ...]
    n_parts: int
    future: float


def dependencies(pipeline: Pipeline, state: list[np.ndarray] | None = None) -> Dependencies:
    """Measures them on a few training examples.

    Args:
        pipeline: What is judged.
        state: Weights to look at; those at the start by default.
    """
    n = min(ROWS, len(pipeline.train))
    rows = np.linspace(0, len(pipeline.train) - 1, n).astype(int)
    x = pipeline.train.take(rows).x
    with pipeline.untouched():
        pipeline.restore(pipeline.first if state is None else state)
        base = _flat(pipeline.outputs(x))
        spread = max(float(base.std(0).mean()), 1e-6 * float(np.abs(base).mean()), 1e-12)

        def moved(changed: Any) -> np.ndarray:
            return np.abs(_flat(pipeline.outputs(changed)) - base).max(1) / spread

        twice = float(moved(x).max())
        others = float(max(moved(_others(x, keep))[keep] for keep in (0, n // 2)))
        own = float(moved(keras.tree.map_structure(lambda a: np.roll(a, 1, axis=0), x)).max())
        singles = [pipeline.outputs(keras.tree.map_structure(lambda a, i=i: a[i : i + 1], x)) for i in range(min(n, 4))]
        alone = float(max(np.abs(_flat(one) - base[i]).max() / spread for i, one in enumerate(singles)))
        unused, n_parts = _unused(x, moved, pipeline.input_names)
        future = _future(pipeline, x)
    return Dependencies(others, own, twice, alone, unused, n_parts, future)


def _flat(outputs: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([out.reshape(len(out), -1).astype("float64") for out in outputs], axis=1)


def _others(x: Any, keep: int) -> Any:
    """All examples but one replaced by copies of others."""

    def change(array: np.ndarray) -> np.ndarray:
        out = np.roll(array, max(1, len(array) // 3), axis=0)
        out[keep] = array[keep]
        return out

    return keras.tree.map_structure(change, x)


def _unused(x: Any, moved: Any, names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Parts of the inputs that take part in no output: columns, or stripes along the first axis."""
    leaves = keras.tree.flatten(x)
    unused, n_parts = list[str](), 0
    for number, array in enumerate(leaves):
        name, own = names[number] if len(leaves) > 1 else "", []
        if array.ndim < 2 or array.shape[1] < 2:
            parts: list[np.ndarray] = [np.arange(array.shape[1] if array.ndim > 1 else 1)]
        else:
            parts = [part for part in np.array_split(np.arange(array.shape[1]), REGIONS) if len(part)]
        for part in parts:
            changed = array.copy()
            if array.ndim > 1:
                changed[:, part] = np.roll(array, 1, axis=0)[:, part]
            else:
                changed = np.roll(array, 1, axis=0)
            if np.array_equal(changed, array):
                continue  # the same in all examples: nothing was changed
            n_parts += 1
            nest = keras.tree.pack_sequence_as(x, [changed if i == number else leaf for i, leaf in enumerate(leaves)])
            if moved(nest).max() == 0:
                what = f"{part[0]}" if len(part) == 1 else f"{part[0]} to {part[-1]}"
                own.append(f"{name}{' ' if name else ''}places {what}" if array.ndim > 1 else name)
        unused += [name] if name and len(own) == len(parts) else own
    return tuple(unused), n_parts


def _future(pipeline: Pipeline, x: Any) -> float:
    """Of outputs that are sequences as long as the input: how far earlier ones move when later inputs change."""
    leaves = keras.tree.flatten(x)
    outputs = pipeline.outputs(x)
    array = leaves[0]
    if len(leaves) != 1 or array.ndim < 2 or outputs[0].ndim < 3 or outputs[0].shape[1] != array.shape[1]:
        return float("nan")
    half = array.shape[1] // 2
    changed = array.copy()
    changed[:, half:] = np.roll(array, 1, axis=0)[:, half:]
    after = pipeline.outputs(keras.tree.pack_sequence_as(x, [changed]))[0]
    spread = max(float(outputs[0].std()), 1e-12)
    return float(np.abs(after[:, :half] - outputs[0][:, :half]).max() / spread)
