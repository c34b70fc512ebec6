"""Which labels are wrong: the rate shared out over the rows, by what the other rows say and which classes are mixed up.

Ranked as cleanlab's self-confidence ranks where wrong labels may be anything (the chance that the row is of its class),
and better where one class is taken for another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

SHARPNESS = (2.0, 4.0, 7.0, 10.0, 15.0, 25.0)  # of the classes' probabilities: exp(sharpness x score)
ORDERED = 7.0  # by which rows are put in order: the likeliest one says how many are wrong, but its order was worse by
# .05 to .08 in average precision on banking77 (77 classes of two dozen rows), and on seven other sets no better
ROUNDS = 15  # of expectation and maximisation: the mix-ups settle within a dozen
LIKELY, CLEARLY = 3.0, 4.0  # standard errors of one class being taken for another but not the other way round:
# from the first on the pair gets a chance of its own, from the second on it is said (uniform noise reached 3.6)
FALSE_SHARE = 0.2  # expected of right labels among those called wrong
RECOGNISED = 0.5  # of a class's rows: only such classes can be said to be taken for each other
LEVEL, LOPSIDED, LEAST_SHARE = 0.6, 3.0, 0.03  # of what level and one-sided shares are held to
FEWEST = 3.0  # expected rows of such a pair
TOLD = 0.85  # of what guessing misses: then what lifts a class's scores is not overlap
LIFTED, TIMES, MOST_ROWS = 0.08, 5.0, 0.4  # score that three fifths of a class's rows have at least, and not back
FEWEST_OF_CLASS, FEWEST_MOVED = 20, 8  # rows of such a class, and of those that are labelled as the other: parts of
# banking77 with 26 rows of each of 77 classes had pairs that overlap, with 5 to 7
ALIKE = 3.0  # times as many rows as the other: a rare class is lost in a large one
HALF_TOLD, HALF_LIFTED, HALF_TIMES, HALF_SHARE = 0.65, 0.13, 4.5, 0.25  # of classes that overlap, with labels as well
LEAST_RIGHT = 0.5  # of a class's rows: a class that is mostly something else is another question


@dataclass(frozen=True)
class Suspicion:
    """What is thought of each row's label.

    Attributes:
        wrong: (n,) chance that it is wrong.
        suggested: (n,) code of the likeliest other class.
        mixed: (k, k) expected rows of class i that are labelled j, 0 on the diagonal.
        sharpness: Of the classes' probabilities: exp(sharpness x score).
        becomes: (k, k) chance that class i is labelled j.
        doubt: (n,) ascending chances that a row is not of its class, at the sharpness that puts rows in order; None
            where pairs of classes have chances of their own.
    """

    wrong: np.ndarray
    suggested: np.ndarray
    mixed: np.ndarray
    sharpness: float
    becomes: np.ndarray
    doubt: np.ndarray | None = None

    def of(self, scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(m,) chance that labels of other rows are wrong, and (m,) what they are instead, from (m, k) scores."""
        p = softmax(self.sharpness * scores, axis=1)
        joint = p * self.becomes[:, y].T
        wrong, suggested = _told_apart(joint / joint.sum(1, keepdims=True), p, y)
        if self.doubt is None:
            return wrong, suggested
        return np.interp(_doubt(scores, y), self.doubt, np.sort(self.wrong)), suggested


