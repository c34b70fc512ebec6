"""The metric over the whole validation set at once, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Column, Table
from wizard.stages.baseline.skeleton import for_steps, skeleton
from wizard.stages.context import Context
from wizard.stages.experiments.judging import evidence_of
from wizard.stages.experiments.runs import quality
from wizard.stages.step import Outcome, noted, skipped, step

BATCH = 32
DRAWS = 500


@step()
def full_evaluation(context: Context) -> Outcome:
    """Scores are computed over the whole validation set at once.

    A mean over batches weighs the last, smaller one as much as the others, and is wrong for most metrics. The interval
    says how many digits of a score mean anything.
    """
    if context.foreign is not None:
        return _of_a_pipeline(context)
    run = context.train(for_steps(context, skeleton(context), context.effort.steps))
    rows = context.prepared(run.config).held
    if run.failure or not len(rows):
        return skipped("The small network has no predictions for held-out rows to evaluate.")
    predictions = context.trainer.held_predictions(run)
    interval = context.interval(predictions, rows)
    y, metric = context.y(rows), context.metric
    starts = range(0, len(rows), BATCH)
    parts = [_safe(metric, y[s : s + BATCH], predictions[s : s + BATCH]) for s in starts]
    averaged = float(np.nanmean(parts))
    return _told("the small network", metric.label, interval.value, interval.ends, averaged, len(rows), metric.words)


def _safe(metric: Any, y: np.ndarray, predictions: np.ndarray) -> float:
    try:
        return float(metric.score(y, predictions, None))
    except ValueError:  # a batch of one class has no such metric
        return float("nan")


def _of_a_pipeline(context: Context) -> Outcome:
    evidence = evidence_of(context)
    pipeline, head = evidence.pipeline, evidence.pipeline.head
    with pipeline.untouched():
        pipeline.restore(evidence.short.state)
        out = pipeline.outputs(pipeline.held.x)[evidence.head_at]
    y = pipeline.held.targets[evidence.head_at]
    place = 0 if head.kind == "numbers" else 1
    name = "share of the variance explained" if head.kind == "numbers" else "accuracy"
    random, n = np.random.default_rng(pipeline.seed), len(y)
    whole = quality(head, y, out)[place]
    drawn = [quality(head, y[rows], out[rows])[place] for rows in (random.integers(0, n, n) for _ in range(DRAWS))]
    low, high = (float(value) for value in np.quantile(drawn, [0.025, 0.975]))
    parts = [quality(head, y[s : s + BATCH], out[s : s + BATCH])[place] for s in range(0, n, BATCH)]
    return _told("your network", name, whole, (low, high), float(np.mean(parts)), n, "{:.1%}".format)


def _told(
    whose: str,
    name: str,
    value: float,
    ends: tuple[float, float],
    averaged: float,
    n: int,
    words: Callable[[float], str],
) -> Outcome:
    is_drawn = all(np.isfinite([value, averaged, *ends]))
    bars = Bars(
        title="The same predictions, scored in two ways",
        labels=("whole set at once", "mean over batches of 32"),
        values=(value, averaged),
        intervals=(ends, None),
        value_label=name,
    )
    table = Table(
        title="The score after a short training",
        columns=(Column(name="what"), Column(name=name)),
        rows=(("whole set", value), ("lower end", ends[0]), ("upper end", ends[1]), ("mean over batches", averaged)),
    )
    return noted(
        f"On {n:,} validation rows {whose}'s {name} is {words(value)}, and could as well be {words(ends[0])} "
        f"or {words(ends[1])}: digits beyond that mean nothing.",
        measured=value if np.isfinite(value) else None,
        interval=ends if is_drawn else None,
        unit=name,
        blocks=(bars, table) if is_drawn else (),
    )
