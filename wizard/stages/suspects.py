"""Which labels the other rows contradict: one judgement a stage, shared by all steps that show it.

The rate, and whether there is one, rest on the probes' sample, whose rows are judged by leaving each out; the training
rows outside it are judged by the sample, chunk by chunk, with the rate that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import softmax

from wizard.core.registry import load
from wizard.data.corrections import written
from wizard.stages.context import Context
from wizard.stages.noise_rate import Margins, Rate, chance_of_other, margins, margins_of_labels, rate_of, surprise
from wizard.stages.one_of_two import put_right, taken_of_two
from wizard.stages.probing import VIEWS, Sample, probe_sample, whole
from wizard.stages.smoother import Smoother, smoother
from wizard.stages.wrong_amounts import doubt_of, from_scores, normal_scores
from wizard.stages.wrong_labels import (
    CLEARLY,
    RECOGNISED,
    gained,
    n_probably_wrong,
    one_sided,
    suspicion_of,
    taken_for,
)

FEWEST_ROWS = 100  # labelled rows: fewer leave the rate open between none and a tenth
NEGLIGIBLE = 0.0025  # rate: the interval began at 0.2% at most on sets without noise (sms_spam, which has some)
LEAST_SHARED = 0.005  # rate shared out over the rows to rank them, where none is found
ROWS_WORTH_THREADS = 2_000  # with fewer, hundreds of small products cost more in threads than they save
DRAWS = 20  # of labels from the model's own probabilities: wrong ones are claimed beyond all of them
CLEAR = 5.0  # nats beyond all, so that the curve need not exclude 0 as well: injected noise led by 6, TrashNet by 3
FEW_A_CLASS = 20  # rows: of fewer (Omniglot has 11) the rare tells are not known, and neighbours contradict for sure
SHARPNESS = 7.0  # of the classes' probabilities in these draws
MOST_JUDGED = 50_000  # rows: beyond it, judging takes longer than all else that explore does
CHUNK = 2_000  # rows judged at a time: their distances to the sample are 32 MB
SHARE_SURE = 0.8  # of what pairs of classes lose at least: some of it may be overlap


@dataclass(frozen=True)
class Mixup:
    """A class that is taken for another: about `rows` of `of`, `errors` standard errors more than the other way."""

    right: str
    given: str
    rows: float
    of: float
    errors: float
    is_clear: bool


@dataclass(frozen=True)
class Suspects:
    """What is thought of the labels of training rows.

    Attributes:
        rows: (n,) rows that were judged, sorted.
        score: (n,) chance that the label is wrong, for ranking.
        suggested: (n,) the likeliest other label, in words.
        is_called: (n,) whether it is called probably wrong.
        rates: The rate of wrong labels; of several targets one each.
        is_found: For each rate, whether it lies beyond what overlapping classes or heavy tails explain.
        mixups: Pairs of classes, largest first.
        predicted: (n, k) or (n, m) what the other rows say.
        margins: Of classes and labels of the probes' sample, or None.
        n_rated: Rows that rates, mix-ups and margins rest on.
    """

    rows: np.ndarray
    score: np.ndarray
    suggested: np.ndarray
    is_called: np.ndarray
    rates: tuple[Rate, ...]
    is_found: tuple[bool, ...]
    mixups: tuple[Mixup, ...]
    predicted: np.ndarray
    margins: Margins | None = None
    n_rated: int = 0

    @property
    def order(self) -> np.ndarray:
        """(n,) places of the rows, the most suspect first."""
        return np.argsort(-self.score, kind="stable")

    @property
    def one_sided(self) -> tuple[Mixup, ...]:
        """Pairs in which one class is clearly taken for the other, and not the other way round."""
        return tuple(pair for pair in self.mixups if pair.is_clear)


def suspects(context: Context) -> Suspects:
    """Judges the labels of training rows, once a stage; it needs at least 100 of them."""
    found: Suspects = context.once("suspected labels", lambda: _judged(context))
    return found


def _judged(context: Context) -> Suspects:
    from threadpoolctl import threadpool_limits

    sample = probe_sample(context)
    with threadpool_limits(None if len(sample) > ROWS_WORTH_THREADS else 1):
        if context.task.is_exclusive:
            return _classes(context, sample)
        return _labels(context, sample) if context.task.is_multilabel else _amounts(context, sample)


@dataclass(frozen=True)
class _Others:
    """Training rows outside the sample: which, their labels, and what the sample says of them."""

    rows: np.ndarray
    y: np.ndarray
    scores: np.ndarray


def _units(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n,) number of the copies or the group that each row belongs to, where there are several."""
    return context.units(rows) if len(np.unique(context.units(context.train_rows))) > 1 else rows


