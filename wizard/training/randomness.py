"""Keras's randomness, seeded for one use; Python's and NumPy's own generators are left as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.progress import say_once


@contextmanager
def keras_seed(seed: int) -> Iterator[None]:
    """Seeds Keras and TensorFlow for the block; restores Python's and NumPy's global generators after it."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  the user's own, to be put back
    try:
        keras.utils.set_random_seed(seed)
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002


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
