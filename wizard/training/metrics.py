"""Metrics, computed once over whole sets (never averaged over batches); the tests hold them to scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from wizard.core.errors import OptionError, nearest
from wizard.data.task import THRESHOLD, Task

Scorer = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]
Count = Callable[[np.ndarray, np.ndarray | None], float]


def amount(value: float) -> str:
    """A quantity in its own unit: "181,100", "56.29", "0.004"; four digits at most say what matters."""
    rounded = float(f"{value:.4g}") + 0.0  # -0.0 becomes 0.0
    return f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else f"{rounded:g}"


def _all_rows(y: np.ndarray, w: np.ndarray | None) -> float:
    """How many rows of equal weight all of them are worth (Kish 1965)."""
    return float(len(y)) if w is None else float(w.sum() ** 2 / max(float((w**2).sum()), 1e-300))


def _rows_of_each(y: np.ndarray, w: np.ndarray | None) -> np.ndarray:
    """What the rows of each class that is there, or with each label, are worth."""
    groups = y.T > 0 if y.ndim == 2 else (y == code for code in np.unique(y))
    found = [_all_rows(y[own], None if w is None else w[own]) for own in groups if own.any()]
    return np.array(found or [0.0])


def _evenly(y: np.ndarray, w: np.ndarray | None) -> float:
    """The rows that a mean over classes rests on: rows of a rare one count for more, and few of them are few."""
    n = _rows_of_each(y, w)
    return float(len(n) ** 2 / (1 / np.maximum(n, 1e-300)).sum())


def _rarest(y: np.ndarray, w: np.ndarray | None) -> float:
    """Rows of the rarer class, on which an area rests."""
    return float(_rows_of_each(y, w).min())


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are.

    Attributes:
        name: Registered name.
        label: As pages and logs call it.
        score: (y, predictions, weights) -> number. Classification: codes (n,), or labels (n, k) of 0 and 1, and
            probabilities (n, k); regression: targets and predictions in the target's unit, (n,) or (n, m).
        is_higher_better: Direction.
        tasks: Kinds of task it is for.
        is_share: Whether it is a share, 0–1.
        needs_only_answers: Whether the most probable classes (n,) do as predictions, and probabilities add nothing.
        needs_both_classes: Whether rows of one class only have no such score.
        rests_on: (y, weights) -> how many rows a perfect score rests on.
        positive: Code of the class that it is about, where it is about one and that is known.
    """

    name: str
    label: str
    score: Scorer
    is_higher_better: bool
    tasks: tuple[str, ...]
    is_share: bool = True
    needs_only_answers: bool = False
    needs_both_classes: bool = False
    rests_on: Count = _all_rows
    positive: int | None = None

    def gain(self, new: float, old: float) -> float:
        """How much better `new` is than `old`; negative where it is worse."""
        return new - old if self.is_higher_better else old - new

    @property
    def column_format(self) -> Literal["plain", "share"]:
        """How a table's column shows it."""
        return "share" if self.is_share else "plain"

    def better(self, a: float, b: float) -> bool:
        """Whether a beats b."""
        return self.gain(a, b) > 0

    def words(self, value: float) -> str:
        """The number as a person reads it."""
        return f"{100 * value:.1f}%" if self.is_share else amount(value)


def _answers(p: np.ndarray) -> np.ndarray:
    return p.argmax(1) if p.ndim == 2 else p


def _accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(_answers(p) == y, weights=w))


def _balanced_accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    weight = np.ones(len(y)) if w is None else w
    n = np.bincount(y, weight)
    right = np.bincount(y, weight * (_answers(p) == y))
    return float(np.mean(right[n > 0] / n[n > 0]))