def _smoother(context: Context, sample: Sample, targets: np.ndarray) -> Smoother:
    return smoother(whole(context), targets, _units(context, sample.rows), context.random("smoother"))


def _others(context: Context, sample: Sample, smooth: Smoother, targets: np.ndarray) -> _Others:
    rows = np.setdiff1d(context.train_rows, sample.rows)
    rows = context.sample(rows, MOST_JUDGED - min(len(sample), MOST_JUDGED), "judged labels")
    units = _units(context, rows)
    look = load(VIEWS, context.dataset.modality)
    parts = [
        smooth.elsewhere(targets, look.features(context, rows[i : i + CHUNK]), units[i : i + CHUNK])
        for i in range(0, len(rows), CHUNK)
    ]
    scores = np.concatenate(parts) if parts else np.empty((0, targets.shape[1]))
    return _Others(rows, context.y(rows), scores)


def _with_others(found: Suspects, others: _Others, score: np.ndarray, suggested: np.ndarray, n_called: int) -> Suspects:
    """The judgement of the sample and of the other rows, sorted by row; the most suspect are called probably wrong."""
    rows = np.concatenate([found.rows, others.rows])
    order = np.argsort(rows, kind="stable")
    score = np.concatenate([found.score, score])[order]
    return replace(
        found, rows=rows[order], score=score, suggested=np.concatenate([found.suggested, suggested])[order],
        is_called=_first(score, n_called), predicted=np.concatenate([found.predicted, others.scores])[order],
    )  # fmt: skip


def _classes(context: Context, sample: Sample) -> Suspects:
    y, names, k = sample.y, context.task.classes, context.task.n_outputs
    targets = np.eye(k)[y]
    smooth = _smoother(context, sample, targets)
    scores = smooth.left_out(targets)
    rows = margins(scores, y)
    taken = taken_for(scores, y)
    taken = taken_of_two(scores, y) if k == 2 and not taken.any() else taken
    told = put_right(scores, taken)
    rate = _with_pairs(rate_of(rows), taken, np.bincount(told.argmax(1), minlength=k))
    thought = suspicion_of(told, y, max(rate.value, LEAST_SHARED), taken)
    pairs = _mixups(thought.mixed, taken, told, y, names)

    def surprises(scores: np.ndarray, y: np.ndarray) -> tuple[float, ...]:
        by_curve = surprise(margins(scores, y), rate.value) if excludes_none else ()
        return (*by_curve, gained(scores, y, rate.value))

    def drawn(random: np.random.Generator) -> tuple[float, ...]:
        fresh = _redrawn(scores, rows, rate, random)
        return surprises(smooth.left_out(np.eye(k)[fresh]), fresh)

    excludes_none = rate.low >= NEGLIGIBLE
    is_judged = excludes_none or len(y) >= FEW_A_CLASS * k
    is_found = bool(taken.any()) or (
        is_judged and _is_beyond(context, surprises(scores, y), drawn, 0.0 if excludes_none else CLEAR)
    )
    rate = Rate(rate.value, min(max(rate.low, NEGLIGIBLE), rate.value), rate.high) if is_found else rate
    others = _others(context, sample, smooth, targets)
    wrong, suggested = thought.of(put_right(others.scores, taken), others.y)
    chance = np.concatenate([_chance(rows, rate), _chance(rows, rate, margins(others.scores, others.y, rows))])
    n_called = max(n_probably_wrong(np.concatenate([thought.wrong, wrong])), n_probably_wrong(chance))
    words = np.array(names, dtype=object)
    found = Suspects(
        sample.rows, thought.wrong, words[thought.suggested], np.zeros(len(y), bool), (rate,), (is_found,), pairs,
        scores, rows, len(y),
    )  # fmt: skip
    return _with_others(found, others, wrong, words[suggested], n_called if is_found else 0)


