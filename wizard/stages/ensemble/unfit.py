"""Candidates that must not be joined as they are: the same network twice, or one whose answers are in another order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.config import OWN_FAMILY
from wizard.core.finding import Cause
from wizard.stages.context import Context
from wizard.stages.ensemble.pool import Candidate
from wizard.stages.ensemble.selection import halves
from wizard.stages.words import count, listed
from wizard.training.metrics import criterion_for

SAME_SCORE = 1e-6  # relative: a stored score and one that is computed anew differ by rounding
BETTER = 0.10  # of the mean recall: what another order of classes gains with a network that knows something
ERRORS = 3.0  # standard errors of it: with few rows some order always looks better


@dataclass(frozen=True)
class Unfit:
    """A candidate that is left out: its place in the list, and the reason."""

    place: int
    cause: Cause


def unfit(context: Context, candidates: list[Candidate]) -> list[Unfit]:
    """Candidates that are left out, each with its reason."""
    found: dict[int, Unfit] = {}
    for place, one in enumerate(candidates):
        reason = _other_score(context, one) or _other_order(context, one.predictions)
        if reason:
            words = f"{_named(one)} answers in another order than the others: {reason}."
            found[place] = Unfit(place, Cause(fault="E11", sentence=words, tested=True))
    repeats = _same_networks(candidates)
    for place, first in repeats.items():
        words = (
            f"{_named(candidates[place])} and {_named(candidates[first])} are the same network bit for bit: "
            "their seed does not reach weights and order of rows."
        )
        found.setdefault(place, Unfit(place, Cause(fault="E10", sentence=words, tested=True)))
    return [found[place] for place in sorted(found)]


def disagreement(context: Context, one: np.ndarray, other: np.ndarray) -> float:
    """Share of rows (or labels) that two networks answer differently; of amounts, distance in standard deviations."""
    task = context.task
    if task.is_exclusive:
        return float((one.argmax(1) != other.argmax(1)).mean())
    if task.is_multilabel:
        return float(((one >= 0.5) != (other >= 0.5)).mean())
    spread = np.maximum(context.y(context.deciding_rows).std(0), 1e-300)
    return float(np.sqrt((((one - other) / spread) ** 2).mean()))


def in_words(found: list[Unfit]) -> str:
    """How many are left out and for what, for a headline; "" for none."""
    same = sum(one.cause.fault == "E10" for one in found)
    other = len(found) - same
    parts = [f"{count(other, 'network')} whose classes are in another order"] if other else []
    parts += [f"{count(same, 'network')} that only {'repeats' if same == 1 else 'repeat'} another"] if same else []
    return f"Left out: {listed(parts)}." if parts else ""


def _named(one: Candidate) -> str:
    whose = "Your" if one.config.family == OWN_FAMILY else f"The {one.config.family}"
    return f"{whose} network of seed {one.config.seed}"


def _same_networks(candidates: list[Candidate]) -> dict[int, int]:
    """{place: earlier place} of networks that should differ in their seed and do not differ at all."""
    first: dict[tuple[str, bytes], int] = {}
    repeats = {}
    for place, one in enumerate(candidates):
        own = (one.config.but(seed=0).model_dump_json(), one.predictions.tobytes())
        if own in first:
            repeats[place] = first[own]
        first.setdefault(own, place)
    return repeats


def _other_score(context: Context, one: Candidate) -> str:
    """What is wrong where stored predictions do not score as they did when their network was trained."""
    criterion = criterion_for(context.task)
    for run in one.runs:
        held = context.split.rows(run.config.fold)[1]
        now = criterion.score(context.y(held), context.trainer.held_predictions(run), context.weight(held))
        then = run.scores.get(f"val_{criterion.name}", now)
        if abs(now - then) > SAME_SCORE * max(abs(then), 1.0):
            return f"on the same rows its {criterion.label} is {now:.4g}, and was {then:.4g} when it was trained"
    return ""


def _other_order(context: Context, predictions: np.ndarray) -> str:
    """What is wrong where another order of classes, labels or targets fits clearly better on rows it was not found on.

    A class's row of the confusion weighs as much as any other's, so that a network that names one class only gains
    nothing by another order.
    """
    from scipy.optimize import linear_sum_assignment

    if context.task.n_outputs < 2:
        return ""
    rows = context.deciding_rows
    y = context.y(rows)
    first, second = halves(context, rows)
    found, checked = _fit(context, y[first], predictions[first]), _fit(context, y[second], predictions[second])
    order = linear_sum_assignment(-found)[1]
    k = len(order)
    if (order == np.arange(k)).all():
        return ""
    as_is, after = np.diag(checked), checked[np.arange(k), order]
    moved = order != np.arange(k)
    gain = float((after - as_is).mean())
    n = _counted(context, y[second], context.units(rows[second]))
    variance = _variance(context, n, after) + _variance(context, n, as_is)
    error = float(np.sqrt(variance[moved].sum())) / k
    if gain < BETTER or gain < ERRORS * error:
        return ""
    names = [f"{context.task.outputs[i]} as {context.task.outputs[j]}" for i, j in enumerate(order) if i != j]
    return f"it fits the labels by {gain:.2f} better when read in another order ({listed(names)})"


def _fit(context: Context, y: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """(k, k) how well output j tells class i: mean recall of a class as another, or correlation."""
    k = context.task.n_outputs
    if context.task.is_exclusive:
        counts = np.zeros((k, k))
        np.add.at(counts, (y, predictions.argmax(1)), 1)
        return counts / np.maximum(counts.sum(1, keepdims=True), 1)
    both = np.column_stack([y, predictions]).astype("float64")
    both = both - both.mean(0)
    spread = np.sqrt((both**2).mean(0))
    both = both / np.where(spread > 0, spread, 1.0)
    return (both[:, :k].T @ both[:, k:]) / len(both)


def _counted(context: Context, y: np.ndarray, units: np.ndarray) -> np.ndarray:
    """(k,) rows of each class that a recall rests on, or all of them; rows of one unit count as one."""
    if not context.task.is_exclusive:
        return np.array(len(np.unique(units)))
    pairs = np.unique(np.column_stack([y, units]), axis=0)
    return np.maximum(np.bincount(pairs[:, 0], minlength=context.task.n_outputs), 1)


def _variance(context: Context, n: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """(k,) squared standard errors of a share, or of a correlation, from n rows."""
    if context.task.is_exclusive:
        return np.maximum(fit * (1 - fit), 1 / n) / n
    return np.maximum((1 - fit**2) ** 2, 1 / n) / n
