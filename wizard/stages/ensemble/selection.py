"""Greedy selection with replacement, and what it gains on rows that it did not choose by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.stages.context import Context
from wizard.stages.ensemble.pool import MOST_DISTINCT, Candidate
from wizard.training.calibration import fit_threshold, has_threshold, named
from wizard.training.compare import Interval, gain_between
from wizard.training.metrics import Metric, criterion_for

SIZE = 8  # picks, with replacement; gains beyond it are small and every member costs time at prediction
MOVED = "whether the metric asks for another threshold than one half"
CURVE_DRAWS = 200  # of the bootstrap, a point of the curve: an interval from their spread needs no more


@dataclass(frozen=True)
class Selection:
    """What was picked from a list of candidates.

    Attributes:
        picks: Places in the list, with repetitions.
        gains: For 1, 2, … picks: gain over the best alone in the metric that decides, on rows that neither was chosen
            by.
        gain: Of all picks; its interval is wider, as the best of several numbers of picks was taken.
        loss_gain: Of all picks, in the smooth score.
        together: Their joined predictions for the deciding rows, each half joined by what the other half chose.
        alone: The best single one's, likewise.
        optimism: How much better the picks score on the rows they were chosen by than on others, in the metric.
    """

    picks: tuple[int, ...]
    gains: tuple[Interval, ...]
    gain: Interval
    loss_gain: Interval
    together: np.ndarray
    alone: np.ndarray
    optimism: float

    @property
    def helps(self) -> bool:
        """Whether several are better than the best alone beyond the noise, in the metric or in the smooth score."""
        return self.is_several and (self.gain.low > 0 or (self.loss_gain.low > 0 and self.gain.high > 0))

    @property
    def is_joined(self) -> bool:
        """Whether several are handed over: they help, or are better on both scores though not beyond the noise.

        Means of networks are hardly ever worse than one of them, so that a small gain needs less proof than a change
        of settings does.
        """
        return self.helps or (self.is_several and self.gain.value >= 0 and self.loss_gain.value > 0)

    @property
    def is_several(self) -> bool:
        """Whether more than one network was picked."""
        return len(set(self.picks)) > 1

    def weights(self) -> dict[int, float]:
        """{place in the list: weight}, in the order of the picks."""
        return {one: self.picks.count(one) / len(self.picks) for one in dict.fromkeys(self.picks)}


def select(context: Context, candidates: Sequence[Candidate], most: int = MOST_DISTINCT) -> Selection:
    """Picks members one by one, each the one that helps most (Caruana et al. 2004).

    They are picked by the metric that decides and by the smooth score, which has more to say on few rows; the better
    of both stays. Where the metric asks for another threshold than one half it says nothing of probabilities, so that
    the smooth score alone picks, and answers are judged from the threshold that the other half asks for. What is
    gained is measured by cross-fitting: each half of the deciding rows judges what the other half chose. How many are
    picked is decided so too; which ones, by all rows.

    Args:
        context: The step's.
        candidates: To pick from.
        most: Different ones that may be picked.
    """
    rows, metric, criterion = context.deciding_rows, context.metric, criterion_for(context.task)
    y, weight, units = context.y(rows), context.weight(rows), context.units(rows)
    size = int(context.options.get("size") or SIZE)
    predictions = [one.predictions for one in candidates]
    best = min(candidates, key=lambda one: one.loss).predictions
    has_moved = context.shared[MOVED] = (
        has_threshold(metric, context.task) and context.gain_of(by_threshold(context, best), best).low > 0
    )
    orders = [(criterion, metric)] if has_moved or metric == criterion else [(criterion, metric), (metric, criterion)]
    by = (criterion, metric) if has_moved else (metric, criterion)
    ways = [(order, _crossed(context, predictions, order, size, most)) for order in orders]
    reached = [(_ranks(by, y, joined[n], weight), way, n)
               for way, (_, joined) in enumerate(ways) for n in range(size)]  # fmt: skip
    _, way, last = min(reached)
    order, joined = ways[way]
    alone = _crossed(context, predictions, by, 1, 1)[0]
    told, first = [answers(context, one) for one in joined], answers(context, alone)
    gains = tuple(gain_between(metric, y, [one], [first], weight, context.seed, CURVE_DRAWS, units) for one in told)
    picks = tuple(_greedy(predictions, order, y, weight, size, most)[: last + 1])
    in_sample = np.mean([predictions[i] for i in picks], axis=0)
    in_sample = answers(context, in_sample)
    optimism = metric.gain(metric.score(y, in_sample, weight), metric.score(y, told[last], weight))
    loss_gain = gain_between(criterion, y, [joined[last]], [alone], weight, context.seed, units=units)
    gain = gains[last].of_best_among(size * len(orders))
    return Selection(picks, gains, gain, loss_gain, joined[last], alone, optimism)


def _crossed(
    context: Context, predictions: Sequence[np.ndarray], order: tuple[Metric, Metric], size: int, most: int
) -> list[np.ndarray]:
    """Joined predictions after 1, 2, … picks, each half of the rows joined by what the other half chose."""
    rows = context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    joined = [np.empty(predictions[0].shape) for _ in range(size)]
    places = halves(context, rows)
    for half, other in zip(places, places[::-1], strict=True):
        own = None if weight is None else weight[other]
        picked = _greedy([p[other] for p in predictions], order, y[other], own, size, most)
        for n in range(size):
            joined[n][half] = np.mean([predictions[i][half] for i in picked[: n + 1]], axis=0)
    return joined


def answers(context: Context, p: np.ndarray) -> np.ndarray:
    """Predictions for the deciding rows as the metric is to see them.

    Where a threshold helps (as `select` has found), named from the one that the other half of the rows asks for.
    """
    return by_threshold(context, p) if context.shared.get(MOVED) else p


def by_threshold(context: Context, p: np.ndarray) -> np.ndarray:
    """Answers for the deciding rows, named from the threshold that the other half of them asks for."""
    task, metric = context.task, context.metric
    return crossed(context, p, lambda q, y, w: fit_threshold(q, y, w, metric, task), lambda q, t: named(q, t, task))


def crossed(
    context: Context, p: np.ndarray, fit: Callable[..., Any], apply: Callable[[np.ndarray, Any], np.ndarray]
) -> np.ndarray:
    """Predictions changed by what was fitted to the other half of the deciding rows."""
    rows = context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    parts, places = [], halves(context, rows)
    for half, other in zip(places, places[::-1], strict=True):
        parts.append(apply(p[half], fit(p[other], y[other], None if weight is None else weight[other])))
    whole = np.empty((len(p), *parts[0].shape[1:]), parts[0].dtype)
    for half, part in zip(places, parts, strict=True):
        whole[half] = part
    return whole


def halves(context: Context, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of rows in two halves, drawn once a journey; copies and rows of one group stay together."""
    names, unit = np.unique(context.units(rows), return_inverse=True)
    is_first = np.zeros(len(names), bool)
    is_first[context.random("halves").permutation(len(names))[: len(names) // 2]] = True
    places = np.arange(len(rows))
    if not 0 < is_first[unit].sum() < len(rows):  # one group holds nearly everything
        return places[::2], places[1::2]
    return places[is_first[unit]], places[~is_first[unit]]


def _greedy(
    predictions: Sequence[np.ndarray],
    order: tuple[Metric, Metric],
    y: np.ndarray,
    weight: np.ndarray | None,
    size: int,
    most: int,
) -> list[int]:
    """Places that are picked, by the first metric, and by the second where that makes no difference."""
    picked: list[int] = []
    total = np.zeros_like(predictions[0])
    for n in range(1, size + 1):
        allowed = range(len(predictions)) if len(set(picked)) < most else sorted(set(picked))
        best = min(allowed, key=lambda i: _ranks(order, y, (total + predictions[i]) / n, weight))
        picked.append(best)
        total = total + predictions[best]
    return picked


def _ranks(
    order: tuple[Metric, Metric], y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None
) -> tuple[float, ...]:
    """The metrics' scores, lower is better."""
    return tuple(-metric.gain(metric.score(y, predictions, weight), 0.0) for metric in order)
