"""Cheap classical probes: what can be told of the labels from features, on rows that the probe did not see.

Every question of explore is asked the same way: two views of the same rows, the same probe, the same folds; the
difference counts only beyond its noise band. The probes see a seeded sample of the training rows, so that time and
memory do not grow with the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from wizard.core.registry import load
from wizard.data.task import Task
from wizard.stages.context import Context
from wizard.training.compare import Association, Interval, association, bootstrap, gain_between
from wizard.training.metrics import Metric
from wizard.training.probes import WORTH_THREADS

VIEWS = "wizard.stages.views"  # a file a modality
MOST_ROWS = 4_000  # the standard error of an accuracy is then below 0.8 points
FOLDS = 5
PENALTIES = np.logspace(-3, 6, 19)  # of the linear probe, for standardised features; chosen by leave-one-out
TREES = 50  # of a forest: it is compared with itself on another view, and need not be the best there is
LEAF = 3  # rows of a tree's leaf at least: single ones are learnt by heart
TREE_FEATURES, MOST_TARGETS = 256, 20  # of many features those that tell most of the first targets: trees take minutes
NEIGHBOURS = 5
ROUNDS, LEAST_ROUNDS, MOST_ROUNDS = 300, 15, 100  # of boosting, over all targets: a second or two in all
DRAWS = 200  # bootstrap draws of a noise band: its ends are known to a few percent of its width
ProbeName = Literal["linear", "trees", "neighbours", "added", "combined"]
Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Sample:
    """The rows that probes see.

    Attributes:
        rows: (n,) training rows, sorted.
        y: (n,) class codes or targets, or (n, m) labels or targets.
        weight: (n,) or None.
        fold: (n,) number of the fold that holds each row out; copies and groups stay in one.
        units: (n,) number of the unit (group, or set of copies) of each row.
    """

    rows: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    fold: np.ndarray
    units: np.ndarray

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def only(self, places: np.ndarray) -> Sample:
        """The sample at some of its places (indices or a mask)."""
        weight = None if self.weight is None else self.weight[places]
        return Sample(self.rows[places], self.y[places], weight, self.fold[places], self.units[places])


def probe_sample(context: Context) -> Sample:
    """The rows that all probes of the stage share."""
    sample: Sample = context.once("sample of the probes", lambda: _drawn(context))
    return sample


def whole(context: Context) -> np.ndarray:
    """(n, d) features of the sample's whole examples, as its modality sees them."""
    look = load(VIEWS, context.dataset.modality)
    x: np.ndarray = context.once("whole examples", lambda: look.features(context, probe_sample(context).rows))
    return x


def whole_by_line(context: Context) -> np.ndarray:
    """What the linear probe says of whole examples out of fold: asked by many steps, fitted once."""
    predictions: np.ndarray = context.once("whole examples by linear", lambda: out_of_fold(context, whole(context)))
    return predictions


def out_of_fold(
    context: Context, x: np.ndarray, probe: ProbeName = "linear", sample: Sample | None = None
) -> np.ndarray:
    """Predictions for the sample's rows, each by a probe that did not see its fold.

    Args:
        context: Of the step.
        x: (n, d) features of the sample's rows.
        probe: "linear" (ridge on standardised features), "trees" (extremely randomised), "neighbours", or boosted trees
            that use features one by one ("added") or together ("combined").
        sample: Another sample than the stage's.

    Returns:
        (n, k) shares that sum to 1, (n, k) shares of labels, or targets in their own unit, (n,) or (n, m).
    """
    sample = probe_sample(context) if sample is None else sample
    task = context.task
    out = np.empty(task.answers_shape(len(sample)))
    for number in np.unique(sample.fold):
        held = sample.fold == number
        weight = None if sample.weight is None else sample.weight[~held]
        seed = context.derived_seed("probe", probe, int(number))
        out[held] = fitted(probe, task, x[~held], sample.y[~held], weight, seed)(x[held])
    return out


def fitted(probe: ProbeName, task: Task, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, seed: int) -> Predict:
    """Fits a probe; returns predict(x)."""
    from threadpoolctl import threadpool_limits

    targets = _indicators(task, y)
    with threadpool_limits(1 if x.size < WORTH_THREADS else None):
        predict = FITS[probe](x, targets, weight, seed)

    def answer(new: np.ndarray) -> np.ndarray:
        predicted = predict(new)
        if not task.is_classification:
            return predicted.reshape(task.answers_shape(len(new)))
        predicted = np.clip(predicted, 1e-6, 1.0)
        return predicted / predicted.sum(1, keepdims=True) if task.is_exclusive else predicted

    return answer


def score(context: Context, predictions: np.ndarray, sample: Sample | None = None) -> Interval:
    """The deciding metric of out-of-fold predictions, with its 95% interval over rows."""
    sample = probe_sample(context) if sample is None else sample
    return bootstrap(context.metric, sample.y, predictions, sample.weight, context.seed, DRAWS, units=sample.units)


