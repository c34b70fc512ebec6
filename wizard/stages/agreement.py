"""How far annotators agree with each other, and where they contradict the labels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.data.task import Task
from wizard.stages.context import Context
from wizard.stages.labels import answer_of, label_of
from wizard.stages.words import listed

FAR = 3.0  # times the median distance of numbers: this far apart, two people do not mean the same


@dataclass(frozen=True)
class Agreement:
    """Of two annotators.

    Attributes:
        first: Number of one.
        second: Number of the other.
        equal: Share of answers that are the same; None for numbers.
        beyond_chance: Cohen's kappa; for numbers their correlation. None where the answers do not vary.
    """

    first: int
    second: int
    equal: float | None
    beyond_chance: float | None


def agreements(task: Task, predictions: list[np.ndarray]) -> list[Agreement]:
    """Of every pair of annotators, from what they predict for the same rows."""
    of = _of_classes if task.is_classification else _of_numbers
    codes = [one.argmax(1) if task.is_exclusive else one for one in predictions]
    return [Agreement(i, j, *of(codes[i], codes[j])) for i, j in combinations(range(len(codes)), 2)]


def contradictions(task: Task, y: np.ndarray, predictions: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Whether all annotators contradict the label of a row (n,), and whether they contradict each other (n,)."""
    answers = np.stack([one.argmax(1) if task.is_exclusive else one for one in predictions])
    answers = answers.reshape(len(predictions), len(y), -1).astype("float64")  # (annotators, n, outputs)
    errors = answers - y.reshape(len(y), -1)
    apart = answers.max(0) - answers.min(0)
    if task.is_classification:
        return (errors != 0).any(2).all(0), (apart != 0).any(1)
    is_far = np.abs(errors) > FAR * np.median(np.abs(errors), axis=(0, 1))
    is_one_sided = is_far.all(0) & (np.abs(np.sign(errors).sum(0)) == len(predictions))
    return is_one_sided.any(1), (apart > FAR * np.median(apart, axis=0)).any(1)


def _of_classes(a: np.ndarray, b: np.ndarray) -> tuple[float, float | None]:
    from sklearn.metrics import cohen_kappa_score

    a, b = a.ravel(), b.ravel()
    has_one = len(np.unique(np.concatenate([a, b]))) < 2
    return float(np.mean(a == b)), None if has_one else float(cohen_kappa_score(a, b))


def _of_numbers(a: np.ndarray, b: np.ndarray) -> tuple[None, float | None]:
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    varies = [j for j in range(a.shape[1]) if np.ptp(a[:, j]) > 0 and np.ptp(b[:, j]) > 0]
    return None, float(np.mean([np.corrcoef(a[:, j], b[:, j])[0, 1] for j in varies])) if varies else None


def agreement_table(names: list[str], pairs: list[Agreement]) -> Table:
    """Every pair of annotators."""
    is_class = pairs[0].equal is not None
    equal = [Column(name="same answer", format="share")] if is_class else []
    beyond = Column(name="Cohen's kappa" if is_class else "correlation")
    kappa = "Kappa is 1 where two people always agree, and 0 where they agree as often as by chance."
    return Table(
        title="Agreement",
        caption=kappa if is_class else "Of the numbers that two people gave.",
        columns=(Column(name="one"), Column(name="other"), *equal, beyond),
        rows=tuple(
            (
                names[pair.first],
                names[pair.second],
                *([pair.equal] if is_class else []),
                None if pair.beyond_chance is None else round(pair.beyond_chance, 3),
            )
            for pair in pairs
        ),
    )


def doubtful_rows(context: Context, rows: np.ndarray, people: list[np.ndarray], names: list[str]) -> list[Table]:
    """Rows whose label everybody contradicts, then those where people contradict each other; [] without any."""
    is_against, is_split = contradictions(context.task, context.y(rows), people)
    found = [*np.flatnonzero(is_against), *np.flatnonzero(is_split & ~is_against)]
    if not found:
        return []
    against = "the person contradicts the label" if len(people) == 1 else "all contradict the label"
    cells = [
        (
            str(context.dataset.where[rows[i]]),
            label_of(context, int(rows[i])),
            *(answer_of(context.task, np.atleast_1d(one[i])) for one in people),
            against if is_against[i] else "people contradict each other",
        )
        for i in found
    ]
    return [
        Table(
            title="Rows to look at",
            caption=f"Answered by {listed(names)}. A label that everybody contradicts may be wrong; correct it with "
            "Wizard(…, corrections=).",
            columns=tuple(Column(name=name) for name in ("where", "label", *names, "what")),
            rows=tuple(cells),
            private=True,
        )
    ]
