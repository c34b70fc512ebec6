"""One seed for a journey; every named use derives its own."""

from __future__ import annotations

import hashlib

import numpy as np


def derive(seed: int, *uses: object) -> int:
    """Returns a 31-bit seed for a named use; the same names give the same seed, on every machine.

    Args:
        seed: The journey's seed.
        uses: What the randomness is for, most general first ("split", "stratify", 0).
    """
    text = "/".join([str(seed), *map(str, uses)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") & 0x7FFFFFFF


def generator(seed: int, *uses: object) -> np.random.Generator:
    """Returns a NumPy generator for a named use."""
    return np.random.default_rng(derive(seed, *uses))
