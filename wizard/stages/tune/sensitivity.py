"""What mattered in the search, and whether it looked far enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Axis, Bars, Block, Parallel, Path, Points, Reference, Scatter
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, skipped, step, warned
from wizard.stages.tune.further import call, ends, limits, widened
from wizard.stages.tune.importance import Importance, best_end, importances
from wizard.stages.tune.race import Race, Tried
from wizard.stages.tune.random_search import changed
from wizard.stages.tune.search_space import short
from wizard.stages.words import count, listed, share
from wizard.training.space import Dimension

FEWEST = 8  # trials: a forest over fewer splits into halves of four, which anything can
ENOUGH = 20  # trials to ask for, where there were fewer: some are given up or fail
FOR_AN_INTERVAL = 60  # trials from which the strongest share's interval holds the truth as often as it says: 23 to 25
# of 25 simulated searches, 16 to 20 of 25 with 20 trials
SECONDS = 5.0  # what the forests take
SET_OFF = 5  # best trials that stand out among parallel coordinates
FEW = 8  # whole numbers of a range that are looked at one by one
SLICES = 4  # hyperparameters whose values are plotted against the score
OUTER = 1 / 8  # of a range: what counts as its edge, as wide as a place at which effects are read


def _has_place(one: Tried, space: tuple[Dimension, ...]) -> bool:
    """Whether a trial lies in the space: the start may have what no range holds, and is not moved into it."""
    return all(dimension.holds(one.values.get(dimension.name)) for dimension in space)


def _levels(dimension: Dimension) -> int:
    """How many values a hyperparameter has, all as likely to be drawn; 0 for a range."""
    if dimension.kind == "choice":
        return len(dimension.options)
    n = round(dimension.high - dimension.low) + 1
    return n if dimension.is_whole and dimension.kind == "linear" and n <= FEW else 0


@step()
def sensitivity(context: Context) -> Outcome:
    """It is known which settings matter, and the best ones lie inside the ranges searched.

    Most hyperparameters hardly matter, a few matter much, and which ones differs from data set to data set. Where the
    score still rises at the edge of a range, the best setting lies outside. What chance alone would make of so many
    trials is measured on shuffled scores, so that noise is not called importance.
    """
    race, space = context.shared.get("race"), context.shared.get("space") or ()
    if race is None or not space:
        return skipped("There was no search: no hyperparameter varied.")
    seen = [one for one in race.tried if one.score is not None and one.is_whole and _has_place(one, space)]
    if not race.complete:
        return skipped("No trial was trained to a sound end: there are no scores to compare.")
    blocks = _parallel(context, race, space)
    if len(seen) < FEWEST:
        return noted(
            f"{count(len(seen), 'trial')} cannot tell which hyperparameters matter: {FEWEST} are the fewest that may.",
            advice=f"For an answer, call {call(context, len(race.tried), 2, ENOUGH)}; what is trained is kept.",
            blocks=(*_slices(context, seen, space, range(min(SLICES, len(space)))), *blocks),
        )
    if not context.pacing.allows("sensitivity: importance of the hyperparameters", context.pace * SECONDS):
        return noted("There was no time to tell which hyperparameters matter within the budget.", blocks=blocks)
    places = np.array([[d.place(one.values[d.name]) for d in space] for one in seen])
    gains = np.array([context.metric.gain(one.score or 0.0, 0.0) for one in seen])
    found, by_chance = importances(places, gains, context.random("sensitivity"), [_levels(d) for d in space])
    order = sorted(range(len(space)), key=lambda j: -found[j].share)
    bars = _bars(space, found, by_chance, order, len(seen))
    return _answer(
        context, race, space, found, order, len(seen), (bars, *_slices(context, seen, space, order[:SLICES]), *blocks)
    )


def _answer(
    context: Context, race: Race, space: tuple[Dimension, ...], found: list[Importance], order: list[int],
    n_seen: int, blocks: tuple[Block, ...],
) -> Outcome:  # fmt: skip
    n = sum(one.score is not None for one in race.tried)
    matter = [j for j in order if found[j].is_beyond_chance]
    first = order[0]
    numbers: dict[str, Any] = {
        "measured": found[first].share,
        "interval": (found[first].low, found[first].high) if n_seen >= FOR_AN_INTERVAL else None,
        "unit": f"share of the scores' spread that {space[first].label} explains", "blocks": blocks,
    }  # fmt: skip
    if not matter:
        return noted(
            f"After {count(n, 'trial')} no hyperparameter's effect can be told from chance: within these ranges none "
            "matters much, or the search was too short to tell.",
            advice=f"To tell, call {call(context, len(race.tried), 2)}: what is trained is kept.",
            **numbers,
        )
    words = [f"{space[j].label} ({share(found[j].share)} of the scores' spread)" for j in matter]
    headline = f"What matters beyond chance, of {count(len(space), 'hyperparameter')}: {listed(words, 4)}"
    edges = [(space[j], end) for j in matter if (end := _edge(race, space[j], found[j]))]
    if not edges:
        return passed(f"{headline}; the best values lie inside the ranges.", **numbers)
    where = listed([f"{d.label} at its {'upper' if end > 0 else 'lower'} end" for d, end in edges], 4)
    wider = {d.label: widened(d, end) for d, end in edges}
    return warned(
        f"{headline}. The best lies at the edge of what was searched: {where}.",
        advice=f"Search further there: {call(context, len(race.tried), wider=wider)}.",
        **numbers,
    )


def _edge(race: Race, dimension: Dimension, importance: Importance) -> int:
    """-1 or 1 where both the best trial and the mean effect are best at an end that could lie further out, else 0."""
    end = best_end(importance.effect)
    if not end or not dimension.is_ordered:
        return 0
    best = race.complete[0].values.get(dimension.name)
    if best is None:
        return 0
    at = dimension.place(best)
    is_there = at <= OUTER if end < 0 else at >= 1 - OUTER
    (first, last), (lowest, highest) = ends(dimension), limits(dimension)
    is_free = first > lowest if end < 0 else last < highest
    return end if is_there and is_free else 0


def _bars(
    space: tuple[Dimension, ...], found: list[Importance], by_chance: float, order: list[int], n: int
) -> Bars:  # fmt: skip
    return Bars(
        title="How much each hyperparameter matters",
        caption=f"Share of the variance of {n} trials' scores that a hyperparameter explains alone, as random forests "
        "read it; the bars' ends hold 95% of forests grown on resampled trials. Forests read too little into weak "
        "effects, and few trials say little of how strong one is. Beyond the line: more than chance makes of any of "
        "them 19 times of 20.",
        labels=tuple(space[j].label for j in order),
        values=tuple(found[j].share for j in order),
        intervals=tuple((found[j].low, found[j].high) for j in order),
        references=(Reference(value=by_chance, label="chance"),),
        value_label="share of the scores' spread",
        emphasis=tuple(rank for rank, j in enumerate(order) if found[j].is_beyond_chance),
    )


def _slices(context: Context, seen: list[Tried], space: tuple[Dimension, ...], chosen: Any) -> tuple[Scatter, ...]:
    """The score against the values of single hyperparameters."""
    blocks = []
    for dimension in (space[j] for j in chosen):
        if not dimension.is_ordered or len(seen) < 2:
            continue
        groups = {"trials": [one for one in seen if one.judged], "given up": [one for one in seen if not one.judged]}
        clouds = tuple(
            Points(
                name=name,
                x=tuple(float(one.values[dimension.name]) for one in group),
                y=tuple(one.score or 0.0 for one in group),
            )
            for name, group in groups.items()
            if group
        )
        blocks.append(
            Scatter(
                title=f"Score against {dimension.label}",
                caption=f"One point a trial; the other settings vary too. The start lies at {short(dimension.now)}.",
                clouds=clouds,
                x_label=dimension.label,
                y_label=context.metric.label,
                log_x=dimension.kind == "log",
            )
        )
    return tuple(blocks)


def _parallel(context: Context, race: Race, space: tuple[Dimension, ...]) -> tuple[Parallel, ...]:
    """All trials with a score, the best ones set off."""
    metric = context.metric
    inside = [one for one in race.tried if one.score is not None and one.is_whole and _has_place(one, space)]
    best = [one for one in race.complete if one in inside][:SET_OFF]
    seen = [*best, *(one for one in inside if one not in best)]
    left = "" if race.tried[0] in inside else " The start is no line here: it has what no range holds."
    if not seen:
        return ()
    scores = [one.score or 0.0 for one in seen]
    axes = [
        Axis(name=d.label, options=tuple(map(str, d.ordered)))
        if d.kind == "choice"
        else Axis(name=d.label, low=d.low, high=d.high, is_log=d.kind == "log")
        for d in space
    ]
    parallel = Parallel(
        title="All trials across all hyperparameters",
        caption=f"One line a trial, ending at its {metric.label}; the best {len(best)} are set off. Point at a line to "
        f"see which trial it is.{left}",
        axes=(*axes, Axis(name=metric.label, low=min(scores), high=max(scores))),
        paths=tuple(
            Path(
                name=f"Trial {one.number}, {metric.words(one.score or 0.0)}: {changed(one, space)}",
                values=(*(_coordinate(d, one) for d in space), one.score or 0.0),
            )
            for one in seen
        ),
        emphasis=tuple(range(len(best))),
    )
    return (parallel,)


def _coordinate(dimension: Dimension, one: Tried) -> float:
    inside = dimension.inside(one.values[dimension.name])
    return float(dimension.ordered.index(inside) if dimension.kind == "choice" else inside)
