"""What the probe tells of the labels from fewer and fewer rows, and where that curve leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.seeds import generator
from wizard.stages.context import Context
from wizard.stages.probing import (
    ProbeName,
    Sample,
    beyond_chance,
    fitted,
    out_of_fold,
    probe_sample,
    whole,
    whole_by_line,
)
from wizard.training.compare import Interval, bootstrap
from wizard.training.units import Resampling

FRACTIONS = (0.125, 0.25, 0.5, 1.0)  # of the rows that a fold leaves to train on: each doubles the one before
FEWEST = 10  # rows that a probe is fitted on at least
DRAWS = 100  # bootstrap draws that the curve is fitted to: the ends of a 95% interval rest on two or three of them
POWERS = np.geomspace(0.05, 2.0, 20)  # errors of real learners fall with powers of 0.1 to 1 (Hestness et al. 2017)


@dataclass(frozen=True)
class Fewer:
    """What a probe says that was trained on fewer rows.

    Attributes:
        n_rows: Rows that it was trained on, in the mean over folds.
        predictions: For the rows that no fold's probe saw.
    """

    n_rows: int
    predictions: np.ndarray


@dataclass(frozen=True)
class Signal:
    """Whether a cheap probe knows anything of the labels.

    Attributes:
        probe: The one that does, else "linear".
        predictions: Of the linear probe for rows that it did not see, or of the other where only that one knows.
        deviations: How far beyond permuted labels, in their standard deviations.
        is_there: Whether it is beyond all permutations.
    """

    probe: ProbeName
    predictions: np.ndarray
    deviations: float
    is_there: bool


def signal(context: Context) -> Signal:
    """The linear probe's word on whole examples, or that of trees where a line finds nothing."""
    found: Signal = context.once("signal of whole examples", lambda: _signal(context))
    return found


def fewer_rows(context: Context) -> list[Fewer]:
    """Predictions from growing fractions of the rows, each contained in the next; all of them last."""
    found: list[Fewer] = context.once("probe on fewer rows", lambda: _fewer_rows(context))
    return found


def _signal(context: Context) -> Signal:
    probes: tuple[ProbeName, ...] = ("linear", "trees")
    tried = []
    for probe in probes:
        predictions = whole_by_line(context) if probe == "linear" else out_of_fold(context, whole(context), probe)
        found = beyond_chance(context, predictions)
        tried.append(Signal(probe, predictions, found.deviations, found.is_beyond_chance))
        if found.is_beyond_chance:
            return tried[-1]
    return max(tried, key=lambda one: one.deviations)


def _fewer_rows(context: Context) -> list[Fewer]:
    sample, told = probe_sample(context), signal(context)
    x, n_all = whole(context), round(len(sample) * (1 - 1 / len(np.unique(sample.fold))))
    order = context.random("fewer rows").permutation(len(sample))
    fractions = [fraction for fraction in FRACTIONS if fraction < 1 and fraction * n_all >= FEWEST]
    fewer = [_trained_on(context, x, sample, told.probe, order, fraction) for fraction in fractions]
    return [*fewer, Fewer(n_all, told.predictions)]


def _trained_on(
    context: Context, x: np.ndarray, sample: Sample, probe: ProbeName, order: np.ndarray, fraction: float
) -> Fewer:
    out, sizes = np.empty(context.task.answers_shape(len(sample))), []
    for number in np.unique(sample.fold):
        held = sample.fold == number
        theirs = order[~held[order]]
        kept = np.sort(theirs[: max(FEWEST, round(fraction * len(theirs)))])
        weight = None if sample.weight is None else sample.weight[kept]
        seed = context.derived_seed("fewer", probe, int(number))
        out[held] = fitted(probe, context.task, x[kept], sample.y[kept], weight, seed)(x[held])
        sizes.append(len(kept))
    return Fewer(round(float(np.mean(sizes))), out)


def extrapolated(context: Context, curve: list[Fewer], n_rows: float) -> Interval | None:
    """The deciding metric at more rows, by a power law of the error; None where the curve does not say.

    error(n) = floor + height · n^-power is fitted to the curve's scores on resampled rows, the same rows for every
    point, so that the interval holds both the noise of the scores and that of the fit.
    """
    sample, metric = probe_sample(context), context.metric
    random = generator(context.derived_seed("learning curve"), "draws")
    sizes = np.array([one.n_rows for one in curve], "float64")
    if len(sizes) < 3:
        return None
    guesses, rows = [], Resampling.of(len(sample), sample.units)
    for draw in range(DRAWS + 1):
        times = rows.times(random)
        times = np.ones(len(sample)) if draw == 0 else times
        weight = times if sample.weight is None else times * sample.weight
        scores = np.array([metric.score(sample.y, one.predictions, weight) for one in curve])
        guesses.append(_at(sizes, scores, n_rows, metric.is_higher_better))
    own = bootstrap(metric, sample.y, curve[-1].predictions, sample.weight, context.seed, DRAWS, units=sample.units)
    sign = 1.0 if metric.is_higher_better else -1.0
    if sign * (guesses[0] - own.value) < 0:  # a curve that gets steeper follows no power law yet
        return None
    low, high = np.quantile(rows.widened(np.array(guesses[1:]), guesses[0]), [0.025, 0.975])
    return Interval(guesses[0], min(float(low), guesses[0]), max(float(high), guesses[0]))


def _at(sizes: np.ndarray, scores: np.ndarray, n_rows: float, is_higher_better: bool) -> float:
    """The score at `n_rows` of the law that fits best: for each power the floor and height are least squares."""
    from scipy.optimize import nnls

    errors = 1.0 - scores if is_higher_better else scores
    fits = []
    for power in POWERS:
        falling = (sizes / sizes[-1]) ** -power
        (floor, height), missed = nnls(np.column_stack([np.ones(len(sizes)), falling]), np.maximum(errors, 0.0))
        fits.append((missed, floor + height * (n_rows / sizes[-1]) ** -power))
    error = float(min(fits)[1])
    return 1.0 - error if is_higher_better else error