def _labels(context: Context, sample: Sample) -> Suspects:
    y, targets = sample.y, sample.y.astype("float64")
    smooth = _smoother(context, sample, targets)
    scores = smooth.left_out(targets)
    rows = margins_of_labels(scores, y)
    rate = rate_of(rows)

    def drawn(random: np.random.Generator) -> tuple[float, ...]:
        is_other = random.random(rows.margin.shape) < chance_of_other(rows, rate.value)
        fresh = ((scores > 0.5) ^ is_other.reshape(y.shape)).astype("int32")
        return surprise(margins_of_labels(smooth.left_out(fresh.astype("float64")), fresh), rate.value)

    is_found = rate.low >= NEGLIGIBLE and _is_beyond(context, surprise(rows, rate.value), drawn)
    shared = Rate(max(rate.value, LEAST_SHARED), 0, 1)
    others = _others(context, sample, smooth, targets)
    chance = _chance(rows, shared).reshape(y.shape)
    there = _chance(rows, shared, margins_of_labels(others.scores, others.y, rows)).reshape(others.y.shape)
    score, suggested = _flipped(context, chance, scores, y)
    score_there, suggested_there = _flipped(context, there, others.scores, others.y)
    n_called = n_probably_wrong(np.concatenate([chance, there]).max(1)) if is_found else 0
    found = Suspects(
        sample.rows, score, suggested, np.zeros(len(y), bool), (rate,), (is_found,), (), scores, rows, len(y)
    )
    return _with_others(found, others, score_there, suggested_there, n_called)


def _flipped(context: Context, chance: np.ndarray, scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) how suspect the worst entry of each row is, and (n,) the labels with what is probably wrong turned over."""
    wrong = np.maximum(chance, 1e-3 * np.abs(y - np.clip(scores, 0, 1)))
    is_flipped = (chance >= 0.5) | (wrong == wrong.max(1, keepdims=True))
    return wrong.max(1), _in_words(context, np.where(is_flipped, 1 - y, y))


def _amounts(context: Context, sample: Sample) -> Suspects:
    y = sample.y.reshape(len(sample), -1)
    targets = np.column_stack([normal_scores(column) for column in y.T])
    smooth = _smoother(context, sample, targets)
    predicted = smooth.left_out(targets)
    doubts = [doubt_of(a, b) for a, b in zip(targets.T, predicted.T, strict=True)]
    is_found = tuple(doubt.rate.low >= NEGLIGIBLE for doubt in doubts)
    others = _others(context, sample, smooth, targets)
    y_all = np.concatenate([y, others.y.reshape(len(others.rows), y.shape[1])])
    there = np.column_stack([normal_scores(b, among=a) for a, b in zip(y.T, y_all[len(y) :].T, strict=True)])
    wrong = np.column_stack(
        [np.r_[doubt.wrong, doubt.of(there[:, i], others.scores[:, i])] for i, doubt in enumerate(doubts)]
    )  # (n, m)
    is_called = np.zeros(len(wrong), bool)
    for column, found in zip(wrong.T, is_found, strict=True):
        is_called |= _first(column, n_probably_wrong(column) if found else 0)
    scores = np.concatenate([predicted, others.scores])
    back = np.column_stack([from_scores(a, b) for a, b in zip(scores.T, y.T, strict=True)])
    worst = wrong == wrong.max(1, keepdims=True)
    suggested = _in_words(context, np.where(worst | (wrong >= 0.5), _rounded(back, y), y_all))
    rows = np.concatenate([sample.rows, others.rows])
    order = np.argsort(rows, kind="stable")
    return Suspects(
        rows[order], wrong.max(1)[order], suggested[order], is_called[order],
        tuple(doubt.rate for doubt in doubts), is_found, (), back[order], None, len(y),
    )  # fmt: skip


def _in_words(context: Context, labels: np.ndarray) -> np.ndarray:
    """(n,) labels as a person writes them."""
    words = np.empty(len(labels), dtype=object)
    words[:] = [written(context.task, label) for label in labels]
    return words


def _rounded(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Predictions with as many digits as say something: whole where all known numbers are."""
    return (
        np.round(values) if np.all(y == np.round(y)) else np.array([[float(f"{v:.4g}") for v in row] for row in values])
    )


