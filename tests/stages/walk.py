"""Runs single steps on tiny data, and holds every finding to what pages and machines expect of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.core.finding import Finding
from wizard.data.opening import Request, open_dataset
from wizard.data.task import infer_task
from wizard.journey import Journey
from wizard.stages.context import Context
from wizard.stages.needs import unmet
from wizard.stages.stage import steps_of
from wizard.stages.step import Outcome

TINY = replace(EFFORTS["quick"], repeats=2, epochs=0.3, rungs=2, trials=2, probe_rows=2000, steps=100)
OPTIONS: dict[str, dict[str, Any]] = {
    "explore": {"examples": 40}, "baseline": {"human": None}, "overfit": {"family": None}, "regularize": {"skip": []},
    "tune": {"trials": None}, "ensemble": {"size": None, "distill": True},
}  # fmt: skip


def digits(n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 8, 8) uint8 pictures and their digits."""
    from sklearn.datasets import load_digits

    both = load_digits()
    return (both.images[:n] * 15.9).astype("uint8"), both.target[:n]


def tumours(n: int = 569) -> pd.DataFrame:
    """Rows of ten numbers, benign or malignant."""
    from sklearn.datasets import load_breast_cancer

    both = load_breast_cancer(as_frame=True)
    frame = both.data.iloc[:n, :10].copy()
    frame["diagnosis"] = np.where(both.target[:n] == 1, "benign", "malignant")
    return frame


def diabetes(n: int = 442) -> pd.DataFrame:
    """Rows of ten numbers, and how the disease went on."""
    from sklearn.datasets import load_diabetes

    both = load_diabetes(as_frame=True, scaled=False)
    return both.frame.iloc[:n].rename(columns={"target": "progression"})


def noise(n: int = 300, seed: int = 0) -> pd.DataFrame:
    """Numbers, and labels that have nothing to do with them."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n, 5)), columns=list("abcde"))
    frame["label"] = random.choice(["no", "yes"], n)
    return frame


def tagged(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Rows of eight numbers, each with any number of four labels."""
    from sklearn.datasets import make_multilabel_classification

    x, y = make_multilabel_classification(n, n_features=8, n_classes=4, n_labels=2, length=60, random_state=0)
    return x.astype("float64"), y


def journey_on(raw: Any, folder: Path, target: str | list[str] | None = None, **options: Any) -> Journey:
    """A journey on data as a user would bring them; `task`, `metric` and `deterministic` beside the door's options."""
    task, metric = options.pop("task", None), options.pop("metric", None)
    deterministic = options.pop("deterministic", True)
    dataset = open_dataset(raw, Request(target=tuple(target) if isinstance(target, list) else target, **options))
    inferred = infer_task(dataset.labels, dataset.target, task, dataset.modality, dataset.outputs)
    return Journey(dataset, inferred, 0, Budget(TINY), metric, folder, deterministic)


def context_of(journey: Journey, stage: str, **options: Any) -> Context:
    """What the steps of a stage get, with the journey's data and no decisions."""
    return journey._context(stage, {**OPTIONS[stage], **options}, [], Decisions(), f"test-{stage}")


def walk(journey: Journey, stage: str, *names: str, given: dict[str, Any] | None = None, **options: Any) -> Walked:
    """Runs steps of a stage in order (all without names); a step that crashes raises."""
    context = context_of(journey, stage, **options)
    return Walked(context, names, given or {})


class Walked(dict[str, Finding]):
    """Findings by step, with the context and what was decided."""

    def __init__(self, context: Context, names: tuple[str, ...], given: dict[str, Any]) -> None:
        super().__init__()
        self.context, self.decided = context, dict(given)
        context.decisions = Decisions.model_validate(given)
        context.reads = (*context.reads, *given)
        for step in steps_of(context.stage):
            if names and step.name not in names:
                continue
            reason = unmet(context, step.needs)
            outcome = Outcome("skipped", reason) if reason else step.run(context)
            self.decided |= outcome.decides
            context.decisions = Decisions.model_validate({**dict(context.decisions), **outcome.decides})
            context.shared["decided_here"] = tuple(self.decided)
            self[step.name] = checked(step.finding(outcome, 0.0))


def checked(finding: Finding) -> Finding:
    """Holds a finding to its promises; returns it."""
    text = finding.model_dump_json()
    assert Finding.model_validate_json(text) == finding
    assert '"NaN"' not in text, "a page cannot draw a number that is none"
    assert 'Infinity"' not in text
    json.loads(text)
    for sentence in (
        finding.headline,
        finding.title,
        finding.why,
        finding.advice,
        *(c.sentence for c in finding.causes),
    ):
        assert not sentence or (
            (sentence[0] == sentence[0].upper() or "/" in sentence.split()[0]) and sentence[-1] in ".?!"
        ), sentence
        assert not any(slip in sentence for slip in ("  ", " .", "..", " ,")), sentence
        assert not any(word in sentence.split() for word in ("nan", "inf", "-0", "-0.000")), sentence
    assert finding.headline
    for number in (finding.measured, finding.expected, *(finding.interval or ())):
        assert number is None or math.isfinite(number)
    assert finding.measured is None or finding.unit, f"{finding.step}: a number without a unit"
    if finding.interval is not None:
        assert finding.interval[0] <= finding.measured <= finding.interval[1]
    return finding
