"""How much of the spread of the scores each hyperparameter explains, and how much chance would seem to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TREES = 16  # a forest; the interval comes from whole forests, each on other trials
FORESTS = 30  # resampled, and as many with scores permuted: the 95% points rest on one or two of them
PLACES = 8  # of a dimension at which its effect is read
DRAWN = 128  # settings of the others over which it is averaged


@dataclass(frozen=True)
class Importance:
    """What one hyperparameter does to the score.

    Attributes:
        share: Of the variance of the scores that it explains alone.
        low: Lower end of the 95% interval of the share.
        high: Upper end.
        is_beyond_chance: Whether that is more than any hyperparameter explains of permuted scores, 19 times of 20.
        effect: (PLACES,) mean gain at even places between its ends, the other hyperparameters averaged over.
    """

    share: float
    low: float
    high: float
    is_beyond_chance: bool
    effect: tuple[float, ...]


def importances(places: np.ndarray, gains: np.ndarray, random: np.random.Generator) -> tuple[list[Importance], float]:
    """Functional ANOVA of a random-forest surrogate (Hutter, Hoos & Leyton-Brown 2014), main effects only.

    The interval is over forests grown on resampled trials. Noise, too, seems to depend on something: the null is what
    the strongest hyperparameter explains of permuted scores (Westfall & Young 1993), so that all may be looked at.

    Args:
        places: (n, d) where each trial lies between the ends of each dimension, 0–1.
        gains: (n,) score towards better.
        random: For settings, resampling, permutations and trees.

    Returns:
        One importance a dimension, and the share that chance reaches.
    """
    n, d = places.shape
    spread = float(np.var(gains))
    settings = random.random((DRAWN, d))
    if spread == 0:
        return [Importance(0.0, 0.0, 0.0, False, (0.0,) * PLACES)] * d, 0.0
    whole = [_effects(places, gains, settings, random) for _ in range(3)]  # a few forests: less of a tree's luck
    effects = np.mean(whole, axis=0)  # (d, PLACES)
    share = effects.var(1) / spread
    resampled, null = [], []
    for _ in range(FORESTS):
        rows = random.integers(0, n, n)
        resampled.append(_effects(places[rows], gains[rows], settings, random).var(1) / spread)
        null.append(float((_effects(places, random.permutation(gains), settings, random).var(1) / spread).max()))
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    by_chance = float(np.quantile(null, 0.95))
    found = [
        Importance(
            float(share[j]), float(min(low[j], share[j])), float(max(high[j], share[j])), bool(share[j] > by_chance),
            tuple(map(float, effects[j])),
        )
        for j in range(d)
    ]  # fmt: skip
    return found, by_chance


def _effects(places: np.ndarray, gains: np.ndarray, settings: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(d, PLACES) mean prediction of a forest with one dimension held, over settings of the others."""
    forest = _forest(places, gains, int(random.integers(2**31)))
    d, grid = places.shape[1], (np.arange(PLACES) + 0.5) / PLACES
    asked = np.broadcast_to(settings, (d, PLACES, *settings.shape)).copy()  # (d, PLACES, DRAWN, d)
    for j in range(d):
        asked[j, :, :, j] = grid[:, None]
    answers = forest.predict(asked.reshape(-1, d).astype("float32"))
    effects: np.ndarray = answers.reshape(d, PLACES, -1).mean(2)
    return effects


def _forest(places: np.ndarray, gains: np.ndarray, seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(TREES, min_samples_leaf=2, random_state=seed).fit(places, gains)


def best_end(effect: Sequence[float]) -> int:
    """-1 where an effect is best at its low end, 1 at its high end, 0 in between."""
    best = int(np.argmax(effect))
    return -1 if best == 0 else 1 if best == len(effect) - 1 else 0
