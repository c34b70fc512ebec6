"""Temperature, threshold and intervals: what turns outputs into answers that one may act on."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Line, Lines, Reference, Table
from wizard.core.calibration import Calibration
from wizard.core.finding import Cause
from wizard.stages.context import Context
from wizard.stages.ensemble.final import joined
from wizard.stages.ensemble.selection import by_threshold, crossed, halves
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import amount, count, share
from wizard.training.calibration import (
    COLDEST,
    HOTTEST,
    Reliability,
    as_scored,
    chance_error,
    fit_half_widths,
    fit_temperature,
    fit_threshold,
    has_threshold,
    is_covered,
    reliability,
    tempered,
)
from wizard.training.compare import Interval, Z, gain_between, wilson
from wizard.training.metrics import criterion_for
from wizard.training.units import effective_rows

COVERAGE = 0.9  # of new examples whose target an interval holds
EXCESS = 0.03  # calibration error beyond chance that matters: three points of a hundred between said and true
DRAWS = 200  # of labels from the probabilities themselves
FEWEST_OF_SLICE = 30  # rows of a slice whose coverage is shown
ONE_SIDED = 0.25  # of the calibration error: where sureness is off by less, it is off in both directions
AT_BOUND = 0.01  # in logs: the search for a temperature stops this near to a bound
QUARTERS = ("lowest", "second", "third", "highest")


@step()
def calibrate(context: Context) -> Outcome:
    """Probabilities mean what they say, and intervals hold what they promise.

    Of the examples that are called 90% sure, nine of ten should be right. Networks are often surer than that; one
    number, the temperature, mends it without changing any answer (Guo et al. 2017). Where the metric depends on it, the
    probability from which on something is named is fitted too; amounts get an interval (Lei et al. 2018). All of it is
    judged on rows that it was not fitted to.
    """
    return _of_probabilities(context) if context.task.is_classification else _of_amounts(context)


def _of_probabilities(context: Context) -> Outcome:
    task, rows = context.task, context.deciding_rows
    p, y, weight = joined(context), context.y(rows), context.weight(rows)
    units = context.units(rows)
    temperature, after = fit_of(context, p)
    helps = after is not p
    threshold, about = threshold_of(context, tempered(p, temperature, task))
    before, now = (reliability(one, y, weight, task, units) for one in (p, after))
    null = chance_error(p, weight, task, context.random("calibrate"), DRAWS, y, units)
    excess = before.error - float(null.mean())
    low, high = before.error - float(np.quantile(null, 0.975)), before.error - float(np.quantile(null, 0.025))
    numbers: dict[str, Any] = {
        "measured": 100 * excess, "expected": 0.0, "interval": (100 * low, 100 * high),
        "unit": "points of calibration error beyond chance",
        "blocks": _blocks(context, before, now, null, temperature, threshold),
        "decides": {"calibration": Calibration(temperature=temperature, threshold=threshold)},
    }  # fmt: skip
    told = (
        f"Said and true probabilities lie {share(before.error)} apart on average; chance alone gives "
        f"{share(float(null.mean()))} on {count(len(rows), 'row')}"
    )
    mended = (
        f"a temperature of {temperature:.2f} brings it to {share(now.error)} on rows it was not fitted to"
        if helps
        else "no temperature helps beyond the noise, so they stay as they are"
    )
    headline = f"{told}; {mended}. {about}".strip()
    if excess > EXCESS and low > 0:
        left = chance_error(after, weight, task, context.random("calibrate", "after"), DRAWS, y, units)
        cause = Cause(fault="E12", sentence=f"The networks' joined probabilities are {_side(before)}.", tested=True)
        return warned(headline, causes=(cause,), advice=_advice(helps, temperature, now.error, left), **numbers)
    return passed(headline, **numbers)


def _side(one: Reliability) -> str:
    if abs(one.bias) < ONE_SIDED * one.error:
        return "too sure of some answers and not sure enough of others"
    return "too sure" if one.bias > 0 else "not sure enough"


def _advice(helps: bool, temperature: float, error: float, null: np.ndarray) -> str:
    """What to do about probabilities that were off, by what the temperature leaves of it against chance."""
    if not helps:
        return "Do not act on single probabilities; more validation rows would allow a finer correction."
    if error - float(null.mean()) <= EXCESS or error <= float(np.quantile(null, 0.975)):
        return "The predictor corrects it; act on its probabilities, not on the networks' own."
    told = f"The predictor corrects a part of it: {share(error)} are left, where chance gives {share(null.mean())}"
    ended = [bound for bound in (COLDEST, HOTTEST) if abs(np.log(temperature / bound)) < AT_BOUND]
    why = f", as the temperature ended at its bound, {ended[0]:g}" if ended else ""
    return f"{told}{why}. Do not act on single probabilities."


def fit_of(context: Context, p: np.ndarray) -> tuple[float, np.ndarray]:
    """The temperature that helps beyond the noise, and p by what the other half of the rows asks for; else 1 and p."""
    task, rows = context.task, context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    after = crossed(context, p, lambda q, own, w: fit_temperature(q, own, w, task),
                    lambda q, temperature: tempered(q, temperature, task))  # fmt: skip
    if gain_between(criterion_for(task), y, [after], [p], weight, context.seed, units=context.units(rows)).low <= 0:
        return 1.0, p
    return fit_temperature(p, y, weight, task), after


def threshold_of(context: Context, p: np.ndarray) -> tuple[float | None, str]:
    """The threshold, where one helps beyond the noise; and a sentence about it."""
    task, metric = context.task, context.metric
    if not has_threshold(metric, task):
        if task.kind == "binary" or task.is_multilabel:
            return None, f"The metric, {metric.label}, depends on no threshold, so the likelier answer is named."
        return None, "Of several classes the likeliest is named, without a threshold."
    rows = context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    after = by_threshold(context, p)
    what = "A label" if task.is_multilabel else f"{task.classes[1]!r}"
    if context.gain_of(after, p).low <= 0:
        return None, f"No other threshold than one half gives a better {metric.label} beyond the noise."
    threshold = fit_threshold(p, y, weight, metric, task)
    was, becomes = (metric.words(metric.score(y, one, weight)) for one in (p, after))
    return threshold, (
        f"{what} is named from a probability of {share(threshold)} on, which brings {metric.label} from {was} to "
        f"{becomes} on rows it was not fitted to."
    )


def _blocks(
    context: Context,
    before: Reliability,
    after: Reliability,
    null: np.ndarray,
    temperature: float,
    threshold: float | None,
) -> tuple[Block, ...]:
    metric, rows = context.metric, context.deciding_rows
    low, high = min(before.sure[0], after.sure[0]), max(before.sure[-1], after.sure[-1])
    lines = [Line(name="as it should be", x=(float(low), float(high)), y=(float(low), float(high)), dashed=True)]
    lines += [_line("before", before)] + ([_line("after", after)] if temperature != 1.0 else [])
    said = "that a label is there" if context.task.is_multilabel else "of the likeliest class"
    diagram = Lines(
        title="Reliability",
        caption=f"How often predictions are right against the probability {said}, in groups of as many rows, with 95% "
        "intervals.",
        lines=tuple(lines),
        x_label="probability that was said",
        y_label="share that came true",
    )
    y, weight, p = context.y(rows), context.weight(rows), joined(context)
    calibration = Calibration(temperature=temperature, threshold=threshold)
    criterion = criterion_for(context.task)
    lines_of_table = (
        ("calibration error", before.error, after.error),
        ("by chance alone", float(null.mean()), None),
        ("surer than right by", before.bias, after.bias),
        (criterion.label, criterion.score(y, p, weight),
         criterion.score(y, tempered(p, temperature, context.task), weight)),
        (metric.label, metric.score(y, p, weight),
         metric.score(y, as_scored(p, calibration, metric, context.task), weight)),
        ("temperature", 1.0, temperature),
        ("threshold", 0.5, 0.5 if threshold is None else threshold),
    )  # fmt: skip
    table = Table(
        title="Before and after",
        caption="The calibration error after it is of rows that the temperature was not fitted to.",
        columns=(Column(name="what"), Column(name="before"), Column(name="after")),
        rows=tuple((name, _short(a), _short(b)) for name, a, b in lines_of_table),
    )
    return diagram, table


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}") + 0.0


def _line(name: str, one: Reliability) -> Line:
    n = np.maximum(one.worth, 1)
    half = Z * np.sqrt(np.maximum(one.right * (1 - one.right), 1 / n) / n)
    order = np.argsort(one.sure, kind="stable")
    columns = (one.sure, one.right, np.clip(one.right - half, 0, 1), np.clip(one.right + half, 0, 1))
    x, y, low, high = (tuple(map(float, column[order])) for column in columns)
    return Line(name=name, x=x, y=y, low=low, high=high)


def _of_amounts(context: Context) -> Outcome:
    rows = context.deciding_rows
    predictions, y = joined(context), context.y(rows)
    half_widths = fit_half_widths(predictions, y, COVERAGE)
    held = np.empty((len(rows), len(half_widths)), bool)
    places = halves(context, rows)
    for half, other in zip(places, places[::-1], strict=True):
        held[half] = is_covered(predictions[half], y[half], fit_half_widths(predictions[other], y[other], COVERAGE))
    units = context.units(rows)
    reached = [coverage(held[:, number], units) for number in range(len(half_widths))]
    names = context.task.outputs
    worst = int(np.argmax([abs(one.value - COVERAGE) for one in reached]))
    numbers: dict[str, Any] = {
        "measured": 100 * reached[worst].value, "expected": 100 * COVERAGE,
        "interval": (100 * reached[worst].low, 100 * reached[worst].high), "unit": "percent of targets inside",
        "blocks": _blocks_of_amounts(context, predictions, held, half_widths, reached),
        "decides": {"calibration": Calibration(coverage=COVERAGE, half_widths=half_widths)},
    }  # fmt: skip
    widths = ", ".join(f"±{amount(half)} about {name!r}" for name, half in zip(names, half_widths, strict=True))
    which = f" (of {names[worst]!r}, the furthest off)" if len(names) > 1 else ""
    told = (
        f"An interval of {widths} is to hold {share(COVERAGE)} of new examples; on rows it was not fitted to it held "
        f"{share(reached[worst].value)}{which}"
    )
    if reached[worst].low <= COVERAGE <= reached[worst].high:
        return passed(f"{told}, as promised within the noise.", **numbers)
    if reached[worst].high < COVERAGE - EXCESS:
        return warned(
            f"{told}, fewer than promised beyond the noise.",
            advice="Take the interval as too narrow: rows are not alike enough here to promise for each other.",
            **numbers,
        )
    return noted(f"{told}, a difference of little matter.", **numbers)


def coverage(held: np.ndarray, units: np.ndarray) -> Interval:
    """Share of rows (n,) that are held, with its 95% interval."""
    return wilson(float(held.mean()), effective_rows(held, units))


def _blocks_of_amounts(
    context: Context,
    predictions: np.ndarray,
    held: np.ndarray,
    half_widths: tuple[float, ...],
    reached: list[Interval],
) -> tuple[Block, ...]:
    """Coverage of each target, and of each quarter of the predictions: one width need not do for small and large."""
    task = context.task
    columns, units = predictions.reshape(len(predictions), -1), context.units(context.deciding_rows)
    labels, values = list(task.outputs), list(reached)
    for number, name in enumerate(task.outputs if len(task.outputs) == 1 else ()):
        edges = np.quantile(columns[:, number], [0.25, 0.5, 0.75])
        quarter = np.searchsorted(edges, columns[:, number])
        for place, words in enumerate(QUARTERS):
            if (quarter == place).sum() >= FEWEST_OF_SLICE:
                labels.append(f"{words} quarter of predicted {name}")
                values.append(coverage(held[quarter == place, number], units[quarter == place]))
    bars = Bars(
        title="Targets inside their interval",
        caption="On rows that the interval was not fitted to, with 95% intervals.",
        labels=tuple(labels),
        values=tuple(one.value for one in values),
        intervals=tuple(one.ends for one in values),
        references=(Reference(value=COVERAGE, label="promised"),),
        value_label="share inside",
    )
    table = Table(
        title="Intervals",
        columns=(
            Column(name="target"), Column(name="half of the interval"), Column(name="inside", format="share"),
            Column(name="from", format="share"), Column(name="to", format="share"),
        ),
        rows=tuple(
            (name, float(f"{half:.6g}"), one.value, one.low, one.high)
            for name, half, one in zip(task.outputs, half_widths, reached, strict=True)
        ),
    )  # fmt: skip
    return bars, table
