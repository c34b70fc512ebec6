"""Inputs whose answers are known because they were put in."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits


def large_digits(n: int, side: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """(n, 32, 32) pictures of digits, 0 to 160."""
    both = load_digits()
    return both.images[:n].repeat(side // 8, 1).repeat(side // 8, 2) * 10, both.target[:n]


def striped(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Digits under stripes of two pixels, across or down at random: the label."""
    random = np.random.default_rng(seed)
    x, _ = large_digits(n)
    label = random.integers(0, 2, n)
    phase, (rows, columns) = random.integers(0, 2, n), np.mgrid[:32, :32]
    stripes = np.stack([((rows if one else columns) + p) % 2 for one, p in zip(label, phase, strict=True)])
    noise = random.normal(0, 4, x.shape)
    return np.clip(x + 25 * stripes + noise, 0, 255).astype("uint8"), np.array(["down", "across"])[label]


def shaded(n: int, seed: int = 0, told: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Even and odd digits, each brighter by an amount that is anything, or depends on the label."""
    random = np.random.default_rng(seed)
    x, y = large_digits(n, 16)
    by = np.where(y % 2, 60, 0) + random.normal(0, 15, n) if told else random.uniform(0, 95, n)
    return np.clip(0.7 * x + by[:, None, None], 0, 255).astype("uint8"), np.array(["even", "odd"])[y % 2]


def moved(n: int, seed: int = 0, told: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Digits somewhere in a larger picture; or the even ones on the left, the odd ones on the right."""
    random = np.random.default_rng(seed)
    x, y = load_digits().images[:n], load_digits().target[:n]
    out = np.zeros((n, 16, 16), "uint8")
    for i in range(n):
        row, column = random.integers(0, 9, 2)
        column = random.integers(0, 4) + (5 if y[i] % 2 else 0) if told else column
        out[i, row : row + 8, column : column + 8] = x[i] * 15.9
    return out, np.array(["even", "odd"])[y % 2]


FILLING = [
    "the",
    "a",
    "of",
    "and",
    "near",
    "with",
    "my",
    "our",
    "old",
    "new",
    "good",
    "small",
    "large",
    "on",
    "at",
    "by",
]
KINDS = {
    "food": ["soup", "bread", "cheese", "apple", "dinner", "oven", "spice"],
    "sea": ["wave", "harbour", "sail", "tide", "anchor"],
}


def told_at(n: int, where: str, length: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Texts of so many words of which three tell the kind, at the "start" or the "end"."""
    random = np.random.default_rng(seed)
    labels = random.choice(list(KINDS), n)
    texts = []
    for number, label in enumerate(labels):
        filling, telling = list(random.choice(FILLING, length - 4)), list(random.choice(KINDS[label], 3))
        words = telling + filling if where == "start" else filling + telling
        texts.append(" ".join([f"{number}", *words]))
    return texts, labels


def written(n: int, seed: int = 0, told: bool = False) -> tuple[list[str], np.ndarray]:
    """Short texts of which half are in capitals: any, or those of one kind."""
    random = np.random.default_rng(seed)
    labels = random.choice(list(KINDS), n)
    every = [word for words in KINDS.values() for word in words]
    texts = []
    for number, label in enumerate(labels):
        words = [random.choice(KINDS[label] if random.random() < 0.6 else every) for _ in range(2)]
        text = " ".join([*random.choice(FILLING, 6), *words, str(number)])
        is_loud = (label == "sea") ^ (random.random() < 0.1) if told else random.random() < 0.5
        texts.append(text.upper() if is_loud else text)
    return texts, labels


def curves(n: int, tells: str, seed: int = 0, steps: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Series told by a slow "trend", or by a "fast" oscillation that needs every step."""
    random = np.random.default_rng(seed)
    t, label = np.arange(steps), random.integers(0, 2, n)
    slope = (2 * label - 1 if tells == "trend" else random.choice([-1, 1], n))[:, None] * np.linspace(-1, 1, steps)
    sign = random.choice([-1, 1], n)[:, None]
    is_fast = (label if tells == "fast" else random.integers(0, 2, n))[:, None]
    fast = sign * is_fast * np.cos(np.pi * t)  # two neighbours' mean is 0
    return (slope + fast + random.normal(0, 0.3, (n, steps)))[..., None].astype("float32"), label.astype(str)


def levelled(n: int, seed: int = 0, told: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Bumps of two widths at a level and of an amplitude that are anything, or the level tells the kind."""
    random = np.random.default_rng(seed)
    label, t = random.integers(0, 2, n), np.linspace(-1, 1, 40)
    shape = np.exp(-((t / np.where(label, 0.45, 0.3)[:, None]) ** 2))
    level = 8 * label + random.normal(0, 1, n) if told else random.normal(0, 6, n)
    return (shape + level[:, None] + random.normal(0, 0.15, shape.shape))[..., None].astype("float32"), label.astype(
        str
    )


def cells(n: int = 569) -> pd.DataFrame:
    """Measurements of cell nuclei."""
    both = load_breast_cancer(as_frame=True)
    frame = both.data.iloc[:n, :6].copy()
    frame["diagnosis"] = np.where(both.target[:n] == 1, "benign", "malignant")
    return frame


def in_two_units(seed: int = 0, told: bool = False, ratio: float = 1000.0) -> pd.DataFrame:
    """The same, one column of which is a thousand times as large in some rows: any, or those of one class."""
    random = np.random.default_rng(seed)
    frame = cells()
    is_other = random.random(len(frame)) < (np.where(frame["diagnosis"] == "malignant", 0.6, 0.02) if told else 0.1)
    frame.loc[is_other, "mean perimeter"] *= ratio
    return frame


def two_of_twenty(n: int, seed: int = 0) -> pd.DataFrame:
    """Twenty columns of which two tell all, together."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n, 20)), columns=[f"c{i}" for i in range(20)])
    frame["label"] = np.where(frame["c7"] + frame["c13"] > 0, "yes", "no")
    return frame


def slipped(y: np.ndarray, start: int, by: int = 1) -> np.ndarray:
    """Labels that from a row on are those of other rows."""
    return np.concatenate([y[:start], np.roll(y[start:], by)])
