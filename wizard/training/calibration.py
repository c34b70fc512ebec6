"""Probabilities that mean what they say, thresholds, and intervals that hold: fitted to and applied on predictions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from wizard.core.calibration import LEAST, Calibration
from wizard.data.task import THRESHOLD, Task
from wizard.training.metrics import Metric, criterion_for
from wizard.training.units import effective_rows, numbered

COLDEST, HOTTEST = 0.25, 10.0  # temperatures that are looked through: rows that are all right would ask for 0
THRESHOLDS = 200  # tried at most: quantiles of the probabilities, half of them of what is so and half of what is not
NEARBY = 43  # of them whose scores are averaged
# Calibrated on new rows of two normal distributions (half, 20%, 5% and 1% positive), of TabM's answers on Adult and of
# naive Bayes on tumours, for balanced accuracy, F1 and accuracy fitted to 150 to 4,000 rows: 21, 31 and 61 lose 14%, 5%
# and 3% more against the best threshold there is. Quantiles of all probabilities leave too few thresholds among those
# of a rare class: with 1% positive, 4,000 rows and F1 they lose .26, these .02.
BINS = 15  # of a reliability diagram (Guo et al. 2017), with as many rows each
ROWS_A_BIN = 20  # at least: the share that is right in fewer is mostly chance
MOST_DRAWN, FEWEST_DRAWS = 40_000_000, 20  # labels drawn for the null, half a second; and how often at least
FEW_UNITS = 10  # of fewer that go wrong the same way none can tell whether others would
BY_LABEL = ("label_f1", "label_accuracy", "subset_accuracy")  # metrics of labels that are named from a threshold on


@dataclass(frozen=True)
class Reliability:
    """How sure predictions are against how often they are right, bin by bin, the least sure first.

    Attributes:
        sure: (bins,) mean probability.
        right: (bins,) share that is right.
        rows: (bins,) how many, or their weight.
        worth: (bins,) how many independent rows of equal weight they are as good as.
        bias: How much surer than right answers are on average; below 0 they are too modest. Of labels an answer is
            the likelier side, that the label is there or that it is not.
    """

    sure: np.ndarray
    right: np.ndarray
    rows: np.ndarray
    worth: np.ndarray
    bias: float

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of the two, by rows (Naeini et al. 2015)."""
        return float(np.average(np.abs(self.sure - self.right), weights=self.rows))


def tempered(p: np.ndarray, temperature: float, task: Task) -> np.ndarray:
    """(n, k) probabilities to the power of 1 / temperature, normalised: over classes, or each label by itself."""
    if temperature == 1.0:
        return p
    clipped = np.clip(p, LEAST, 1.0)
    if task.is_multilabel:
        yes, no = clipped ** (1 / temperature), np.clip(1 - p, LEAST, 1.0) ** (1 / temperature)
        return yes / (yes + no)
    raised = clipped ** (1 / temperature)
    return raised / raised.sum(1, keepdims=True)


def fit_temperature(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None, task: Task) -> float:
    """The temperature at which the log loss of probabilities (n, k) is lowest (Guo et al. 2017)."""
    from scipy.optimize import minimize_scalar

    loss = criterion_for(task).score
    found = minimize_scalar(
        lambda log: loss(y, tempered(p, float(np.exp(log)), task), weight),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
    )
    return float(np.exp(found.x))


def has_threshold(metric: Metric, task: Task) -> bool:
    """Whether a metric depends on the probability from which on the second class, or a label, is named."""
    return (task.kind == "binary" and metric.needs_only_answers) or (task.is_multilabel and metric.name in BY_LABEL)


