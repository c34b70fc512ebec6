"""Rare classes that count as much as frequent ones."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.run import TrainingRun
from wizard.stages.context import Context, Judged
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.step import Outcome, skipped, step
from wizard.stages.words import count
from wizard.training.metrics import metric_for

UNEVEN = 3.0  # largest to smallest class, as where explore changes the metric: below it weights change next to nothing
SHOWN = 20  # classes in the table


@step()
def class_weights(context: Context) -> Outcome:
    """Weighing rare classes up makes the network better.

    Where one class has ten times the rows of another, it has ten times the say. Weights in inverse proportion even that
    out, at the price of more false alarms: whether it pays depends on the metric, so both are shown.
    """
    if not context.task.is_exclusive:
        what = "Rows with several labels have no class of their own to weigh by." if context.task.is_multilabel else (
            "A number has no classes to weigh."
        )  # fmt: skip
        return skipped(what)
    counts = np.bincount(context.y(context.train_rows), minlength=context.task.n_outputs)
    if counts.max() < UNEVEN * max(counts.min(), 1):
        return skipped(
            f"The classes are even enough: the largest has {count(int(counts.max()), 'training row')}, the smallest "
            f"{int(counts.min()):,}."
        )
    if context.own is not None and context.own.has_own_step:
        return skipped("Your train_step decides itself what becomes of weights.")
    before = incumbent(context)
    outcome = experiment(context, "class_weights", [{"class_weights": True}], ["class weights"])
    if outcome.status == "skipped":
        return outcome
    run = context.train(before.config.but(class_weights=True, fold=0 if context.split.folds else None, seed=0))
    if run.failure:
        return outcome
    return Outcome(**{**outcome.__dict__, "blocks": (*outcome.blocks, _by_class(context, before, run, counts))})


def _by_class(context: Context, before: Judged, run: TrainingRun, counts: np.ndarray) -> Table:
    """Share of each class that is found, on one fold and with one seed, without and with weights."""
    rows = context.split.rows(0 if context.split.folds else None)[1]
    old = context.trainer.held_predictions(before.runs[0][0])
    new = context.trainer.held_predictions(run)
    y, weight = context.y(rows), context.weight(rows)
    lines: list[tuple[str | int | float | None, ...]] = []
    for code in np.argsort(-counts, kind="stable")[:SHOWN]:
        own = y == code
        found = [float((p.argmax(1)[own] == code).mean()) if own.any() else None for p in (old, new)]
        lines.append((context.task.classes[code], int(counts[code]), *found))
    for name in ("accuracy", "balanced_accuracy"):
        metric = metric_for(name, context.task)
        lines.append((metric.label, None, *(metric.score(y, p, weight) for p in (old, new))))
    return Table(
        title="What weights do to each class",
        caption="Share of each class's rows that is found, on one held-out fold with one seed.",
        columns=(
            Column(name="class"), Column(name="training rows", format="count"),
            Column(name="found without weights", format="share"), Column(name="found with weights", format="share"),
        ),
        rows=tuple(lines),
    )  # fmt: skip
