"""Dumb and classical baselines by scikit-learn: what any network must beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.data.form import FeaturesForm
from wizard.data.task import Task
from wizard.training.prepared import Prepared

MANY_CODES = 50  # categories with more codes are given to linear models as numbers of their frequency rank
NEIGHBOURS = 5
TREES = 100  # boosting rounds, stopped early; enough for a baseline, seconds on 10,000 rows
LINEAR_STEPS = 300
ROWS_OF_NEIGHBOURS = 10_000  # training rows that nearest neighbours search


def flat(prepared: Prepared, rows: np.ndarray) -> np.ndarray:
    """(n, d) float32: pixels in 0–1, or numeric features beside one-hot categories."""
    if not isinstance(prepared.form, FeaturesForm):
        return prepared.tensors["image"][rows].reshape(len(rows), -1).astype("float32") / 255.0
    parts = [prepared.tensors["numeric"][rows]] if prepared.form.numeric else []
    for number, n_codes in enumerate(prepared.form.cardinalities):
        code = prepared.tensors["categories"][rows, number]
        is_short = n_codes <= MANY_CODES
        parts.append(np.eye(n_codes, dtype="float32")[code] if is_short else code[:, None].astype("float32") / n_codes)
    return np.concatenate(parts, axis=1)


Fit = Callable[[np.ndarray, np.ndarray, "np.ndarray | None"], Callable[[np.ndarray], np.ndarray]]


def dumb_baselines(task: Task, seed: int) -> dict[str, Fit]:
    """{name: fit}; fit(x, y, weight) -> predict(x) giving probabilities (n, k) or targets (n,), dumbest first."""
    from sklearn import dummy, ensemble, linear_model, neighbors, tree

    if task.is_classification:
        models: dict[str, Any] = {
            "majority class": dummy.DummyClassifier(strategy="prior"),
            "stratified guess": dummy.DummyClassifier(strategy="stratified", random_state=seed),
            "best single feature": tree.DecisionTreeClassifier(
                max_leaf_nodes=max(8, 2 * task.n_outputs), random_state=seed
            ),
            "linear model": linear_model.LogisticRegression(max_iter=LINEAR_STEPS),
            "nearest neighbours": neighbors.KNeighborsClassifier(NEIGHBOURS),
            "boosted trees": ensemble.HistGradientBoostingClassifier(
                max_iter=TREES, early_stopping=True, random_state=seed
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
                max_iter=TREES, early_stopping=True, random_state=seed
            ),
        }
    return {name: _fit(name, model, task) for name, model in models.items()}


def _fit(name: str, model: Any, task: Task) -> Fit:
    def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Callable[[np.ndarray], np.ndarray]:
        import warnings

        from sklearn.base import clone
        from sklearn.exceptions import ConvergenceWarning

        fresh = clone(model)
        columns: Any = slice(None)
        if name == "best single feature":
            columns = [_best_column(x, y, fresh, weight)]
        if name == "nearest neighbours":
            x, y, weight = x[:ROWS_OF_NEIGHBOURS], y[:ROWS_OF_NEIGHBOURS], None
        arguments = {} if weight is None else {"sample_weight": weight}
        if name == "boosted trees" and not _can_hold_out(y, task):
            fresh.set_params(early_stopping=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a dumb baseline need not have converged
            fresh.fit(x[:, columns], y, **arguments)
        if not task.is_classification:
            return lambda new: fresh.predict(new[:, columns])

        def predict(new: np.ndarray) -> np.ndarray:
            spread = np.zeros((len(new), task.n_outputs))
            spread[:, fresh.classes_] = fresh.predict_proba(new[:, columns])
            return spread

        return predict

    return fit


def _can_hold_out(y: np.ndarray, task: Task) -> bool:
    """Whether every class has the two rows that a stratified early-stopping set needs."""
    return not task.is_classification or bool(np.min(np.unique(y, return_counts=True)[1]) >= 2 and len(y) >= 50)


def _best_column(x: np.ndarray, y: np.ndarray, tree: Any, weight: np.ndarray | None) -> int:
    """The column that tells most: by mutual information's cheap stand-in, a small tree's own training score."""
    rows = np.linspace(0, len(x) - 1, min(len(x), 2000)).astype(int)
    spread = np.flatnonzero(x[rows].std(0) > 0)
    if not len(spread):
        return 0
    scores = [tree.fit(x[rows][:, [column]], y[rows]).score(x[rows][:, [column]], y[rows]) for column in spread]
    return int(spread[int(np.argmax(scores))])
