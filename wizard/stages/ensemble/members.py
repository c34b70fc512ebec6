"""Greedy selection over configurations and seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Line, Lines, Reference, Table
from wizard.core.config import OWN_FAMILY, TrainingConfig
from wizard.stages.context import Context
from wizard.stages.ensemble.pool import MOST_DISTINCT, Candidate, further, pool, reserve
from wizard.stages.ensemble.selection import Selection, answers, select
from wizard.stages.ensemble.unfit import disagreement, in_words, unfit
from wizard.stages.gains import measured_gain
from wizard.stages.step import Outcome, failed, noted, passed, step, warned
from wizard.stages.words import count

SHARE_OF_TIME = 0.5  # of what is left to the stage may go into training the picked networks for the predictor
REFIT = 1.5  # times a fold's seconds: a third more rows, and no graph that is traced already
SELECTED = "selection of members"


@step()
def members(context: Context) -> Outcome:
    """Several networks together are better than the best one.

    Networks that differ in their seed, settings or family make different mistakes; their mean makes fewer. Members are
    picked one by one from all that this journey has trained, each the one that helps most, the same one again if need
    be (Caruana et al. 2004). Choosing among many flatters the choice, so the gain is measured on rows that the members
    were not chosen by; where there is none, one network is handed over, which is simpler.
    """
    candidates = pool(context)
    if not candidates:
        return failed(
            "No network of this journey gives predictions that are numbers.",
            advice="Look at regularize() and tune(): their last configurations did not train.",
        )
    bad = unfit(context, candidates)
    left = [one for place, one in enumerate(candidates) if place not in {one.place for one in bad}] or candidates[:1]
    context.shared["fit to join"] = left
    selection = select(context, left, most_distinct(context, left))
    context.shared[SELECTED] = selection
    chosen = chosen_of(context, left, selection)
    reserve(context, seconds_of(left, chosen))
    more = further(context, left)
    if more:
        left = context.shared["fit to join"] = [*left, *more]
        selection = context.shared[SELECTED] = select(context, left, most_distinct(context, left))
        chosen = chosen_of(context, left, selection)
        reserve(context, seconds_of(left, chosen))
    numbers = {**_numbers(context, selection), "blocks": blocks_of(context, left, selection, chosen)}
    numbers["decides"] = {"members": chosen}
    words = _in_words(context, left, selection)
    if bad:
        return warned(
            f"{in_words(bad)} {words}",
            causes=tuple({one.cause.fault: one.cause for one in bad}.values()),
            advice="Look at how these networks were trained: their answers do not belong beside the others'.",
            **numbers,
        )
    return (passed if selection.helps else noted)(words, **numbers)


def most_distinct(context: Context, candidates: list[Candidate]) -> int:
    """Different networks that the time left pays for: where folds decide, each is trained once more on all rows."""
    if context.own is not None and not context.own.is_copyable:
        return 1
    if not context.split.folds:
        return MOST_DISTINCT
    seconds = REFIT * float(np.median([one.seconds for one in candidates]))
    left = context.pacing.left
    return context.pacing.cap("members: different networks", MOST_DISTINCT, seconds, SHARE_OF_TIME * max(left, 0.0))


def chosen_of(
    context: Context, candidates: list[Candidate], selection: Selection
) -> tuple[tuple[TrainingConfig, float], ...]:
    """(configuration, weight) of the members; the incumbent alone where several are not better."""
    if selection.is_joined:
        return tuple((candidates[place].config, weight) for place, weight in selection.weights().items())
    return ((single_of(context, candidates).config, 1.0),)


def seconds_of(candidates: list[Candidate], chosen: tuple[tuple[TrainingConfig, float], ...]) -> float:
    """What the runs of the chosen networks took."""
    return sum(one.seconds for one in candidates if any(one.config == config for config, _ in chosen))


def single_of(context: Context, candidates: list[Candidate]) -> Candidate:
    """What stays where several do not help: the incumbent, which won for more than its luck, if it is there."""
    incumbent = context.decided("incumbent").but(fold=None, seed=0)
    return next((one for one in candidates if one.config == incumbent), min(candidates, key=lambda one: one.loss))


def _numbers(context: Context, selection: Selection) -> dict[str, Any]:
    return measured_gain(context.metric, selection.gain)


def _in_words(context: Context, candidates: list[Candidate], selection: Selection) -> str:
    n = len(candidates)
    if context.own is not None and not context.own.is_copyable:
        return (
            f"Your model is one instance that cannot be copied, so that of {count(n, 'network')} that it has been one "
            "is handed over: pass build(hp) to join several."
        )
    if n == 1:
        return "There is one network only, so it is handed over alone."
    metric, rows = context.metric, context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    after, before = (
        metric.words(metric.score(y, answers(context, p), weight)) for p in (selection.together, selection.alone)
    )
    n_members = len(set(selection.picks))
    if n_members == 1:
        return f"Of {count(n, 'network')} none helps another, so one is handed over alone."
    tried = (
        f"{count(n_members, 'network')} of {n:,} together reach {metric.label} {after} on rows they were not chosen by"
    )
    told = f"{tried}, the best alone {before}"
    if selection.gain.low > 0:
        return f"{told}."
    if selection.helps:
        return f"{told}: within the noise, but their probabilities or amounts are closer beyond it."
    if selection.is_joined:
        return f"{told}: better, though within the noise."
    return f"{told}: no gain, so one network is handed over, which is simpler."


def blocks_of(
    context: Context,
    candidates: list[Candidate],
    selection: Selection,
    chosen: tuple[tuple[TrainingConfig, float], ...],
) -> tuple[Block, ...]:
    """The curve of the gain against the number of members, and the table of those that were chosen."""
    metric = context.metric
    sizes = tuple(float(n) for n in range(1, len(selection.gains) + 1))
    curve = Lines(
        title="Gain against number of members",
        caption=f"Gain in {metric.label} over the best network alone, with its 95% interval, on rows that neither was "
        "chosen by; the same network may be picked again.",
        lines=(
            Line(
                name="together", x=sizes, y=tuple(gain.value for gain in selection.gains),
                low=tuple(gain.low for gain in selection.gains), high=tuple(gain.high for gain in selection.gains),
            ),
        ),
        x_label="members picked",
        y_label=f"gain in {metric.label}",
        references=(Reference(value=0.0, label="the best alone"),),
    )  # fmt: skip
    return curve, _table(context, candidates, chosen)


def _table(context: Context, candidates: list[Candidate], chosen: tuple[tuple[TrainingConfig, float], ...]) -> Table:
    metric, rows = context.metric, context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    own = {one.config.model_dump_json(): one.predictions for one in candidates}
    predictions = [own[config.model_dump_json()] for config, _ in chosen]
    lines = []
    for place, (config, share) in enumerate(chosen):
        others = [disagreement(context, predictions[place], p) for i, p in enumerate(predictions) if i != place]
        changed = ", ".join(name for name in chosen[0][0].diff(config) if name != "seed") or "–"
        alone = metric.score(y, predictions[place], weight)
        family = "yours" if config.family == OWN_FAMILY else config.family
        lines.append((family, changed, config.seed, share, alone, float(np.mean(others)) if others else None))
    is_share = context.task.is_classification
    return Table(
        title="Members",
        caption="Differs: share of answers that are other than a fellow member's." if is_share else
        "Differs: distance from a fellow member's answers, in standard deviations of the target.",
        columns=(
            Column(name="family"), Column(name="changed from the first"), Column(name="seed"),
            Column(name="weight", format="share"), Column(name=f"{metric.label} alone", format=metric.column_format),
            Column(name="differs", format="share" if is_share else "plain"),
        ),
        rows=tuple(lines),
    )  # fmt: skip