def gain(context: Context, new: np.ndarray, old: np.ndarray, sample: Sample | None = None) -> Interval:
    """How much better predictions are than others for the same rows, paired, in the deciding metric; > 0 is better."""
    sample = probe_sample(context) if sample is None else sample
    return gain_between(context.metric, sample.y, [new], [old], sample.weight, context.seed, DRAWS, units=sample.units)


def guess(context: Context, sample: Sample | None = None) -> np.ndarray:
    """What guessing predicts for each row: shares of classes or means, of the other folds."""
    sample = probe_sample(context) if sample is None else sample
    targets = _indicators(context.task, sample.y)
    out = np.empty_like(targets)
    for number in np.unique(sample.fold):
        held = sample.fold == number
        weight = None if sample.weight is None else sample.weight[~held]
        out[held] = np.average(targets[~held], axis=0, weights=weight)
    return out.reshape(context.task.answers_shape(len(sample)))


def skill(context: Context, predictions: np.ndarray, sample: Sample | None = None) -> float:
    """Share of what guessing misses that predictions get right: 0 as good as guessing, 1 perfect; may be negative."""
    sample = probe_sample(context) if sample is None else sample
    metric = context.metric
    floor = metric.score(sample.y, guess(context, sample), sample.weight)
    return skill_of(metric, metric.score(sample.y, predictions, sample.weight), floor)


def skill_of(metric: Metric, reached: float, guessed: float) -> float:
    """The share of what guessing misses that a score gets right."""
    best = 1.0 if metric.is_higher_better else 0.0
    return (reached - guessed) / (best - guessed) if best != guessed else 0.0


def beyond_chance(context: Context, predictions: np.ndarray, sample: Sample | None = None) -> Association:
    """Whether predictions know something of the labels: against 999 permutations of them within folds."""
    sample = probe_sample(context) if sample is None else sample
    return association(sample.y, predictions, sample.fold, context.derived_seed("permutations"), units=sample.units)


def draw_folds(
    rows: np.ndarray, strata: np.ndarray, units: np.ndarray, random: np.random.Generator, n: int = FOLDS
) -> np.ndarray:
    """(n,) folds: units (copies, groups) are dealt out whole, those of one stratum in turn.

    Args:
        rows: (n,) rows.
        strata: (n,) number of each row's class or tenth.
        units: (n,) number of each row's unit.
        random: Draws the order.
        n: Folds.
    """
    _, unit = np.unique(units, return_inverse=True)
    first = np.full(int(unit.max()) + 1, -1)
    first[unit[::-1]] = strata[::-1]  # a unit counts as its first row does
    order = random.permutation(len(first))
    order = order[np.argsort(first[order], kind="stable")]
    fold = np.empty(len(first), int)
    fold[order] = np.arange(len(first)) % n
    return fold[unit]


def strata_of(task: Task, y: np.ndarray) -> np.ndarray:
    """(n,) number of each row's class, rarest label, or tenth of the target."""
    from wizard.data.split import rarest_label

    if task.is_exclusive:
        return y
    if task.is_multilabel:
        return rarest_label(y)
    values = y if y.ndim == 1 else ((y - y.mean(0)) / np.maximum(y.std(0), 1e-300)).mean(1)
    return np.searchsorted(np.quantile(values, np.linspace(0, 1, 11)[1:-1]), values)


def _drawn(context: Context) -> Sample:
    rows = context.sample(context.train_rows, MOST_ROWS, "probes")
    y = context.y(rows)
    units = context.units(rows)
    apart = units if len(np.unique(units)) > 1 else rows  # one group only: its rows are all there is
    fold = draw_folds(rows, strata_of(context.task, y), apart, context.random("folds of the probes"))
    return Sample(rows, y, context.weight(rows), fold, units)


def _indicators(task: Task, y: np.ndarray) -> np.ndarray:
    """(n, k) 0 and 1 of classes or labels, or (n, m) targets."""
    if task.is_exclusive:
        return np.eye(task.n_outputs)[y]
    return y.reshape(len(y), -1).astype("float64")


