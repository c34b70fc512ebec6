"""How much of the spread of the scores each hyperparameter explains, and how much chance would seem to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TREES = 16  # a forest; the interval comes from whole forests, each on other trials
FORESTS = 30  # on resampled trials, for the intervals: their ends rest on one or two of them
PERMUTED, BEYOND = 39, 2  # forests on permuted scores, and which of their shares, from the top, is what chance reaches:
# the second of 39 is passed by chance 2 times of 40, once in 20
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
        effect: Mean gain at each of its values, or at even places of a range; the other hyperparameters averaged over.
    """

    share: float
    low: float
    high: float
    is_beyond_chance: bool
    effect: tuple[float, ...]


def importances(
    places: np.ndarray, gains: np.ndarray, random: np.random.Generator, levels: Sequence[int] | None = None
) -> tuple[list[Importance], float]:
    """Functional ANOVA of a random-forest surrogate (Hutter, Hoos & Leyton-Brown 2014), main effects only.

    The interval is over forests grown on resampled trials: of what a forest reads. Where the scores are a sum of two
    effects and noise, it held the true share of the stronger in 16 to 20 of 25 searches of 20 trials and in 23 to 25
    of 60 or 200; of the weaker in 4 to 19, since small forests read too little into what is weak. Noise, too,
    seems to depend on something: the null is what the strongest hyperparameter explains of permuted scores (Westfall &
    Young 1993), so that all may be looked at.

    Args:
        places: (n, d) where each trial lies between the ends of each dimension, 0–1.
        gains: (n,) score towards better.
        random: For settings, resampling, permutations and trees.
        levels: (d,) how many values each dimension has, all as likely; 0 for a range, which is the default.

    Returns:
        One importance a dimension, and the share that chance reaches.
    """
    n, d = places.shape
    grids = [_grid(count) for count in levels or [0] * d]
    if np.var(gains) == 0:
        return [Importance(0.0, 0.0, 0.0, False, (0.0,) * len(grid)) for grid in grids], 0.0
    settings = np.stack([grid[random.integers(0, len(grid), DRAWN)] for grid in grids], axis=1)
    settings = np.where(np.array(levels or [0] * d) > 0, settings, random.random((DRAWN, d)))  # (DRAWN, d)

    def effects_of(rows: np.ndarray, scores: np.ndarray) -> list[np.ndarray]:
        return _effects(places[rows], scores, settings, grids, random)

    everyone = np.arange(n)
    whole = [effects_of(everyone, gains) for _ in range(3)]  # a few forests: less of a tree's luck
    effects = [np.mean(of_one, axis=0) for of_one in zip(*whole, strict=True)]
    share = _shares(effects, gains)
    resampled = []
    for _ in range(FORESTS):
        rows = np.asarray(random.integers(0, n, n))
        resampled.append(_shares(effects_of(rows, gains[rows]), gains[rows]))
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    null = [_shares(effects_of(everyone, random.permutation(gains)), gains).max() for _ in range(PERMUTED)]
    by_chance = float(np.sort(null)[-BEYOND])
    found = [
        Importance(
            float(share[j]), float(min(low[j], share[j])), float(max(high[j], share[j])), bool(share[j] > by_chance),
            tuple(map(float, effects[j])),
        )
        for j in range(d)
    ]  # fmt: skip
    return found, by_chance


def _grid(levels: int) -> np.ndarray:
    """Places of a dimension at which its effect is read: each value's, or even ones inside a range."""
    if levels == 1:
        return np.array([0.5])
    return np.arange(levels) / (levels - 1) if levels else (np.arange(PLACES) + 0.5) / PLACES


def _shares(effects: Sequence[np.ndarray], gains: np.ndarray) -> np.ndarray:
    """(d,) of the variance of the scores that each dimension's effect is; a forest's may come out larger."""
    spread = float(np.var(gains))
    return np.array([min(float(effect.var()) / spread, 1.0) if spread else 0.0 for effect in effects])


def _effects(
    places: np.ndarray, gains: np.ndarray, settings: np.ndarray, grids: Sequence[np.ndarray],
    random: np.random.Generator,
) -> list[np.ndarray]:  # fmt: skip
    """Of each dimension the mean prediction of a forest with it held at its places, over settings of the others."""
    forest = _forest(places, gains, int(random.integers(2**31)))
    asked = []
    for j, grid in enumerate(grids):
        held = np.repeat(settings[None], len(grid), axis=0)  # (places, DRAWN, d)
        held[:, :, j] = grid[:, None]
        asked.append(held.reshape(-1, settings.shape[1]))
    answers = forest.predict(np.concatenate(asked).astype("float32")).reshape(-1, len(settings)).mean(1)
    return np.split(answers, np.cumsum([len(grid) for grid in grids])[:-1])


def _forest(places: np.ndarray, gains: np.ndarray, seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(TREES, min_samples_leaf=2, random_state=seed).fit(places, gains)


def best_end(effect: Sequence[float]) -> int:
    """-1 where an effect is best at its low end, 1 at its high end, 0 in between."""
    best = int(np.argmax(effect))
    return -1 if best == 0 else 1 if best == len(effect) - 1 else 0
