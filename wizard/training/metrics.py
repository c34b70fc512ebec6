"""Metrics, computed once over whole sets (never averaged over batches); the tests hold them to scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wizard.core.errors import OptionError, nearest
from wizard.data.task import Task

Scorer = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]


def amount(value: float) -> str:
    """A quantity in its own unit: "181,100", "56.29", "0.004"; four digits at most say what matters."""
    rounded = float(f"{value:.4g}") + 0.0  # -0.0 becomes 0.0
    return f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else f"{rounded:g}"


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are.

    Attributes:
        name: Registered name.
        label: As pages and logs call it.
        score: (y, predictions, weights) -> number. Classification: codes (n,) and probabilities (n, k); regression:
            targets (n,) and predictions (n,) in the target's unit.
        is_higher_better: Direction.
        tasks: Kinds of task it is for.
        is_share: Whether it is a share, 0–1.
        needs_only_answers: Whether the most probable classes (n,) do as predictions, and probabilities add nothing.
    """

    name: str
    label: str
    score: Scorer
    is_higher_better: bool
    tasks: tuple[str, ...]
    is_share: bool = True
    needs_only_answers: bool = False

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


def _pr_auc(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    rare = int(np.argmin(np.bincount(y, minlength=2)))
    found, false = _swept(y == rare, p[:, rare], w)
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
    """(n,) cross-entropies in nats; probabilities below 1e-12 count as that."""
    return -np.log(np.clip(p[np.arange(len(y)), y], 1e-12, None))


def _log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(log_losses(y, p), weights=w))


def _rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.sqrt(np.average((y - p) ** 2, weights=w)))


def _mae(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    return float(np.average(np.abs(y - p), weights=w))


def _r2(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> float:
    spread = np.average((y - np.average(y, weights=w)) ** 2, weights=w)
    return float(1 - np.average((y - p) ** 2, weights=w) / spread) if spread > 0 else 0.0


_CLASSES = ("binary", "multiclass")
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", _accuracy, True, _CLASSES, needs_only_answers=True),
        Metric("balanced_accuracy", "balanced accuracy", _balanced_accuracy, True, _CLASSES, needs_only_answers=True),
        Metric("macro_f1", "macro F1", _macro_f1, True, _CLASSES, needs_only_answers=True),
        Metric("pr_auc", "PR-AUC of the rarer class", _pr_auc, True, ("binary",)),
        Metric("roc_auc", "ROC-AUC", _roc_auc, True, ("binary",)),
        Metric("log_loss", "log loss (nats)", _log_loss, False, _CLASSES, is_share=False),
        Metric("rmse", "RMSE", _rmse, False, ("regression",), is_share=False),
        Metric("mae", "MAE", _mae, False, ("regression",), is_share=False),
        Metric("r2", "R²", _r2, True, ("regression",), is_share=False),
    )
}


def metric_for(name: str, task: Task) -> Metric:
    """Returns a metric by name.

    Raises:
        OptionError: For an unknown metric, or one that the task does not have.
    """
    fitting = [metric.name for metric in METRICS.values() if task.kind in metric.tasks]
    if name not in fitting:
        raise OptionError(
            f"metric must be one that {task.kind} has: {', '.join(fitting)}. Received: {name!r}."
            f"{nearest(name, fitting)}"
        )
    return METRICS[name]


def all_scores(task: Task, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None) -> dict[str, float]:
    """Every metric that the task has."""
    return {
        metric.name: metric.score(y, predictions, weight) for metric in METRICS.values() if task.kind in metric.tasks
    }