def _ridge(x: np.ndarray, targets: np.ndarray, weight: np.ndarray | None, seed: int) -> Predict:
    """Ridge regression of all targets at once, its penalty chosen by leave-one-out (Golub, Heath and Wahba 1979).

    From the eigenvectors of the smaller of the two Gram matrices: ten times as fast as scikit-learn's RidgeCV, which
    takes the singular values of x, and a stage asks for hundreds of fits. Nothing in it is random.
    """
    w = np.ones(len(x)) if weight is None else weight / weight.mean()
    mean, centre = np.average(x, axis=0, weights=w), np.average(targets, axis=0, weights=w)
    spread = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=w))
    spread = np.where(spread > 1e-6 * np.maximum(np.abs(mean), 1e-12), spread, np.inf)  # constant ones tell nothing
    root = np.sqrt(w)[:, None]
    z = ((x - mean) / spread * root).astype("float64")  # (n, d)
    t = (targets - centre) * root  # (n, k)
    is_wide = z.shape[1] > len(z)
    values, vectors = np.linalg.eigh(z @ z.T if is_wide else z.T @ z)
    is_kept = values > 1e-10 * max(float(values.max()), 1e-300)
    values, vectors = values[is_kept], vectors[:, is_kept]
    left = vectors if is_wide else z @ vectors / np.sqrt(values)  # (n, r) orthonormal
    inside = left.T @ t  # (r, k)
    squares, penalties = left**2, PENALTIES * len(z) / 1000

    def missed_by(number: int) -> float:
        """What leave-one-out misses with one of the penalties."""
        shrink = values / (values + penalties[number])
        leverage = squares @ shrink + w / w.sum()
        missed = (t - left @ (shrink[:, None] * inside)) / np.maximum(1 - leverage, 1e-9)[:, None]
        return float((missed**2).sum())

    errors = {number: missed_by(number) for number in range(0, len(penalties), 2)}
    best = min(errors, key=lambda number: errors[number])  # the curve has one valley: then the two beside its lowest
    errors |= {number: missed_by(number) for number in (best - 1, best + 1) if 0 <= number < len(penalties)}
    best = min(errors, key=lambda number: errors[number])
    slope = z.T @ (left @ (inside / (values + penalties[best])[:, None]))  # (d, k)
    return lambda new: (new - mean) / spread @ slope + centre


def _trees(x: np.ndarray, targets: np.ndarray, weight: np.ndarray | None, seed: int) -> Predict:
    """Extremely randomised trees (Geurts, Ernst and Wehenkel 2006) that regress all targets at once."""
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.feature_selection import f_regression

    if x.shape[1] > TREE_FEATURES:
        tells = sum(np.nan_to_num(f_regression(x, column)[0]) for column in targets.T[:MOST_TARGETS])
        kept = np.sort(np.argsort(-tells, kind="stable")[:TREE_FEATURES])
        predict = _trees(x[:, kept], targets, weight, seed)
        return lambda new: predict(new[:, kept])
    model = ExtraTreesRegressor(TREES, min_samples_leaf=LEAF, max_features=_tried(x.shape[1]), random_state=seed)
    model.fit(x, targets.squeeze(), sample_weight=weight)
    return lambda new: np.asarray(model.predict(new)).reshape(len(new), -1)


def _neighbours(x: np.ndarray, targets: np.ndarray, weight: np.ndarray | None, seed: int) -> Predict:
    """The mean of the nearest neighbours' targets, on standardised features."""
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), KNeighborsRegressor(min(NEIGHBOURS, len(x)))).fit(x, targets)
    return lambda new: np.asarray(model.predict(new)).reshape(len(new), -1)


def _boosted(are_combined: bool) -> Callable[..., Predict]:
    """Boosted trees of which each looks at one feature only, or at any: the difference is what combining adds.

    Classes and labels are told by log odds, to which single features add up; shares would not.
    """

    def fit(x: np.ndarray, targets: np.ndarray, weight: np.ndarray | None, seed: int) -> Predict:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        is_share = bool(np.isin(targets, (0.0, 1.0)).all())
        is_exclusive = is_share and targets.shape[1] > 1 and bool((targets.sum(1) == 1).all())
        options: dict[str, Any] = {
            "max_iter": int(np.clip(ROUNDS // targets.shape[1], LEAST_ROUNDS, MOST_ROUNDS)),
            "learning_rate": 0.15,
            "max_leaf_nodes": 8,
            "interaction_cst": None if are_combined else "no_interactions",
            "early_stopping": False,
            "random_state": seed,
        }
        if not is_share:
            numbers = [HistGradientBoostingRegressor(**options).fit(x, column, weight) for column in targets.T]
            return lambda new: np.column_stack([model.predict(new) for model in numbers])
        columns = [targets.argmax(1)] if is_exclusive else list(targets.T.astype(int))
        told = [_told(HistGradientBoostingClassifier(**options), x, column, weight) for column in columns]
        if is_exclusive:
            return lambda new: told[0](new, targets.shape[1])
        return lambda new: np.column_stack([one(new, 2)[:, 1] for one in told])

    return fit


def _told(model: Any, x: np.ndarray, codes: np.ndarray, weight: np.ndarray | None) -> Callable[..., np.ndarray]:
    """Fits a classifier; returns predict(x, k) -> (n, k) shares, also of classes that it never saw."""
    known = np.unique(codes)
    if len(known) > 1:
        model.fit(x, codes, weight)

    def predict(new: np.ndarray, k: int) -> np.ndarray:
        spread = np.zeros((len(new), k))
        spread[:, known] = model.predict_proba(new) if len(known) > 1 else 1.0
        return spread

    return predict


FITS: dict[ProbeName, Callable[..., Predict]] = {
    "linear": _ridge,
    "trees": _trees,
    "neighbours": _neighbours,
    "added": _boosted(are_combined=False),
    "combined": _boosted(are_combined=True),
}


def _tried(d: int) -> int:
    """Features that a tree tries for each cut: a third of few, the root of many."""
    return max(1, min(-(-d // 3), max(8, round(d**0.5))))
