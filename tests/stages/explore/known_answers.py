"""Data whose answer is known, made from real digits, words and simple curves."""

import numpy as np
import pandas as pd

from tests.stages.walk import digits

WORDS = ("the old house near a river with many trees and some birds that sing in early morning light over green "
         "hills")  # fmt: skip
NAMES = np.array(["left", "right"])


def pictures(kind: str, n: int, seed: int):
    """A stroke anywhere, two digits in one order or the other, a digit above or below, or one digit anywhere."""
    random = np.random.default_rng(seed)
    drawn, label = digits(1797)
    zeros, ones = drawn[label == 0], drawn[label == 1]
    y = random.integers(0, 2, n)
    x = np.zeros((n, 24, 24), "uint8")
    for i in range(n):
        down, across = random.integers(0, 16, 2)
        if kind == "stroke":
            x[i, down : down + 8, across : across + 8] = drawn[random.integers(len(drawn))]
            down, across = random.integers(0, 20, 2)
            x[i, down : down + 4, across : across + 4] = 255 * (np.eye(4) if y[i] else np.eye(4)[::-1])
        if kind == "arrangement":
            pair = (zeros, ones) if y[i] else (ones, zeros)
            for place, some in zip((0, 12), pair, strict=True):
                left = place + random.integers(0, 4)
                x[i, down : down + 8, left : left + 8] = some[random.integers(len(some))]
        if kind == "half":
            down = random.integers(0, 5) + 12 * y[i]
            x[i, down : down + 8, across : across + 8] = drawn[random.integers(len(drawn))]
        if kind == "anywhere":
            some = ones if y[i] else zeros
            x[i, down : down + 8, across : across + 8] = some[random.integers(len(some))]
    return x, NAMES[y]


def texts(kind: str, n: int, seed: int):
    """A telling word anywhere, two words in one order or the other, or a word in the first or second half."""
    random = np.random.default_rng(seed)
    found, y = [], random.integers(0, 2, n)
    for i in range(n):
        words = list(random.choice(WORDS.split(), 20))
        if kind == "anywhere":
            words[random.integers(20)] = "alpha" if y[i] else "omega"
        if kind == "arrangement":
            first, second = np.sort(random.choice(20, 2, replace=False))
            words[first], words[second] = ("alpha", "omega") if y[i] else ("omega", "alpha")
        if kind == "half":
            words[random.integers(10) + 10 * y[i]] = "alpha"
        found.append(f"{' '.join(words)} {i}")
    return found, NAMES[y]


def series(kind: str, n: int, seed: int):
    """A bump or a ramp anywhere, both in one order or the other, or a bump in the first or second half."""
    random = np.random.default_rng(seed)
    bump, ramp = 3 * np.hanning(12), 3 * np.linspace(-1, 1, 12)
    x, y = 0.3 * random.normal(size=(n, 96, 1)), random.integers(0, 2, n)
    for i in range(n):
        start = random.integers(0, 84)
        if kind == "anywhere":
            x[i, start : start + 12, 0] += bump if y[i] else ramp
        if kind == "arrangement":
            for begins, ends, what in ((0, 36, (bump, ramp)), (48, 84, (ramp, bump))):
                start = random.integers(begins, ends)
                x[i, start : start + 12, 0] += what[1 - y[i]]
        if kind == "half":
            start = random.integers(0, 36) + 48 * y[i]
            x[i, start : start + 12, 0] += bump
    return x.astype("float32"), NAMES[y]


def table(kind: str, n: int, seed: int) -> pd.DataFrame:
    """Two of five columns, whose sum or whose product decides."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n, 5)), columns=list("abcde"))
    tells = frame["a"] + frame["b"] if kind == "sum" else frame["a"] * frame["b"]
    return frame.assign(label=np.where(tells + 0.3 * random.normal(size=n) > 0, "yes", "no"))
