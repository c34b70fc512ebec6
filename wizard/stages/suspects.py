"""Which labels the other rows contradict: one judgement a stage, shared by all steps that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from wizard.data.corrections import written
from wizard.data.split import units_of
from wizard.stages.context import Context
from wizard.stages.noise_rate import Margins, Rate, chance_of_other, margins, margins_of_labels, rate_of, surprise
from wizard.stages.probing import Sample, probe_sample, whole
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
CLEAR = 3.0  # nats beyond all of them: twenty times as likely, so that the curve need not exclude a rate of 0 as well
FEW_A_CLASS = 20  # rows: of fewer (Omniglot has 11) the rare tells are not known, and neighbours contradict for sure
SHARPNESS = 7.0  # of the classes' probabilities in these draws
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
    """What is thought of the labels of the probes' sample.

    Attributes:
        rows: (n,) rows, sorted.
        score: (n,) chance that the label is wrong, for ranking.
        suggested: (n,) the likeliest other label, in words.
        is_called: (n,) whether it is called probably wrong.
        rates: The rate of wrong labels; of several targets one each.
        is_found: For each rate, whether it lies beyond what overlapping classes or heavy tails explain.
        mixups: Pairs of classes, largest first.
        predicted: (n, k) or (n, m) what the other rows say.
        margins: Of classes and labels, or None.
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

    @property
    def order(self) -> np.ndarray:
        """(n,) places of the rows, the most suspect first."""
        return np.argsort(-self.score, kind="stable")

    @property
    def one_sided(self) -> tuple[Mixup, ...]:
        """Pairs in which one class is clearly taken for the other, and not the other way round."""
        return tuple(pair for pair in self.mixups if pair.is_clear)


def suspects(context: Context) -> Suspects:
    """Judges the labels of the probes' sample, once a stage; it needs at least 100 rows."""
    found: Suspects = context.once("suspected labels", lambda: _judged(context))
    return found


def _judged(context: Context) -> Suspects:
    from threadpoolctl import threadpool_limits

    sample = probe_sample(context)
    with threadpool_limits(None if len(sample) > ROWS_WORTH_THREADS else 1):
        if context.task.is_exclusive:
            return _classes(context, sample)
        return _labels(context, sample) if context.task.is_multilabel else _amounts(context, sample)


def _smoother(context: Context, sample: Sample, targets: np.ndarray) -> Smoother:
    units = units_of(context.dataset, context.copies.sets)[sample.rows]
    units = units if len(np.unique(units)) > 1 else sample.rows
    return smoother(whole(context), targets, units, context.random("smoother"))


def _classes(context: Context, sample: Sample) -> Suspects:
    y, names, k = sample.y, context.task.classes, context.task.n_outputs
    targets = np.eye(k)[y]
    smooth = _smoother(context, sample, targets)
    scores = smooth.left_out(targets)
    rows = margins(scores, y)
    taken = taken_for(scores, y)
    rate = _with_pairs(rate_of(rows), taken, np.bincount(scores.argmax(1), minlength=k))
    thought = suspicion_of(scores, y, max(rate.value, LEAST_SHARED), taken)
    pairs = _mixups(thought.mixed, taken, scores, y, names)

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
    n_called = max(n_probably_wrong(thought.wrong), n_probably_wrong(_chance(rows, rate))) if is_found else 0
    return Suspects(
        sample.rows, thought.wrong, np.array(names, dtype=object)[thought.suggested], _first(thought.wrong, n_called),
        (rate,), (is_found,), pairs, scores, rows,
    )  # fmt: skip


def _labels(context: Context, sample: Sample) -> Suspects:
    y = sample.y
    smooth = _smoother(context, sample, y.astype("float64"))
    scores = smooth.left_out(y.astype("float64"))
    rows = margins_of_labels(scores, y)
    rate = rate_of(rows)

    def drawn(random: np.random.Generator) -> tuple[float, ...]:
        is_other = random.random(rows.margin.shape) < chance_of_other(rows, rate.value)
        fresh = ((scores > 0.5) ^ is_other.reshape(y.shape)).astype("int32")
        return surprise(margins_of_labels(smooth.left_out(fresh.astype("float64")), fresh), rate.value)

    is_found = rate.low >= NEGLIGIBLE and _is_beyond(context, surprise(rows, rate.value), drawn)
    chance = _chance(rows, Rate(max(rate.value, LEAST_SHARED), 0, 1)).reshape(y.shape)
    wrong = np.maximum(chance, 1e-3 * np.abs(y - np.clip(scores, 0, 1)))
    is_flipped = (chance >= 0.5) | (wrong == wrong.max(1, keepdims=True))
    suggested = [written(context.task, label) for label in np.where(is_flipped, 1 - y, y)]
    score = wrong.max(1)
    n_called = n_probably_wrong(chance.max(1)) if is_found else 0
    return Suspects(
        sample.rows, score, np.array(suggested, dtype=object), _first(score, n_called), (rate,), (is_found,), (),
        scores, rows,
    )  # fmt: skip


def _amounts(context: Context, sample: Sample) -> Suspects:
    y = sample.y.reshape(len(sample), -1)
    targets = np.column_stack([normal_scores(column) for column in y.T])
    predicted = _smoother(context, sample, targets).left_out(targets)
    doubts = [doubt_of(a, b) for a, b in zip(targets.T, predicted.T, strict=True)]
    is_found = tuple(doubt.rate.low >= NEGLIGIBLE for doubt in doubts)
    wrong = np.column_stack([doubt.wrong for doubt in doubts])  # (n, m)
    is_called = np.zeros(len(sample), bool)
    for column, found in zip(wrong.T, is_found, strict=True):
        is_called |= _first(column, n_probably_wrong(column) if found else 0)
    back = np.column_stack([from_scores(a, b) for a, b in zip(predicted.T, y.T, strict=True)])
    worst = wrong == wrong.max(1, keepdims=True)
    suggested = [written(context.task, label) for label in np.where(worst | (wrong >= 0.5), _rounded(back, y), y)]
    return Suspects(
        sample.rows, wrong.max(1), np.array(suggested, dtype=object), is_called,
        tuple(doubt.rate for doubt in doubts), is_found, (), back,
    )  # fmt: skip


def _rounded(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Predictions with as many digits as say something: whole where all known numbers are."""
    return (
        np.round(values) if np.all(y == np.round(y)) else np.array([[float(f"{v:.4g}") for v in row] for row in values])
    )


def _chance(rows: Margins, rate: Rate) -> np.ndarray:
    """(n,) that a label is wrong, from its margin alone."""
    overlap = chance_of_other(rows, rate.value)
    return np.where(rows.is_other, rate.value / (rate.value + (1 - rate.value) * overlap + 1e-12), 0.0)


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
