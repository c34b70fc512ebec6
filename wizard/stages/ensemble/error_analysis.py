"""Where the predictions go wrong: classes, slices, single examples, disturbed inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Gallery, Heatmap, Item, Line, Lines, Points, Scatter, Table
from wizard.core.registry import load
from wizard.data.task import THRESHOLD
from wizard.stages.context import Context
from wizard.stages.ensemble.disturbances import STRENGTHS, WORDS, Disturbed, disturbed
from wizard.stages.ensemble.final import joined
from wizard.stages.ensemble.slices import Slice, errors_of, naive_error, slices
from wizard.stages.labels import answer_of, groups_of
from wizard.stages.step import Outcome, noted, step, warned
from wizard.stages.words import count, share
from wizard.training.calibration import calibrated, named
from wizard.training.metrics import log_losses

LOOKS = "wizard.stages.looks"  # a file a modality
MOST_ROWS = 20_000  # in which slices are looked for
MOST_CLASSES = 20  # of a confusion matrix that can be read
PAIRS = 15  # of classes, most often confused
SHOWN_SLICES, SHOWN = 12, 40  # in the table, and in the gallery
PLOTTED = 500  # points of a cloud
BAD = 3.3  # standard errors by which predictions cost more than one answer for all: one in a thousand by chance


@step()
def error_analysis(context: Context) -> Outcome:
    """It is known where the predictions go wrong.

    One number hides where it comes from. Classes that are taken for each other, groups of examples on which the errors
    gather, the examples with the largest losses and what small disturbances cost say what to collect, correct or
    forbid next. All of it is on rows that decide, never on test rows.
    """
    rows = context.sample(context.deciding_rows, MOST_ROWS, "error_analysis")
    calibration = context.decisions.calibration
    whole = calibrated(joined(context), calibration, context.task)
    p = whole[np.searchsorted(context.deciding_rows, rows)]
    errors = errors_of(context, rows, p, calibration.threshold if calibration is not None else None)
    found = slices(context, rows, errors)
    shaken = disturbed(context)
    blocks = (
        *_by_class(context, rows, p),
        *_slices(context, found, errors),
        _hardest(context, rows, p),
        *_disturbances(context, shaken),
    )
    words = " ".join(part for part in (_overall(context, errors), _worst(found, context, errors),
                                       _robustness(context, shaken)) if part)  # fmt: skip
    beyond = [one for one in found if one.is_beyond]
    worst = beyond[0] if beyond else None
    numbers: dict[str, Any] = {"blocks": blocks, "measured": float(errors.mean()), "unit": _unit(context)}
    if worst is not None:
        numbers |= {"measured": worst.error, "expected": float(errors.mean()), "interval": (worst.low, worst.high)}
    useless = _useless(context, rows, errors, found)
    if useless is not None:
        return warned(
            f"{words} On {count(int(useless.places.sum()), 'row')} ({useless.name}) one and the same answer for all "
            f"would be better: error {_amount(context, useless.naive)} instead of {_amount(context, useless.error)}.",
            advice="Look at these examples first: their inputs or labels mean something else than those of the others.",
            **numbers,
        )
    advice = "More and cleaner examples of the worst slice help most." if worst is not None else ""
    return noted(words, advice=advice, **numbers)


def _unit(context: Context) -> str:
    if context.task.is_exclusive:
        return "share of wrong answers"
    return "share of wrong labels" if context.task.is_multilabel else "squared error in variances of the target"


def _amount(context: Context, error: float) -> str:
    return share(error) if context.task.is_classification else f"{error:.2f}"


def _overall(context: Context, errors: np.ndarray) -> str:
    n = len(errors)
    if context.task.is_exclusive:
        return f"{share(float(errors.mean()))} of {count(n, 'row')} are answered wrongly."
    if context.task.is_multilabel:
        return f"{share(float(errors.mean()))} of the labels of {count(n, 'row')} are answered wrongly."
    return f"The squared error on {count(n, 'row')} is {share(float(errors.mean()))} of the target's variance."


def _worst(found: list[Slice], context: Context, errors: np.ndarray) -> str:
    n = len(found)
    if not errors.any():
        return ""
    if not n:
        return "No part of them is large enough to be looked at by itself."
    beyond = [one for one in found if one.is_beyond]
    if not beyond:
        return f"Of {count(n, 'slice')} none is worse than the worst of as many would be by chance."
    worst = beyond[0]
    what = "wrong" if context.task.is_classification else "of the variance"
    return (
        f"Of {count(n, 'slice')} {len(beyond)} {'is' if len(beyond) == 1 else 'are'} worse than chance explains, first "
        f"{worst.name}, with {_amount(context, worst.error)} {what} on {count(int(worst.places.sum()), 'row')}."
    )


def _useless(context: Context, rows: np.ndarray, errors: np.ndarray, found: list[Slice]) -> Slice | None:
    """A slice that one answer for all fits better, where the predictions are of use elsewhere."""
    if errors.mean() >= naive_error(context, rows):
        return None
    bad = [one for one in found if one.kind != "class" and one.is_beyond and one.naive_by > BAD]
    return max(bad, key=lambda one: one.naive_by, default=None)


def _robustness(context: Context, shaken: list[Disturbed]) -> str:
    if context.own is not None:
        return "What disturbed inputs cost is not measured: what a small change of yours is, only their maker knows."
    if not shaken:
        return ""
    one = shaken[2]  # the middle strength
    kind = WORDS[context.form().kind]
    metric = context.metric
    what = f"{metric.label} {metric.words(shaken[0].score.value)} becomes {metric.words(one.score.value)}"
    if one.change.low <= 0 <= one.change.high:
        return f"Disturbed inputs ({kind}) cost nothing beyond the noise at a quarter of full strength."
    return f"With disturbed inputs ({kind}) at a quarter of full strength {what}."


def _by_class(context: Context, rows: np.ndarray, p: np.ndarray) -> tuple[Block, ...]:
    task, y = context.task, context.y(rows)
    if task.is_multilabel:
        return (_labels(context, y, p),)
    if not task.is_classification:
        return (_cloud(context, y, p),)
    calibration = context.decisions.calibration
    threshold = calibration.threshold if calibration is not None else None
    counts = np.zeros((task.n_outputs, task.n_outputs))
    np.add.at(counts, (y, p.argmax(1) if threshold is None else named(p, threshold, task)), 1)
    if task.n_outputs <= MOST_CLASSES:
        return (confusion(task.classes, counts, "Rows that decide"),)
    off = counts - np.diag(np.diag(counts))
    order = np.argsort(-off, axis=None, kind="stable")[:PAIRS]
    lines = [(task.classes[i], task.classes[j], int(off[i, j]), float(off[i, j] / max(counts[i].sum(), 1)))
             for i, j in zip(*np.unravel_index(order, off.shape), strict=True) if off[i, j] > 0]  # fmt: skip
    return (
        Table(
            title="Classes that are confused most",
            columns=(
                Column(name="labelled"), Column(name="predicted"), Column(name="rows", format="count"),
                Column(name="share of the class", format="share"),
            ),
            rows=tuple(lines),
        ),
    )  # fmt: skip


def confusion(classes: tuple[str, ...], counts: np.ndarray, whose: str) -> Heatmap:
    """A confusion matrix (k, k), labelled by predicted."""
    return Heatmap(
        title="Which class is taken for which",
        caption=f"{whose}: labelled as the row says, predicted as the column says.",
        rows=classes,
        columns=classes,
        values=tuple(tuple(map(float, line)) for line in counts),
        x_label="predicted",
        y_label="labelled",
        value_label="examples",
    )


def _labels(context: Context, y: np.ndarray, p: np.ndarray) -> Table:
    calibration = context.decisions.calibration
    threshold = calibration.threshold if calibration is not None else None
    is_named = p >= (THRESHOLD if threshold is None else threshold)
    right = (is_named & (y > 0)).sum(0)
    lines = [
        (
            name,
            int(y[:, i].sum()),
            float(right[i] / max(y[:, i].sum(), 1)),
            float(right[i] / max(is_named[:, i].sum(), 1)),
        )
        for i, name in enumerate(context.task.classes)
    ]
    return Table(
        title="Label by label",
        columns=(
            Column(name="label"), Column(name="rows that have it", format="count"),
            Column(name="found of them", format="share"), Column(name="right of those named", format="share"),
        ),
        rows=tuple(lines),
    )  # fmt: skip


def _cloud(context: Context, y: np.ndarray, p: np.ndarray) -> Scatter:
    shown = np.sort(context.random("cloud").permutation(len(y))[:PLOTTED])
    y, p = y.reshape(len(y), -1)[shown], p.reshape(len(p), -1)[shown]
    several = len(context.task.outputs) > 1
    if several:
        y, p = ((values - y.mean(0)) / np.where(y.std(0) > 0, y.std(0), 1) for values in (y, p))
    return Scatter(
        title="Predicted against true",
        caption="In standard deviations of each target." if several else "Rows that decide; on the line all is right.",
        clouds=tuple(
            Points(name=name, x=tuple(map(float, y[:, i])), y=tuple(map(float, p[:, i])))
            for i, name in enumerate(context.task.outputs)
        ),
        x_label="true",
        y_label="predicted",
        diagonal=True,
        private=True,
    )


def _slices(context: Context, found: list[Slice], errors: np.ndarray) -> tuple[Table, ...]:
    if not found:
        return ()
    form: Any = "share" if context.task.is_classification else "plain"
    return (
        Table(
            title="Worst slices",
            caption=f"{_unit(context).capitalize()}, with 95% intervals; {_amount(context, float(errors.mean()))} "
            f"overall. Of {len(found)} slices that were looked at, those beyond chance are worse than the worst of as "
            "many would be, were the errors spread at random.",
            columns=(
                Column(name="rows where"), Column(name="rows", format="count"), Column(name="error", format=form),
                Column(name="from", format=form), Column(name="to", format=form), Column(name="beyond chance"),
            ),
            rows=tuple(
                (one.name, int(one.places.sum()), one.error, one.low, one.high, "yes" if one.is_beyond else "no")
                for one in found[:SHOWN_SLICES]
            ),
            emphasis=tuple(i for i, one in enumerate(found[:SHOWN_SLICES]) if one.is_beyond),
        ),
    )  # fmt: skip


def _hardest(context: Context, rows: np.ndarray, p: np.ndarray) -> Gallery:
    y, task = context.y(rows), context.task
    losses = log_losses(y, p) if task.is_classification else errors_of(context, rows, p, None)
    order = np.argsort(-losses, kind="stable")[:SHOWN]
    card, groups = load(LOOKS, context.dataset.modality).cards(context), groups_of(context)
    items: list[Item] = []
    for place in order.tolist():
        row, answer = int(rows[place]), answer_of(task, p[place])
        item = card(row)
        seen: dict[str, Any] = {"loss": round(float(losses[place]), 4), "predicted": answer}
        if task.is_exclusive:
            seen["probability of the label"] = round(float(p[place, y[place]]), 4)
        seen |= item.attributes
        items.append(item.but(caption=f"predicted: {answer}", attributes=seen, groups=groups(row)))
    return Gallery(
        title="Largest losses",
        caption="Rows that decide, the largest loss first; what the ensemble predicts stands below.",
        items=tuple(items),
    )


def _disturbances(context: Context, shaken: list[Disturbed]) -> tuple[Block, ...]:
    if not shaken:
        return ()
    metric = context.metric
    curve = Lines(
        title="Disturbed inputs",
        caption=f"{metric.label} with {WORDS[context.form().kind]}, with its 95% interval. Full strength, 1, is the "
        "strongest that augmentation uses.",
        lines=(
            Line(
                name="ensemble", x=tuple(one.strength for one in shaken), y=tuple(one.score.value for one in shaken),
                low=tuple(one.score.low for one in shaken), high=tuple(one.score.high for one in shaken),
            ),
        ),
        x_label="strength of the disturbance",
        y_label=metric.label,
    )  # fmt: skip
    table = Table(
        title="What each strength costs",
        caption="Compared on the same rows, with 95% intervals; gain is towards better.",
        columns=(
            Column(name="strength"), Column(name=metric.label, format=metric.column_format),
            Column(name="gain", format=metric.column_format), Column(name="from", format=metric.column_format),
            Column(name="to", format=metric.column_format),
        ),
        rows=tuple(
            (one.strength, one.score.value, one.change.value, *one.change.ends)
            for one in shaken if one.strength in STRENGTHS
        ),
    )  # fmt: skip
    return curve, table
