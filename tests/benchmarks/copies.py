"""Seconds that the search for copies takes: `python tests/benchmarks/copies.py [pictures | table | texts] [n]`.

60,000 pictures of 28 × 28 pixels (handwritten digits, each turned, zoomed and shifted in its own way), 100,000 rows of
twelve related numbers and two categories, 100,000 texts of twenty words; one in a hundred is a near copy. Prints the
seconds, and the share of the near copies that were found; above a minute the exit code is 1.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pandas as pd

from wizard.data.copies import find_copies
from wizard.data.opening import Request, open_dataset

ALLOWED_SECONDS = 60
SIZES = {"pictures": 60_000, "table": 100_000, "texts": 100_000}
SIDE = 28
COPIED = 100  # one in so many is a near copy of another


def pictures(n: int) -> tuple[Any, str | None]:
    """Digits, each under an affine change of its own; the last one in a hundred shifted by a pixel."""
    from scipy.ndimage import affine_transform
    from sklearn.datasets import load_digits

    random, digits = np.random.default_rng(0), load_digits()
    out = np.zeros((n, SIDE, SIDE), "uint8")
    for i in range(n):
        picture = digits.images[i % len(digits.images)] * 15.9
        angle, zoom = random.uniform(-0.6, 0.6), random.uniform(0.28, 0.5)
        turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turn = turn @ np.array([[1, random.uniform(-0.4, 0.4)], [0, random.uniform(0.75, 1.3)]])
        offset = 3.5 - turn @ (np.array([13.5, 13.5]) + random.uniform(-3, 3, 2))
        out[i] = np.clip(affine_transform(picture, turn, offset, (SIDE, SIDE), order=1), 0, 255)
    m = n // COPIED
    out[n - m :] = np.roll(out[:m], 1, axis=1)
    return (out, np.resize(digits.target, n)), None


def table(n: int) -> tuple[Any, str | None]:
    """Twelve numbers that hang together, and two categories; the last one in a hundred under a little noise."""
    random = np.random.default_rng(0)
    x = random.normal(size=(n, 8)) @ random.normal(size=(8, 12)) + 0.3 * random.normal(size=(n, 12))
    m = n // COPIED
    x[n - m :] = x[:m] + 0.01 * x.std(0) * random.normal(size=(m, 12))
    frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(12)])
    frame["a"], frame["b"] = random.choice(list("uvw"), n), random.choice(list("pq"), n)
    frame.loc[n - m :, ["a", "b"]] = frame.loc[: m - 1, ["a", "b"]].to_numpy()
    frame["y"] = random.choice(["no", "yes"], n)
    return frame, "y"


def texts(n: int) -> tuple[Any, str | None]:
    """Texts of twenty words; the last one in a hundred with a word more."""
    random = np.random.default_rng(0)
    words = np.array(["".join(random.choice(list("aeioubdgklmnrst"), random.integers(3, 9))) for _ in range(5000)])
    out = [" ".join(line) for line in words[(random.pareto(1, (n, 20)) * 20).astype(int) % len(words)]]
    m = n // COPIED
    out[n - m :] = [f"{text} indeed" for text in out[:m]]
    return (out, random.choice(["no", "yes"], n)), None


def main(kinds: list[str], n: int | None) -> int:
    """Times the kinds; returns the exit code."""
    is_slow = False
    for kind in kinds:
        size = n or SIZES[kind]
        raw, target = {"pictures": pictures, "table": table, "texts": texts}[kind](size)
        dataset = open_dataset(raw, Request(target=target))
        started = time.monotonic()
        copies = find_copies(dataset, 0)
        seconds = time.monotonic() - started
        m = size // COPIED
        found = np.mean(copies.sets[:m] == copies.sets[size - m :])
        print(
            f"{kind:9} {size:8,} {seconds:6.1f} s   {found:.1%} of the near copies, {len(copies.near):,} pairs",
            flush=True,
        )
        is_slow |= seconds > ALLOWED_SECONDS
    return int(is_slow)


if __name__ == "__main__":
    named = [argument for argument in sys.argv[1:] if argument in SIZES]
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    sys.exit(main(named or list(SIZES), sizes[0] if sizes else None))