def taken_for(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(k, k) share of class i that is labelled j where that is level and one-sided, else 0.

    Level: as frequent among the half of the rows that the others speak most clearly for as in the other half, where
    overlap would fade. One-sided: more than j labelled i, by four standard errors. Both classes are told well.
    """
    k, top = scores.shape[1], scores.argmax(1)
    ahead = -np.diff(np.partition(-scores, 1, axis=1)[:, :2], axis=1)[:, 0]
    both, clear, vague, rows = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k)), np.zeros(k)
    for i in range(k):
        places = np.flatnonzero(top == i)
        places = places[np.argsort(-ahead[places], kind="stable")]
        half = (len(places) + 1) // 2
        both[i] = np.bincount(y[places], minlength=k)
        clear[i] = np.bincount(y[places[:half]], minlength=k) / max(half, 1)
        vague[i] = np.bincount(y[places[half:]], minlength=k) / max(len(places) - half, 1)
        rows[i] = len(places)
    recall = np.bincount(y[top == y], minlength=k) / np.maximum(np.bincount(y, minlength=k), 1)
    is_told = np.minimum(recall[:, None], recall[None]) >= RECOGNISED
    np.fill_diagonal(both, 0)
    share = np.where(np.eye(k, dtype=bool), 0, clear)
    is_taken = (one_sided(both, rows) > CLEARLY) & (share >= LEVEL * vague) & (share >= LEAST_SHARE) & is_told
    is_taken &= share >= LOPSIDED * share.T
    return np.where(is_taken | _is_lifted(scores, y), np.maximum(share, np.where(is_taken, 0, LEAST_SHARE)), 0.0)


def _is_lifted(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(k, k) whether most rows of class i look a little like class j, and not the other way round.

    Overlap lifts the scores of the rows at the border; a class that is labelled as another lifts all of them. Asked
    only of several classes of similar sizes that are told well otherwise: on scikit-learn's digits 30% of one class
    labelled as another gave 0.11 to 0.20, clean ones 0.01 at most and uniform noise of 20% 0.06.

    Where classes are told less well, a quarter of the class must be labelled so as well. On clean Fashion-MNIST,
    TrashNet, banking77, docstrings, sign digits, rotor and wine quality the lift was below 2.4 times the one back, or
    fewer than 21% were labelled so; 40% of one class of wine, iris and docstrings labelled as another gave 3.5 times
    and more in 8 of 9 cases.
    """
    (n, k), top = scores.shape, scores.argmax(1)
    lifted, out = np.zeros((k, k)), np.zeros((k, k), bool)
    if k < 3:
        return out
    of, sizes = np.bincount(top, minlength=k), np.bincount(y, minlength=k)
    counts = np.zeros((k, k), int)
    np.add.at(counts, (top, y), 1)  # rows told to be of class i that are labelled j
    for i in np.flatnonzero(of >= FEWEST_OF_CLASS):
        lifted[i] = np.quantile(scores[top == i], MOST_ROWS, axis=0)
    np.fill_diagonal(lifted, 0)
    is_alike = np.maximum(sizes[:, None], sizes[None]) <= ALIKE * np.minimum(sizes[:, None], sizes[None])
    well = _told(int(np.trace(counts)), int(sizes.max()), n)
    for i, j in np.argwhere((lifted >= LIFTED) & is_alike & (counts >= FEWEST_MOVED)):
        times = lifted[i, j] / max(lifted[j, i], 1e-9)
        moved = sizes + counts[i, j] * (np.eye(k, dtype=int)[i] - np.eye(k, dtype=int)[j])
        apart = _told(int(np.trace(counts)) + int(counts[i, j]), int(moved.max()), n)  # were these labels wrong
        is_half = lifted[i, j] >= HALF_LIFTED and times >= HALF_TIMES and counts[i, j] >= HALF_SHARE * of[i]
        out[i, j] = (well >= TOLD and times >= TIMES) or (apart >= HALF_TOLD and is_half)
    return out


def _told(n_right: int, n_largest: int, n: int) -> float:
    """Share of what guessing the largest class misses."""
    return (n_right - n_largest) / max(n - n_largest, 1)


def gained(scores: np.ndarray, y: np.ndarray, rate: float) -> float:
    """How much likelier labels are where a share of them may be any class than where none is wrong, in nats.

    Args:
        scores: (n, k) leave-one-out scores of the classes.
        y: (n,) codes of the labels.
        rate: Share of labels that may be wrong.
    """
    nowhere = np.zeros((scores.shape[1],) * 2, bool)
    likelihoods = [
        [_settled(scores, sharpness, y, share, nowhere).likelihood for sharpness in SHARPNESS] for share in (rate, 0.0)
    ]
    return max(likelihoods[0]) - max(likelihoods[1])


def suspicion_of(scores: np.ndarray, y: np.ndarray, rate: float, taken: np.ndarray) -> Suspicion:
    """Shares a rate of wrong labels out over the rows.

    Wrong labels may be any class, unless one class is clearly taken for another and not the other way round.

    Args:
        scores: (n, k) leave-one-out scores of the classes.
        y: (n,) codes of the labels.
        rate: Share of labels that are wrong, all rows together.
        taken: (k, k) pairs of which one class is known to be taken for the other.
    """
    nowhere = np.zeros((scores.shape[1],) * 2, bool)
    fits = [_settled(scores, sharpness, y, rate, nowhere) for sharpness in SHARPNESS]
    best = max(fits, key=lambda fit: fit.likelihood)
    one_way = (one_sided(best.mixed, best.p.sum(0)) > LIKELY) | (taken > 0)
    if one_way.any():
        fits = [_settled(scores, sharpness, y, rate, one_way) for sharpness in SHARPNESS]
        best = max(fits, key=lambda fit: fit.likelihood)
    wrong, suggested = _told_apart(best.posterior, best.p, y)
    if one_way.any():
        return Suspicion(wrong, suggested, best.mixed, best.sharpness, best.becomes)
    doubt, put = _doubt(scores, y), np.empty_like(wrong)
    put[np.argsort(doubt, kind="stable")] = np.sort(wrong)  # the same chances, in the better order
    return Suspicion(put, suggested, best.mixed, best.sharpness, best.becomes, np.sort(doubt))


def _doubt(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n,) chance that each row is not of its class, by which rows are put in order."""
    return 1 - softmax(ORDERED * scores, axis=1)[np.arange(len(y)), y]


def _told_apart(posterior: np.ndarray, p: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) chance that the label is wrong, and (n,) the likeliest other class."""
    rows = np.arange(len(y))
    others = posterior + 1e-6 * p
    others[rows, y] = -1
    return np.clip(1 - posterior[rows, y], 0, 1), others.argmax(1)


def one_sided(mixed: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(k, k) standard errors by which a larger share of class i is labelled j than of class j is labelled i.

    Args:
        mixed: (k, k) expected rows of class i that are labelled j.
        rows: (k,) expected rows of each class.
    """
    rows = np.maximum(rows, 1.0)
    share = mixed / rows[:, None]
    pooled = (mixed + mixed.T) / (rows[:, None] + rows[None])
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / rows[:, None] + 1 / rows[None]))
    return np.where(mixed >= FEWEST, (share - share.T) / np.maximum(error, 1e-9), 0.0)


def n_probably_wrong(chance: np.ndarray) -> int:
    """How many rows to call wrong: the most that are at least as likely wrong as right, with few expected to be right.

    Args:
        chance: (n,) that a row is wrong.
    """
    order = np.argsort(-chance, kind="stable")
    expected = np.cumsum(1 - chance[order]) / np.arange(1, len(chance) + 1)
    is_fit = (expected <= FALSE_SHARE) & (chance[order] >= 0.5)
    return int(np.flatnonzero(is_fit).max()) + 1 if is_fit.any() else 0


@dataclass(frozen=True)
class _Fit:
    """Log-likelihood, (n, k) posterior of the right class, (k, k) mix-ups and their chances, (n, k) probabilities."""

    likelihood: float
    posterior: np.ndarray
    mixed: np.ndarray
    becomes: np.ndarray
    p: np.ndarray
    sharpness: float


def _settled(scores: np.ndarray, sharpness: float, y: np.ndarray, rate: float, one_way: np.ndarray) -> _Fit:
    """Mix-ups for one sharpness; chances of the cells in `one_way` are free, all others of a class are equal."""
    p = softmax(sharpness * scores, axis=1)
    n, k = p.shape
    given = np.eye(k)[y]
    anywhere = ~one_way & ~np.eye(k, dtype=bool)
    becomes = np.full((k, k), rate / (k - 1))  # chance that class i is labelled j
    np.fill_diagonal(becomes, 1 - rate)
    for _ in range(ROUNDS if one_way.any() else 0):
        posterior = p * becomes[:, y].T
        posterior /= posterior.sum(1, keepdims=True)
        counts = posterior.T @ given
        rows = np.maximum(counts.sum(1), 1.0)
        chance = np.where(one_way, counts / rows[:, None], 0)
        chance[anywhere] = counts[anywhere].sum() / np.maximum((rows[:, None] * anywhere).sum(), 1e-12)
        chance *= rate * n / max(float((chance * rows[:, None]).sum()), 1e-12)
        chance *= np.minimum(1, (1 - LEAST_RIGHT) / np.maximum(chance.sum(1), 1e-12))[:, None]
        becomes = chance + np.diag(1 - chance.sum(1))
    joint = p * becomes[:, y].T
    total = joint.sum(1)
    posterior = joint / total[:, None]
    mixed = posterior.T @ given
    np.fill_diagonal(mixed, 0)
    return _Fit(float(np.log(total).sum()), posterior, mixed, becomes, p, sharpness)
