"""What even the best fitting network gets wrong, or only just right."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Column, Gallery, Item, Table
from wizard.core.registry import load
from wizard.core.run import TrainingRun
from wizard.stages.context import Context
from wizard.stages.labels import answer_of, groups_of
from wizard.stages.overfit.doubted import doubted
from wizard.stages.overfit.rungs import loss_unit
from wizard.stages.step import Outcome, noted, skipped, step
from wizard.stages.suspects import Suspects
from wizard.stages.words import count, loss
from wizard.training.fit import to_predictions
from wizard.training.rows import training_rows

LOOKS = "wizard.stages.looks"  # a file a modality
SHOWN = 60  # examples: as many as a person looks through in a few minutes
MOST_ROWS = 20_000  # whose losses are computed: the hardest hundred of more look no different
BEYOND = 2.0  # times as many suspects as among any rows: then hard and doubted are the same rows
FEWEST_IN_COMMON = 2


@step()
def hardest_examples(context: Context) -> Outcome:
    """What is hardest to fit has been looked at.

    The training rows with the highest losses are the ones that a network large enough for all others could not learn,
    or learnt last. They are wrong labels, rare cases or broken inputs more often than any others.
    """
    ladder = context.shared.get("ladder", [])
    run = ladder[context.shared["best_rung"]] if ladder else None
    if run is None or run.failure:
        return skipped("No rung of the ladder was trained to its end.")
    rows, losses, predictions = _judged(context, run)
    order = np.argsort(-losses, kind="stable")[:SHOWN]
    found = doubted(context)
    hardest = rows[order]
    unit = loss_unit(context)
    middle, worst = float(np.median(losses)), float(losses[order[0]])
    told = (
        f"The hardest of {count(len(rows), 'training row')} costs {_cost(worst)} {unit}, the median one {_cost(middle)}"
    )
    joined, advice = _joined(rows, hardest, found)
    return noted(
        f"{told}{joined}.",
        measured=worst,
        unit=f"{unit}, the highest loss of a training row",
        advice=advice or "Look through them: what a network cannot fit is wrong, rare or broken more often than not.",
        blocks=(
            _gallery(context, hardest, losses[order], predictions[order], found),
            *_by_class(context, rows, losses, hardest),
        ),
    )


def _judged(context: Context, run: TrainingRun) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (n,) that the network was trained on, their losses (n,), and predictions for them."""
    prepared = context.prepared(run.config)
    rows = np.intersect1d(training_rows(run.config, prepared), context.train_rows)
    rows = rows[:: max(1, -(-len(rows) // MOST_ROWS))]
    outputs, losses = context.trainer.network(run).with_losses(rows)
    return rows, losses, to_predictions(outputs, prepared, context.task)


def _cost(value: float) -> str:
    return loss(value) if value < 10 else f"{value:.3g}"


def _joined(rows: np.ndarray, hardest: np.ndarray, found: Suspects | None) -> tuple[str, str]:
    """How many of the hardest explore doubts too, in words, and what follows."""
    if found is None:
        return "", ""
    called = np.intersect1d(found.rows[found.is_called], rows)
    if not len(called):
        return "; explore suspects none of their labels", ""
    both = np.intersect1d(called, hardest)
    by_chance = len(called) * len(hardest) / len(rows)
    words = (
        f"; of the {len(hardest)} hardest, {len(both)} are among the {count(len(called), 'label')} that explore "
        f"suspects ({by_chance:.2g} would be by chance)"
    )
    if len(both) >= FEWEST_IN_COMMON and len(both) > BEYOND * by_chance:
        return words, "Correct the labels that are both hard and suspected first: they are the likeliest to be wrong."
    return words, ""


def _gallery(
    context: Context, hardest: np.ndarray, losses: np.ndarray, predictions: np.ndarray, found: Suspects | None
) -> Gallery:
    card = load(LOOKS, context.dataset.modality).cards(context)
    groups = groups_of(context)
    doubt = dict(zip(found.rows.tolist(), found.score.tolist(), strict=True)) if found is not None else {}
    called = set(found.rows[found.is_called].tolist()) if found is not None else set()
    items: list[Item] = []
    for row, cost, prediction in zip(hardest.tolist(), losses, predictions, strict=True):
        item = card(row)
        answer = answer_of(context.task, prediction)
        seen: dict[str, Any] = {"loss": round(float(cost), 4), "predicted": answer}
        if row in doubt:
            seen |= {"label suspicion": round(doubt[row], 3), "suspected": "yes" if row in called else "no"}
        items.append(
            item.but(
                caption=f"predicted: {answer}{'; suspected' if row in called else ''}",
                attributes={**seen, **item.attributes},
                groups=groups(row),
            )
        )
    return Gallery(
        title="Hardest training examples",
        caption="Highest loss first, by the network that fits the training rows best; its prediction stands below.",
        items=tuple(items),
    )


def _by_class(context: Context, rows: np.ndarray, losses: np.ndarray, hardest: np.ndarray) -> tuple[Table, ...]:
    """Which classes they belong to, beside what chance would give."""
    if not context.task.is_exclusive:
        return ()
    y, hard = context.y(rows), context.y(hardest)
    lines = []
    for code, name in enumerate(context.task.classes):
        is_in = y == code
        if is_in.any():
            n_hard = int((hard == code).sum())
            lines.append((name, n_hard, n_hard / len(hard), float(is_in.mean()), float(losses[is_in].mean())))
    lines.sort(key=lambda line: -line[1])
    return (
        Table(
            title="Classes of the hardest",
            columns=(
                Column(name="class"), Column(name="among the hardest", format="count"),
                Column(name="share of the hardest", format="share"), Column(name="share of all", format="share"),
                Column(name="mean loss"),
            ),
            rows=tuple(lines),
        ),
    )  # fmt: skip
