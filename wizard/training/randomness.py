"""Keras's randomness, seeded for one use; Python's and NumPy's own generators are left as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.progress import say_once


@contextmanager
def keras_seed(seed: int, is_calm: bool = False) -> Iterator[None]:
    """Seeds Keras and TensorFlow for the block; restores Python's and NumPy's global generators after it.

    Args:
        seed: For all of them.
        is_calm: Whether nothing that runs inside draws from TensorFlow's own random state, as nothing of the library's
            does: that one is then left alone. Seeding it makes TensorFlow forget its kernels, and every traced graph
            is optimised anew at its next call (0.3 to 0.9 s each, more than a short run takes).
    """
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  the user's own, to be put back
    try:
        with _tensorflow_unseeded() if is_calm else nullcontext():
            keras.utils.set_random_seed(seed)
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002


@contextmanager
def _tensorflow_unseeded() -> Iterator[None]:
    """Inside, what seeds TensorFlow does nothing."""
    plain = tf.random.set_seed
    tf.random.set_seed = lambda seed: None
    try:
        yield
    finally:
        tf.random.set_seed = plain


@contextmanager
def watched_draws() -> Iterator[list[Any]]:
    """Yields a list that grows by one with every operation made inside that draws from TensorFlow's own random state.

    Such an operation asks for a seed when it is made: once where it is traced, at every call where it is not.
    """
    from tensorflow.python.framework import random_seed  # there is no public way to see who asks

    plain = random_seed.get_seed
    asked: list[Any] = []

    def watched(op_seed: Any) -> Any:
        asked.append(op_seed)
        return plain(op_seed)

    random_seed.get_seed = watched
    try:
        yield asked
    finally:
        random_seed.get_seed = plain


def make_deterministic() -> None:
    """Switches on TensorFlow's op determinism: same seed, same bits. It holds for the whole process."""
    from tensorflow.python.framework.config import is_op_determinism_enabled

    if is_op_determinism_enabled():
        return
    say_once(
        "TensorFlow's deterministic ops are on for this process (same seed, same bits); Wizard(deterministic=False) "
        "leaves them off."
    )
    tf.config.experimental.enable_op_determinism()
    tf.random.set_seed(0)  # with determinism on, unseeded random ops raise