def fit_threshold(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None, metric: Metric, task: Task) -> float:
    """The threshold at which a metric is best; the middle of those that are equally good.

    Scores are those of thresholds nearby in the mean: the best of many single ones is the luckiest.
    """
    from scipy.ndimage import uniform_filter1d

    positive = p if task.is_multilabel else p[:, 1]
    parts = [part for part in (positive[y == 1], positive[y == 0]) if part.size]
    shares = np.linspace(0, 1, THRESHOLDS // 2)
    tried = np.unique(np.concatenate([[THRESHOLD], *(np.quantile(part, shares) for part in parts)]))
    between = (tried[1:] + tried[:-1]) / 2
    if not len(between):  # all say one half
        return THRESHOLD
    scores = np.array([metric.score(y, named(p, float(one), task), weight) for one in between])
    scores = scores if metric.is_higher_better else -scores
    scores = uniform_filter1d(scores, NEARBY, mode="nearest")
    best = np.flatnonzero(scores >= scores.max())
    return float(between[best[len(best) // 2]])


def named(p: np.ndarray, threshold: float, task: Task) -> np.ndarray:
    """What is named from a threshold on: codes (n,) of two classes, or labels (n, k) of 0 and 1."""
    if task.is_multilabel:
        return (p >= threshold).astype("float64")
    return (p[:, 1] >= threshold).astype("int64")


def calibrated(p: np.ndarray, calibration: Calibration | None, task: Task) -> np.ndarray:
    """Joined probabilities as the predictor gives them; numbers stay what they are."""
    if calibration is None or not task.is_classification:
        return p
    return tempered(p, calibration.temperature, task)


def as_scored(p: np.ndarray, calibration: Calibration | None, metric: Metric, task: Task) -> np.ndarray:
    """Joined predictions as a metric should see them: calibrated, and named by the threshold where it counts."""
    if calibration is None:
        return p
    after = calibrated(p, calibration, task)
    if calibration.threshold is None or not has_threshold(metric, task):
        return after
    return named(after, calibration.threshold, task)


def reliability(
    p: np.ndarray, y: np.ndarray, weight: np.ndarray | None, task: Task, units: np.ndarray | None = None
) -> Reliability:
    """Reliability of the likeliest class, or of every label."""
    sure, right, w = _claims(p, y, weight, task)
    unit = numbered(units)
    kin = None if unit is None else np.repeat(unit, len(sure) // len(p))
    order = np.argsort(sure, kind="stable")
    starts, rows = _bins(w[order])
    parts = np.split(order, starts[1:])
    worth = np.array([effective_rows(right[i], None if kin is None else kin[i], w[i]) for i in parts])
    said, came = (np.add.reduceat((w * values)[order], starts) / rows for values in (sure, right))
    surer = np.maximum(sure, 1 - sure) - (right == (sure >= THRESHOLD)) if task.is_multilabel else sure - right
    return Reliability(said, came, rows, worth, float(np.average(surer, weights=w)))


def chance_error(
    p: np.ndarray,
    weight: np.ndarray | None,
    task: Task,
    random: np.random.Generator,
    draws: int,
    y: np.ndarray | None = None,
    units: np.ndarray | None = None,
) -> np.ndarray:
    """Calibration errors of these probabilities if they were true: labels are drawn from them.

    Labels of several rows of one unit are not drawn one by one: how far they go wrong together is seen in y. What each
    such unit is off by is given a random size and sign then, which leaves no error but that of chance (the wild
    bootstrap of Wu 1986, by units). So many draws, or fewer where there are millions of probabilities, whose errors
    hardly differ.
    """
    unit = None if y is None else numbered(units)
    if y is None:
        y = np.zeros(len(p), "int64") if task.is_exclusive else np.zeros(p.shape)
    sure, right, w = _claims(p, y, weight, task)
    order = np.argsort(sure, kind="stable")
    sure, right, w = sure[order], right[order], w[order]
    starts, rows = _bins(w)
    draws = int(np.clip(MOST_DRAWN // len(sure), FEWEST_DRAWS, draws))

    said = np.add.reduceat(w * sure, starts) / rows

    def error(came: np.ndarray) -> float:
        return float(np.average(np.abs(said - np.add.reduceat(w * came, starts) / rows), weights=rows))

    if unit is None:
        return np.array([error(random.random(len(sure)) < sure) for _ in range(draws)])
    kin, is_alone = (np.repeat(one, len(sure) // len(p))[order] for one in (unit, np.bincount(unit)[unit] == 1))
    parts = zip(*(np.split(column, starts[1:]) for column in (right - sure, w, kin)), strict=True)
    off = np.concatenate([_off(*part) for part in parts])

    def came() -> np.ndarray:
        together = sure + off * random.normal(size=int(kin.max()) + 1)[kin]
        return np.where(is_alone, random.random(len(sure)) < sure, together)

    return np.array([error(came()) for _ in range(draws)])


def _off(off: np.ndarray, w: np.ndarray, kin: np.ndarray) -> np.ndarray:
    """What rows of a bin are off by beside what all of them are; of few units nobody knows, so all that they are."""
    n = len(np.unique(kin))
    return off if n < FEW_UNITS else (off - np.average(off, weights=w)) * np.sqrt(n / (n - 1))


def fit_half_widths(predictions: np.ndarray, y: np.ndarray, coverage: float) -> tuple[float, ...]:
    """Half of the interval about a prediction that holds the truth in so many cases, one a target.

    Split conformal prediction (Lei et al. 2018): the (n + 1) coverage-th smallest distance, of rows that were not
    trained on; where there are too few rows for it, the largest.
    """
    distance = np.sort(np.abs(y - predictions).reshape(len(y), -1), axis=0)
    rank = min(ceil((len(y) + 1) * Fraction(str(coverage))), len(y))  # a product of floats ends beside whole numbers
    return tuple(map(float, distance[rank - 1]))


def is_covered(predictions: np.ndarray, y: np.ndarray, half_widths: tuple[float, ...]) -> np.ndarray:
    """(n, m) whether each target lies within its interval."""
    return np.abs(y - predictions).reshape(len(y), -1) <= np.asarray(half_widths)


def _claims(
    p: np.ndarray, y: np.ndarray, weight: np.ndarray | None, task: Task
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n,) or (n k,) probabilities that are claimed, whether they came true, and weights."""
    w = np.ones(len(p)) if weight is None else weight
    if task.is_multilabel:
        return p.ravel(), y.ravel() > 0, np.repeat(w, p.shape[1])
    answer = p.argmax(1)
    return p[np.arange(len(p)), answer], answer == y, w


def _bins(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where groups of as many rows begin, and the weight in each."""
    n_bins = int(np.clip(len(w) // ROWS_A_BIN, 1, BINS))
    starts = np.arange(n_bins) * len(w) // n_bins
    return starts, np.add.reduceat(w, starts)