def _macro_f1(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    answer = _answers(p)
    k = 1 + max(int(y.max()), int(answer.max()))
    n = np.bincount(y, w, k)  # of each class, labelled
    named = np.bincount(answer, w, k)  # predicted
    right = np.bincount(y, answer == y if w is None else w * (answer == y), k)
    is_there = (n + named) > 0
    return float(np.mean(2 * right[is_there] / (n + named)[is_there]))


def _label_f1(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    weight = np.ones(len(y)) if w is None else w
    answer = p >= THRESHOLD
    right, named, n = weight @ (answer & (y > 0)), weight @ answer, weight @ y
    is_there = (n + named) > 0
    return float(np.mean(2 * right[is_there] / (n + named)[is_there])) if is_there.any() else 1.0


def _subset_accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(((p >= THRESHOLD) == (y > 0)).all(1), weights=w))


def _label_accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(((p >= THRESHOLD) == (y > 0)).mean(1), weights=w))


def _mean_average_precision(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    n = (y > 0).sum(0) if w is None else w @ (y > 0)
    there = np.flatnonzero(n > 0)  # a label that no row of weight has says nothing
    return float(np.mean([_average_precision(y[:, j] > 0, p[:, j], w) for j in there])) if len(there) else 0.0


def _label_log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(log_losses(y, p), weights=w))


def _pr_auc(y: np.ndarray, p: np.ndarray, w: np.ndarray | None, positive: int | None = None) -> float:
    rare = rarer_class(y) if positive is None else positive
    return _average_precision(y == rare, p[:, rare], w)


def rarer_class(y: np.ndarray) -> int:
    """Which of two classes has fewer rows."""
    return int(np.argmin(np.bincount(y, minlength=2)))


def _average_precision(is_positive: np.ndarray, score: np.ndarray, w: np.ndarray | None) -> float:
    found, false = _swept(is_positive, score, w)
    if found[-1] == 0:
        return 0.0
    precision = found / np.maximum(found + false, 1e-300)  # no weight above a threshold: nothing found, nothing added
    return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])