def _chance(rows: Margins, rate: Rate, at: Margins | None = None) -> np.ndarray:
    """(m,) that a label is wrong, from its margin alone, by the curves of some rows; of these rows by default."""
    at = rows if at is None else at
    overlap = chance_of_other(rows, rate.value, at)
    return np.where(at.is_other, rate.value / (rate.value + (1 - rate.value) * overlap + 1e-12), 0.0)


def _first(score: np.ndarray, n: int) -> np.ndarray:
    is_first = np.zeros(len(score), bool)
    is_first[np.argsort(-score, kind="stable")[:n]] = True
    return is_first


def _redrawn(scores: np.ndarray, rows: Margins, rate: Rate, random: np.random.Generator) -> np.ndarray:
    """(n,) labels drawn from the model's own probabilities, wrong labels taken off: what overlap alone would show."""
    top = scores.argmax(1)
    others = softmax(SHARPNESS * scores, axis=1)
    others[np.arange(len(top)), top] = 0
    reached = np.cumsum(others / others.sum(1, keepdims=True), axis=1)
    other = np.minimum((random.random((len(top), 1)) > reached).sum(1), scores.shape[1] - 1)
    return np.where(random.random(len(top)) < chance_of_other(rows, rate.value), other, top)


def _is_beyond(
    context: Context, own: tuple[float, ...], drawn: Callable[[np.random.Generator], tuple[float, ...]], by: float = 0.0
) -> bool:
    """Whether labels surprise more, in some way, than all that were drawn from the model's own probabilities.

    Args:
        context: Of the step.
        own: How much they surprise, in several ways, in nats.
        drawn: Gives the same of labels drawn anew.
        by: Nats that they must be ahead by.
    """
    is_ahead = np.ones(len(own), bool)
    for number in range(DRAWS):
        is_ahead &= np.array(own) > np.array(drawn(context.random("null", number))) + by
        if not is_ahead.any():
            return False
    return True


def _with_pairs(rate: Rate, taken: np.ndarray, of: np.ndarray) -> Rate:
    """The rate with what single classes lose to another at least."""
    if not taken.any():
        return rate
    rows, n = float((taken * of[:, None]).sum()), float(of.sum())
    error = 2 * np.sqrt(2 * rows) / n  # counted on half of the rows
    value = max(rate.value, rows / n)
    return Rate(value, max(rate.low, SHARE_SURE * (rows / n - error)), max(rate.high, value + error))


def _mixups(
    mixed: np.ndarray, taken: np.ndarray, scores: np.ndarray, y: np.ndarray, names: tuple[str, ...]
) -> tuple[Mixup, ...]:
    k, top = len(names), scores.argmax(1)
    of = np.bincount(top, minlength=k).astype("float64")
    recall = np.bincount(y[top == y], minlength=k) / np.maximum(np.bincount(y, minlength=k), 1)
    errors = np.where(np.minimum(recall[:, None], recall[None]) >= RECOGNISED, one_sided(mixed, of), 0.0)
    is_clear = (errors > CLEARLY) | (taken > 0)
    order = np.argsort(-mixed, axis=None, kind="stable")[: k * (k - 1)]
    return tuple(
        Mixup(names[i], names[j], float(mixed[i, j]), float(of[i]), float(errors[i, j]), bool(is_clear[i, j]))
        for i, j in zip(*np.unravel_index(order, (k, k)), strict=True)
        if mixed[i, j] >= 0.5
    )
