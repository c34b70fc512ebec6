"""Whether there are enough rows, whether inputs say anything of the labels, and whether labels sit at their rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Line, Lines, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.explore.downsampling import REDUCTIONS
from wizard.stages.fewer_rows import Fewer, Signal, extrapolated, fewer_rows, signal
from wizard.stages.misaligned import FARTHEST, Slip, agreements, slip
from wizard.stages.probing import fitted, gain, probe_sample, score, whole
from wizard.stages.step import Outcome, failed, noted, step, warned
from wizard.stages.words import count
from wizard.training.compare import Interval
from wizard.training.units import effective_rows

WINDOWS = 24  # of the figure along the rows
FEW = 1_000  # training rows: with fewer, classical models usually do as well as networks


@step()
def enough_data(context: Context) -> Outcome:
    """There are enough rows to learn from, and labels sit at their rows.

    Where no cheap probe tells the labels better than chance, the inputs may not hold the answer, and no network will
    find it. Where labels slipped by a row, most programs train on without a word.
    """
    told = signal(context)
    slipped = _slip(context, told)
    net, what = load(REDUCTIONS, context.dataset.modality).smallest_net(context)
    blocks: list[Block] = [_counts(context, net, what), _along_rows(context, told)]
    numbers: dict[str, Any] = {
        "measured": told.deviations, "expected": 0.0, "unit": "standard deviations beyond permuted labels",
        "decides": {"is_learnable": told.is_there},
    }  # fmt: skip
    if slipped is not None:
        return _failed(context, slipped, blocks, numbers)
    if not told.is_there:
        return warned(
            f"There is no usable signal in these inputs: on {count(len(probe_sample(context)), 'row')}, neither a "
            "linear probe nor trees tell the labels better than they tell labels that were permuted (999 times).",
            causes=(
                Cause(fault="L03", sentence="The inputs say nothing of the labels, or they are mixed up with them."),
            ),
            advice="Check a few rows by hand: can a person tell the label from what stands there? Look for inputs that "
            "tell more before training anything.",
            blocks=tuple(blocks),
            **numbers,
        )
    curve = fewer_rows(context)
    n_more = 2 * len(context.train_rows)
    doubled = extrapolated(context, curve, n_more)
    blocks.insert(0, _curve(context, curve, doubled, n_more))
    return noted(
        f"{_rows_in_words(context, net)} {_more_in_words(context, curve, doubled)} {_verdict(context, curve, net)}",
        blocks=tuple(blocks),
        **numbers,
    )


def _slip(context: Context, told: Signal) -> Slip | None:
    rows, known = probe_sample(context).rows, np.sort(context.train_rows)
    seed, sample = context.derived_seed("slips"), probe_sample(context)

    def learned_before(m: int) -> np.ndarray:
        x, weight = whole(context), None if sample.weight is None else sample.weight[:m]
        return fitted("linear", context.task, x[:m], sample.y[:m], weight, seed)(x[m:])

    return slip(context.task, rows, told.predictions, known, context.y(known), seed, learned_before)


def _failed(context: Context, slipped: Slip, blocks: list[Block], numbers: dict[str, Any]) -> Outcome:
    where, n = context.private(context.dataset.where[slipped.row]), count(abs(slipped.lag), "row")
    direction = "further down" if slipped.lag > 0 else "further up"
    return failed(
        f"From about row {slipped.row:,} ({where}) on, labels belong to other rows: what a probe reads from an input "
        f"is the label {n} {direction}, not its own.",
        causes=(
            Cause(
                fault="L04",
                sentence=f"A line was lost or doubled in the inputs or in the labels near row {slipped.row:,}, and "
                f"everything after it moved by {n}.",
            ),
        ),
        advice=f"Compare inputs and labels around row {slipped.row:,} with their source, and put them together anew.",
        blocks=(_profile(slipped), *blocks),
        **numbers,
    )


def _rows_in_words(context: Context, net: int) -> str:
    n = len(context.train_rows)
    counts = _per_class(context)
    each = f", {int(counts.min()):,} in the rarest class" if counts is not None else ""
    return (
        f"{count(n, 'training row')}{each}, {n / net:.2g} for each of the {net:,} parameters of a very small network."
    )


def _more_in_words(context: Context, curve: list[Fewer], doubled: Interval | None) -> str:
    metric, now = context.metric, score(context, curve[-1].predictions)
    if doubled is None or doubled.high - doubled.low > 2 * (now.high - now.low):
        return (
            f"A cheap probe reaches {metric.label} {metric.words(now.value)}; what more rows would give cannot be said."
        )
    return (
        f"A cheap probe reaches {metric.label} {metric.words(now.value)}; twice the rows would bring it to "
        f"{metric.words(doubled.low)} to {metric.words(doubled.high)}."
    )


def _verdict(context: Context, curve: list[Fewer], net: int) -> str:
    n, is_rising = len(context.train_rows), _is_rising(context, curve)
    if n < FEW:
        return "So few rows are hardly a deep-learning problem: expect classical models to do as well."
    if context.dataset.modality == "table":
        return "A table is a deep-learning problem only if a network beats boosted trees: let the baseline decide."
    if is_rising:
        return "The probe still learns from more rows: a deep-learning problem, and more data would help."
    return "The probe has stopped learning from more rows: a network pays if it sees what the probe cannot."


def _is_rising(context: Context, curve: list[Fewer]) -> bool:
    """Whether the second half of the rows made the probe better beyond the noise."""
    return len(curve) > 1 and gain(context, curve[-1].predictions, curve[-2].predictions).low > 0


def _per_class(context: Context) -> np.ndarray | None:
    task, y = context.task, context.y(context.train_rows)
    if task.is_exclusive:
        return np.bincount(y, minlength=task.n_outputs)
    return np.asarray(y.sum(0)) if task.is_multilabel else None


def _counts(context: Context, net: int, what: str) -> Table:
    n, counts = len(context.train_rows), _per_class(context)
    rows: list[tuple[str, str]] = [
        ("training rows", f"{n:,}"),
        ("smallest sensible network", what),
        ("its parameters", f"{net:,}"),
        ("training rows a parameter", f"{n / net:.2g}"),
    ]
    if counts is not None:
        rows += [("rows of the rarest class", f"{int(counts.min()):,}"),
                 ("rows of a class in the middle", f"{int(np.median(counts)):,}")]  # fmt: skip
    return Table(title="Rows", columns=(Column(name="what"), Column(name="how many")), rows=tuple(rows))


def _curve(context: Context, curve: list[Fewer], doubled: Interval | None, n_more: int) -> Block:
    scores = [score(context, one.predictions) for one in curve]
    lines = [
        Line(
            name="probe", x=tuple(float(one.n_rows) for one in curve), y=tuple(one.value for one in scores),
            low=tuple(one.low for one in scores), high=tuple(one.high for one in scores),
        )
    ]  # fmt: skip
    if doubled is not None:
        now = scores[-1].value
        ends = {"y": doubled.value, "low": doubled.low, "high": doubled.high}
        x = (float(curve[-1].n_rows), float(n_more))
        bands = {name: (now, end) for name, end in ends.items()}
        lines.append(Line(name="twice the training rows, by a power law", x=x, dashed=True, **bands))
    return Lines(
        title="Learning curve of the probe",
        caption="Scores on rows that it did not see; bands are 95% intervals.",
        lines=tuple(lines),
        x_label="training rows",
        y_label=context.metric.label,
        log_x=True,
    )


def _along_rows(context: Context, told: Signal) -> Block:
    """How well the probe's predictions agree with labels, along the rows as they came."""
    sample, known = probe_sample(context), np.sort(context.train_rows)
    lags = np.array([0])
    own = agreements(context.task, sample.rows, told.predictions, known, context.y(known), lags)[:, 0]
    windows = [part for part in np.array_split(np.arange(len(own)), min(WINDOWS, len(own))) if len(part)]
    worth = [effective_rows(own[part], sample.units[part]) for part in windows]
    spread = [1.96 * float(own[part].std()) / n**0.5 for part, n in zip(windows, worth, strict=True)]
    means = [float(own[part].mean()) for part in windows]
    return Lines(
        title="Agreement along the rows",
        caption="How near the probe's predictions are to the labels (0 is perfect), in windows of rows as they came.",
        lines=(
            Line(
                name="own label", x=tuple(float(sample.rows[part].mean()) for part in windows), y=tuple(means),
                low=tuple(m - s for m, s in zip(means, spread, strict=True)),
                high=tuple(m + s for m, s in zip(means, spread, strict=True)),
            ),
        ),
        x_label="row",
        y_label="agreement",
    )  # fmt: skip


def _profile(slipped: Slip) -> Block:
    lags = tuple(float(lag) for lag in range(-FARTHEST, FARTHEST + 1))
    return Lines(
        title="Whose label is it?",
        caption=f"Agreement of predictions with the labels of rows further up or down, before and after row "
        f"{slipped.row:,}: the peak moved from 0 to {slipped.lag}.",
        lines=tuple(
            Line(name=name, x=lags, y=tuple(profile[int(lag)] for lag in lags))
            for name, profile in (("before", slipped.before), ("after", slipped.after))
        ),
        x_label="rows further down",
        y_label="agreement",
    )