def _roc_auc(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    found, false = _swept(y == 1, p[:, 1], w)
    if found[-1] == 0 or false[-1] == 0:
        return 0.5
    area = np.sum(np.diff(false, prepend=0.0) * (found + np.concatenate([[0.0], found[:-1]])) / 2)
    return float(area / (found[-1] * false[-1]))


def _swept(is_positive: np.ndarray, score: np.ndarray, w: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Weights found and falsely found at every threshold, from the highest score down; equal scores fall together.

    scikit-learn's functions give the same numbers, but take milliseconds to check their arguments, and a bootstrap
    asks a thousand times.
    """
    order = np.argsort(-score, kind="stable")
    positive, weight = is_positive[order], np.ones(len(order)) if w is None else w[order]
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))  # of each run of equal scores
    return np.cumsum(weight * positive)[last], np.cumsum(weight * ~positive)[last]


def log_losses(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """(n,) cross-entropies in nats, of several labels their mean; probabilities below 1e-12 count as that."""
    if y.ndim == 2:
        return -np.log(np.clip(np.where(y > 0, p, 1 - p), 1e-12, None)).mean(1)
    return -np.log(np.clip(p[np.arange(len(y)), y], 1e-12, None))


def _log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(log_losses(y, p), weights=w))


def _rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.mean(np.sqrt(np.average((y - p) ** 2, axis=0, weights=w))))


def _mae(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.mean(np.average(np.abs(y - p), axis=0, weights=w)))


def _r2(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    spread = np.average((y - np.average(y, axis=0, weights=w)) ** 2, axis=0, weights=w)
    error = np.average((y - p) ** 2, axis=0, weights=w)
    return float(np.mean(np.where(spread > 0, 1 - error / np.where(spread > 0, spread, 1.0), 0.0)))


def _standardised_rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    spread = np.average((y - np.average(y, axis=0, weights=w)) ** 2, axis=0, weights=w)
    error = np.average((y - p) ** 2, axis=0, weights=w)
    return float(np.sqrt(np.mean(error / np.where(spread > 0, spread, 1.0))))


_CLASSES = ("binary", "multiclass")
_LABELS = ("multilabel",)
_AMOUNTS = ("regression",)
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", _accuracy, True, _CLASSES, needs_only_answers=True),
        Metric(
            "balanced_accuracy",
            "balanced accuracy",
            _balanced_accuracy,
            True,
            _CLASSES,
            needs_only_answers=True,
            rests_on=_evenly,
        ),
        Metric("macro_f1", "macro F1", _macro_f1, True, _CLASSES, needs_only_answers=True, rests_on=_evenly),
        Metric(
            "pr_auc", "PR-AUC of the rarer class", _pr_auc, True, ("binary",), needs_both_classes=True, rests_on=_rarest
        ),
        Metric("roc_auc", "ROC-AUC", _roc_auc, True, ("binary",), needs_both_classes=True, rests_on=_rarest),
        Metric("log_loss", "log loss (nats)", _log_loss, False, _CLASSES, is_share=False),
        Metric(
            "mean_average_precision", "mean average precision", _mean_average_precision, True, _LABELS, rests_on=_evenly
        ),
        Metric("label_f1", "macro F1 of the labels", _label_f1, True, _LABELS, rests_on=_evenly),
        Metric("label_accuracy", "share of right labels", _label_accuracy, True, _LABELS),
        Metric("subset_accuracy", "share of examples with all labels right", _subset_accuracy, True, _LABELS),
        Metric("label_log_loss", "log loss (nats a label)", _label_log_loss, False, _LABELS, is_share=False),
        Metric("rmse", "RMSE", _rmse, False, ("regression",), is_share=False),
        Metric("mae", "MAE", _mae, False, ("regression",), is_share=False),
        Metric("r2", "R²", _r2, True, ("regression",), is_share=False),
        Metric("standardised_rmse", "RMSE in standard deviations", _standardised_rmse, False, _AMOUNTS, is_share=False),
    )
}  # of several targets: RMSE, MAE and R² are means over the targets, as scikit-learn's are

_ABOUT = {code: replace(METRICS["pr_auc"], score=partial(_pr_auc, positive=code), positive=code) for code in (0, 1)}


def default_metric(task: Task) -> str:
    """What decides where explore chose nothing."""
    if task.is_multilabel:
        return "mean_average_precision"
    if task.is_classification:
        return "accuracy"
    return "r2" if task.targets else "rmse"  # RMSEs in different units have no mean


def criterion_for(task: Task) -> Metric:
    """A smooth score of whole predictions, for choosing between networks: log loss or RMSE; lower is better."""
    if task.is_classification:
        return METRICS["label_log_loss" if task.is_multilabel else "log_loss"]
    return METRICS["standardised_rmse" if task.targets else "rmse"]


def metric_for(name: str, task: Task, known: np.ndarray | None = None) -> Metric:
    """Returns a metric by name.

    Args:
        name: Its registered name.
        task: What is predicted.
        known: (n,) codes of all rows that may be looked at. What is about the rarer class is about the rarer one of
            these; without them about that of the rows at hand, which may be another in each set of few rows.

    Raises:
        OptionError: For an unknown metric, or one that the task does not have.
    """
    fitting = [metric.name for metric in METRICS.values() if task.kind in metric.tasks]
    if name not in fitting:
        raise OptionError(
            f"metric must be one that {task.kind} has: {', '.join(fitting)}. Received: {name!r}."
            f"{nearest(name, fitting)}"
        )
    return METRICS[name] if known is None or name != "pr_auc" else _ABOUT[rarer_class(known)]


def metrics_of(task: Task, known: np.ndarray | None = None) -> list[Metric]:
    """Every metric that the task has; `known` as in `metric_for`."""
    return [metric_for(metric.name, task, known) for metric in METRICS.values() if task.kind in metric.tasks]


def all_scores(
    task: Task, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None, known: np.ndarray | None = None
) -> dict[str, float]:
    """Every metric that the task has; `known` as in `metric_for`."""
    return {metric.name: metric.score(y, predictions, weight) for metric in metrics_of(task, known)}
