"""One of two classes labelled as the other, which the shape of the answers gives away.

Where a share of one class bears the other's label, whatever the inputs, no row is told to be of it with certainty, not
even the clearest; the other class is told with certainty, and the answers still fall into two groups. Classes that
overlap are told with certainty far from their border, both of them. Calibrated on 55 clean pairs of classes (of
photographs, two sets of docstrings, tumours, digits, SMS spam, German credit, mammography, Adult census, Fashion-MNIST,
sign digits, rotors and halves of numeric targets) and on 66 in which 40% of one class were labelled as the other: each
clean pair breaks two of the conditions below at least, and of the others 36 meet all.
"""

from __future__ import annotations

import numpy as np

CERTAIN, UNCERTAIN = 0.96, 0.8  # of a class's clearest half that have its label: told, and never quite told
APART = 0.75  # of what guessing misses that labels would tell, were the suspected ones right
EVEN = 1.5  # times as many other labels among the less clear half: overlap has more, up to all of them
BETWEEN, BETWEEN_LEAST, BETWEEN_MOST = 0.4, 0.3, 0.7  # of the rows, with answers between the two groups (shares of
# the upper group's): classes that overlap have more there
LUCK = 1.5  # standard errors by which the two halves may differ in any case
ALIKE = 3.0  # times as many rows as the other class: a rare class is never quite told
FEWEST = 15  # rows in the clearest half of a class
BEYOND = 3.0  # standard errors between the two classes' shares


def taken_of_two(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(2, 2) share of class i that is labelled j where one class is taken for the other, else 0.

    Args:
        scores: (n, 2) leave-one-out scores of the classes.
        y: (n,) codes of the labels.
    """
    out = np.zeros((2, 2))
    for i in (0, 1):
        out[i, 1 - i] = _taken(scores[:, i], y == i)
    return out if np.count_nonzero(out) == 1 else np.zeros((2, 2))


def put_right(scores: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """(n, k) scores as they were, had the share of a class that is taken for another kept its label; of two classes."""
    if scores.shape[1] != 2 or not taken.any():
        return scores
    i = int(taken.sum(1).argmax())
    right = scores[:, i] / (1 - taken[i].sum())
    return np.column_stack([right, 1 - right] if i == 0 else [1 - right, right])


def _taken(score: np.ndarray, is_own: np.ndarray) -> float:
    n, order = len(score), np.argsort(-score, kind="stable")
    m = int(is_own.sum()) // 2
    if m < FEWEST:
        return 0.0
    kept = float(is_own[order[:m]].mean())  # of the clearest, the share that have the label
    n_there = int((score > kept / 2).sum())
    there, away = order[:n_there], order[n_there:]
    m_away = len(away) // 2
    if not UNCERTAIN >= kept > 0 or m_away < FEWEST or max(n_there, len(away)) > ALIKE * min(n_there, len(away)):
        return 0.0
    astray = float(is_own[away[m_away:]].mean())  # of the clearest of the other class
    error = np.sqrt(kept * (1 - kept) / m + max(astray * (1 - astray), 1 / m_away) / m_away)
    if astray > 1 - CERTAIN or (1 - kept) - astray < BEYOND * error:
        return 0.0
    clear, vague = (float((~is_own[half]).mean()) for half in (there[: n_there // 2], there[n_there // 2 :]))
    is_between = (score > BETWEEN_LEAST * kept) & (score < BETWEEN_MOST * kept)
    luck = LUCK * np.sqrt(sum(share * (1 - share) for share in (clear, vague)) / (n_there // 2))
    if vague > max(EVEN * clear, clear + luck) or is_between.mean() > BETWEEN:
        return 0.0
    guessed = max(n_there, len(away)) / n
    told = (1 - guessed - float(is_own[away].sum()) / n) / (1 - guessed)
    return float((~is_own[there]).mean()) if told >= APART else 0.0
