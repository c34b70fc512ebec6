"""Dumb and classical baselines by scikit-learn: what any network must beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.seeds import generator
from wizard.data.form import FeaturesForm, SeriesForm, TokensForm
from wizard.data.task import Task
from wizard.training.prepared import Prepared

MOST_STEPS = 64  # of a series: block means; more columns cost boosted trees seconds and tell little more
LARGEST_SIDE = 16  # pixels: on more, classical methods take minutes and hardly get better
MOST_CLASSES = 50  # of boosted trees: a tree a class and round takes minutes beyond
MOST_LABELS = 10  # labels or targets that get boosted trees: a forest each
MANY_CODES = 50  # categories with more codes are given to linear models as numbers of their frequency rank
MOST_WORDS = 1_000  # of texts, the most frequent: linear models on more take minutes and hardly get better
ROWS_AT_A_TIME = 4_096
MOST_LINEAR_CLASSES = 1_000  # of a linear model: a step takes the time of all classes, and hundreds are made
MOST_LEAVES = 512  # of a tree on one column: each leaf keeps a number a class
NEIGHBOURS = 5
TREES = 100  # boosting rounds, stopped early; enough for a baseline, seconds on 10,000 rows
MOST_TREES = 300  # over all classes: each round grows one tree a class, and fewer rounds learn as much at a higher rate
LEAST_ROUNDS = 10
MANY_FEATURES, FEW_BINS = 50, 31  # of boosted trees: as good on pixels, and four times as fast as with 255 bins
TOO_MANY_FEATURES, FEATURES_OF_TREES = 800, 200  # with more (words), trees grow on those that tell most, in seconds
RATE, MOST_RATE = 0.1, 0.3  # of boosting with all rounds, and with few
STOPPING_SHARE = 0.1  # of the rows decide when boosting stops
LINEAR_STEPS = 300
WORTH_THREADS = 2_000_000  # numbers: with fewer, threads that wait for each other cost more than they save
ROWS_OF_NEIGHBOURS = 10_000  # training rows that nearest neighbours search
ROWS_OF_COLUMNS = 5_000  # rows on which single columns are compared
COLUMNS_AT_A_TIME = 1024
PICTURES_AT_A_TIME = 1024  # made small together: 36 MB of them at 96 pixels a side
BINS_OF_COLUMNS = 8  # quantile bins of a column, as many as the leaves of the tree that is grown on it


def flat(prepared: Prepared, rows: np.ndarray) -> np.ndarray:
    """(n, d) float32: small pixels in 0–1, small curves, TF-IDF, or numeric features beside one-hot categories."""
    if isinstance(prepared.form, TokensForm):
        return _tf_idf(prepared.tensors["tokens"], prepared.train, rows)
    if isinstance(prepared.form, SeriesForm):
        return _curves((prepared.tensors["series"][rows] - prepared.channel_mean) / prepared.channel_std)
    if not isinstance(prepared.form, FeaturesForm):
        pictures, at_a_time = prepared.tensors["image"], PICTURES_AT_A_TIME
        return np.concatenate(
            [_pixels(pictures[rows[i : i + at_a_time]]) for i in range(0, max(len(rows), 1), at_a_time)]
        )
    parts = [prepared.tensors["numeric"][rows]] if prepared.form.numeric else []
    codes: Any = prepared.tensors["categories"][rows] if prepared.form.cardinalities else None
    for number, n_codes in enumerate(prepared.form.cardinalities):
        code = codes[:, number]
        is_short = n_codes <= MANY_CODES
        parts.append(np.eye(n_codes, dtype="float32")[code] if is_short else code[:, None].astype("float32") / n_codes)
    return np.concatenate(parts, axis=1)


def flat_names(prepared: Prepared) -> list[str]:
    """(d,) the column behind each feature that `flat` gives, for tables."""
    form = prepared.form
    assert isinstance(form, FeaturesForm)
    names = list(form.numeric)
    for name, n_codes in zip(form.categories, form.cardinalities, strict=True):
        names += [name] * (n_codes if n_codes <= MANY_CODES else 1)
    return names


def _curves(series: np.ndarray) -> np.ndarray:
    """(n, t, c) standardised series to (n, d): block means, then mean, spread, extremes and slope of each channel."""
    n, length, _ = series.shape
    starts = np.unique(np.arange(MOST_STEPS) * length // MOST_STEPS)
    sizes = np.diff(starts, append=length)
    blocks = np.add.reduceat(series, starts, axis=1) / sizes[None, :, None].astype("float32")
    time = np.linspace(-1, 1, length, dtype="float32") if length > 1 else np.zeros(1, "float32")
    slope = np.einsum("ntc,t->nc", series, time) / max(float((time**2).sum()), 1.0)
    parts = (blocks.reshape(n, -1), series.mean(1), series.std(1), series.min(1), series.max(1), slope)
    return np.concatenate(parts, axis=1).astype("float32")


def _pixels(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w, c) pictures to (n, d): means of square blocks where they are large, 8-bit ones in 0–1."""
    n, height, width, channels = pictures.shape
    size = -(-max(height, width) // LARGEST_SIDE)
    scale = 255.0 if pictures.dtype == np.uint8 else 1.0
    if size == 1 or min(height, width) < size:
        return pictures.reshape(n, -1).astype("float32") / scale
    down, across = height // size, width // size
    blocks = pictures[:, : down * size, : across * size].reshape(n, down, size, across, size, channels)
    return (blocks.mean((2, 4), dtype="float32") / scale).reshape(n, -1)


def _tf_idf(tokens: np.ndarray, train: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(n, d) weights of the most frequent words: logarithmic counts, less for common words, rows of unit length."""
    counts = _word_counts(tokens[rows])
    seen = np.zeros(counts.shape[1])
    for start in range(0, len(train), ROWS_AT_A_TIME):
        seen += (_word_counts(tokens[train[start : start + ROWS_AT_A_TIME]]) > 0).sum(0)
    idf = np.log((1 + len(train)) / (1 + seen)) + 1
    more = counts > 1
    counts[more] = 1 + np.log(counts[more])
    weights = counts * idf.astype("float32")
    length = np.linalg.norm(weights, axis=1, keepdims=True)
    return np.divide(weights, length, out=weights, where=length > 0)


def _word_counts(tokens: np.ndarray) -> np.ndarray:
    """(n, MOST_WORDS) float32 counts of unknown and frequent words in codes (n, t)."""
    n, codes = len(tokens), tokens - 1  # unknown first, none is -1
    is_counted = (codes >= 0) & (codes < MOST_WORDS)
    places = np.arange(n)[:, None] * MOST_WORDS + codes
    counted = np.bincount(places[is_counted], minlength=n * MOST_WORDS)
    return counted.reshape(n, MOST_WORDS).astype("float32")


Fit = Callable[[np.ndarray, np.ndarray, "np.ndarray | None"], Callable[[np.ndarray], np.ndarray]]


def dumb_baselines(task: Task, seed: int) -> dict[str, Fit]:
    """{name: fit}; fit(x, y, weight) -> predict(x) giving probabilities (n, k) or targets (n,), dumbest first.

    Several labels or targets are learnt one by one: y is (n, m) then, and so are the predictions.
    """
    if task.is_multilabel or task.targets:
        single = Task(kind="binary", target=task.target, classes=("no", "yes"))
        if task.targets:
            single = Task(kind="regression", target=task.target)
        fits = dumb_baselines(single, seed)
        if task.n_outputs > MOST_LABELS:
            del fits["boosted trees"]
        return {name: _one_by_one(fit) for name, fit in fits.items()}
    from sklearn import dummy, ensemble, linear_model, neighbors, tree

    rounds = int(np.clip(MOST_TREES // task.n_outputs, LEAST_ROUNDS, TREES))
    if task.is_classification:
        models: dict[str, Any] = {
            "majority class": dummy.DummyClassifier(strategy="prior"),
            "stratified guess": dummy.DummyClassifier(strategy="stratified", random_state=seed),
            "best single feature": tree.DecisionTreeClassifier(
                max_leaf_nodes=min(max(8, 2 * task.n_outputs), MOST_LEAVES), random_state=seed
            ),
            "linear model": linear_model.LogisticRegression(max_iter=LINEAR_STEPS),
            "nearest neighbours": neighbors.KNeighborsClassifier(NEIGHBOURS),
            "boosted trees": ensemble.HistGradientBoostingClassifier(
                max_iter=rounds,
                learning_rate=min(RATE * TREES / rounds, MOST_RATE),
                early_stopping=True,
                validation_fraction=STOPPING_SHARE,
                random_state=seed,
            ),
        }
    else:
        models = {
            "mean": dummy.DummyRegressor(strategy="mean"),
            "median": dummy.DummyRegressor(strategy="median"),
            "best single feature": tree.DecisionTreeRegressor(max_leaf_nodes=8, random_state=seed),
            "linear model": linear_model.RidgeCV(alphas=np.logspace(-2, 4, 13)),
            "nearest neighbours": neighbors.KNeighborsRegressor(NEIGHBOURS),
            "boosted trees": ensemble.HistGradientBoostingRegressor(
                max_iter=TREES, early_stopping=True, validation_fraction=STOPPING_SHARE, random_state=seed
            ),
        }
    if task.n_outputs > MOST_CLASSES:
        del models["boosted trees"]
    if task.n_outputs > MOST_LINEAR_CLASSES:
        del models["linear model"]
    return {name: _fit(name, model, task, seed) for name, model in models.items()}


def _one_by_one(fit: Fit) -> Fit:
    """Fits labels or targets (n, m) a column each."""

    def fit_all(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Callable[[np.ndarray], np.ndarray]:
        predicts = [fit(x, column, weight) for column in y.T]

        def predict(new: np.ndarray) -> np.ndarray:
            columns = [one(new) for one in predicts]
            return np.column_stack([column[:, 1] if column.ndim == 2 else column for column in columns])

        return predict

    return fit_all


def _fit(name: str, model: Any, task: Task, seed: int) -> Fit:
    def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Callable[[np.ndarray], np.ndarray]:
        import warnings

        from sklearn.base import clone
        from sklearn.dummy import DummyClassifier
        from sklearn.exceptions import ConvergenceWarning
        from threadpoolctl import threadpool_limits

        fresh = clone(model)
        if task.is_classification and len(np.unique(y)) == 1:
            fresh = DummyClassifier(strategy="prior")  # there is nothing to tell apart
        columns: Any = slice(None)
        if name == "best single feature":
            columns = [best_column(x, y, task)]
        if name == "boosted trees" and x.shape[1] > TOO_MANY_FEATURES:
            columns = np.sort(np.argsort(-explained_by(x, y, task), kind="stable")[:FEATURES_OF_TREES])
        if name == "nearest neighbours":
            rows = generator(seed, "neighbours").permutation(len(x))[:ROWS_OF_NEIGHBOURS]  # rows may be sorted by class
            x, y, weight = x[rows], y[rows], None
            fresh.set_params(**({"n_neighbors": min(NEIGHBOURS, len(x))} if hasattr(fresh, "n_neighbors") else {}))
        arguments = {} if weight is None else {"sample_weight": weight}
        x = x[:, columns]
        if hasattr(fresh, "max_bins") and x.shape[1] > MANY_FEATURES:
            fresh.set_params(max_bins=FEW_BINS)
        if hasattr(fresh, "early_stopping") and not _can_hold_out(y, task):
            fresh.set_params(early_stopping=False)
        threads = 1 if x.size < WORTH_THREADS else None
        with warnings.catch_warnings(), threadpool_limits(threads):
            warnings.simplefilter("ignore", ConvergenceWarning)  # a dumb baseline need not have converged
            warnings.filterwarnings("ignore", "The number of unique classes")  # explore's imbalance says it
            fresh.fit(x, y, **arguments)
        if not task.is_classification:
            return lambda new: fresh.predict(new[:, columns])

        def predict(new: np.ndarray) -> np.ndarray:
            spread = np.zeros((len(new), task.n_outputs))
            spread[:, fresh.classes_] = fresh.predict_proba(new[:, columns])
            return spread

        return predict

    return fit


def _can_hold_out(y: np.ndarray, task: Task) -> bool:
    """Whether a stratified early-stopping set can be drawn: two rows of every class, and one of each in the set."""
    if len(y) < 50:
        return False
    counts = np.unique(y, return_counts=True)[1]
    return not task.is_classification or bool(counts.min() >= 2 and STOPPING_SHARE * len(y) >= len(counts))


def best_column(x: np.ndarray, y: np.ndarray, task: Task) -> int:
    """The column that tells most of the target."""
    return int(explained_by(x, y, task).argmax())


def explained_by(x: np.ndarray, y: np.ndarray, task: Task) -> np.ndarray:
    """(d,) how much of the target each column's quantile bins explain: of its variance, or its classes' indicators.

    Args:
        x: (n, d) features.
        y: (n,) codes or targets, or (n, m) labels or targets.
        task: Which of them.
    """
    from scipy.sparse import csr_array

    rows = np.linspace(0, len(x) - 1, min(len(x), ROWS_OF_COLUMNS)).astype(int)
    x, y = x[rows], y[rows]
    if task.is_exclusive:
        targets: Any = csr_array((np.ones(len(y)), (np.arange(len(y)), y)), shape=(len(y), task.n_outputs))
    else:
        targets = (y - y.mean(0)).reshape(len(y), -1)
        targets = targets / np.maximum(targets.std(0), 1e-12)
    blocks = (x[:, start : start + COLUMNS_AT_A_TIME] for start in range(0, x.shape[1], COLUMNS_AT_A_TIME))
    return np.concatenate([_explained(block, targets) for block in blocks])


def _explained(x: np.ndarray, targets: Any) -> np.ndarray:
    """(d,) squares between the quantile bins of each column, for targets (n, k)."""
    edges = np.quantile(x, np.linspace(0, 1, BINS_OF_COLUMNS + 1)[:-1], axis=0)  # (bins, d), the least value first
    number = sum((x > edge).astype("int8") for edge in edges)  # (n, d) bins; the least value's is number 0
    explained = np.zeros(x.shape[1])
    for one in range(BINS_OF_COLUMNS + 1):
        inside = (number == one).astype("float64")  # (n, d)
        explained += ((inside.T @ targets) ** 2).sum(1) / np.maximum(inside.sum(0), 1)
    return explained
