"""KerasTuner's search, the incumbent as trial 0."""

from __future__ import annotations

from typing import Any

from wizard.core import costs
from wizard.core.blocks import Column, Line, Lines, Table
from wizard.core.config import HpValue, TrainingConfig
from wizard.stages.context import Context
from wizard.stages.length import is_cut_short, own_epochs, trained
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.tune.race import Race, Tried, looks_of
from wizard.stages.tune.search_space import short
from wizard.stages.tune.timing import ENSEMBLE_RUNS, Timing
from wizard.stages.tune.together import Together
from wizard.stages.words import count
from wizard.training.oracles import hyperband_trials
from wizard.training.search import search
from wizard.training.space import OWN, Dimension

CANDIDATES = 5  # configurations that are handed on
MOST_TRIALS = 1_000  # under a budget in seconds, which ends the search long before on all but the smallest data: there
# more neither help nor harm (chosen by one half of 376 rows of diabetes, the best of 200 and of 800 trials do alike on
# the other), but tell more of what matters, and keep the page and the folder small (1 MB, 60 MB)
UNSOUND = "Look at the learning rate: call overfit() and regularize() again with another seed."
KINDS = {"random": "random search", "bayesian": "Bayesian optimisation", "hyperband": "Hyperband"}


@step()
def random_search(context: Context) -> Outcome:
    """A search around the incumbent has found better settings.

    Every trial is judged on the same rows, the configuration found so far being trial 0. A trial below the median of
    the earlier ones at its first look is given up there, one that breaks is recorded with its reason, and the search
    goes on. The best of many trials is partly lucky: fresh seeds decide later.
    """
    incumbent: TrainingConfig = context.decided("incumbent")
    space = tuple(Dimension.model_validate(d) for d in context.decided("search_space").values())
    tuner = str(context.options.get("tuner") or "random")
    is_short = is_cut_short(context, incumbent) and not context.options.get("trials")
    limit = 1 if is_short or not space else trials_for(context, incumbent)
    race = Race(context, incumbent)
    timing = Timing(context, race, limit, lambda: 1 if together is None else together.at_a_time)
    context.shared.update(race=race, space=space)

    def evaluate(
        number: int, values: dict[str, HpValue], looks: int | None, batch: int | None = None, failure: str = ""
    ) -> float:
        context.progress.part(f"trial {number} of {timing.last(number)}{_so_far(context, race, timing, number)}")
        before = len(race.tried)
        try:
            return race.evaluate(number, values, looks, batch, failure)
        finally:
            if len(race.tried) > before:
                timing.ended()
                context.progress.line(_in_a_line(context, race, space, timing))

    if is_short:
        context.pacing.cuts.append("random_search: trials, for a longer run of what there is")

    def goes_on(number: int) -> bool:
        if number == 0 or is_short:
            return number == 0
        if number == 1:
            context.pacing.take(context.pace * costs.needed("ensemble") + timing.seconds_of(ENSEMBLE_RUNS))
            context.shared["time for the search"] = context.pacing.left
            timing.begins()
        return context.pacing.allows(f"random_search: trial {number}", timing.cost)

    together = Together(context, race, space, limit, goes_on, evaluate) if context.team is not None else None
    with context.trainer.store.scratch() as place:
        search(
            space, evaluate,
            tuner=context.options.get("tuner") or "random",
            is_higher_better=context.metric.is_higher_better,
            trials=limit,
            goes_on=goes_on,
            seed=context.derived_seed("random_search"),
            looks=looks_of(incumbent),
            place=place,
            together=together,
        )  # fmt: skip
    how = KINDS.get(tuner, tuner.split(" ")[0].rpartition(".")[2])
    return _answer(context, race, space, how, is_short=is_short)


def trials_for(context: Context, incumbent: TrainingConfig) -> int:
    """How many trials: as asked, or as the user's oracle says, or as the effort; Hyperband's cost as much as those."""
    tuner = context.options.get("tuner") or "random"
    most = context.effort.trials if context.budget.seconds is None else MOST_TRIALS
    limit = _asked(context) or most
    return 1 + hyperband_trials(looks_of(incumbent), limit - 1) if tuner == "hyperband" and limit > 1 else limit


def _asked(context: Context) -> int:
    """How many trials the user, or the user's oracle, asked for; 0 where neither did."""
    own = getattr(getattr(context.options.get("tuner"), "thing", None), "max_trials", None)
    return int(context.options.get("trials") or (own if isinstance(own, int) else 0))


def _answer(context: Context, race: Race, space: tuple[Dimension, ...], how: str, *, is_short: bool) -> Outcome:
    metric, ranked, n = context.metric, race.complete, len(race.tried)
    start, best = race.tried[0], next(iter(ranked), None)
    configs = list(dict.fromkeys(one.config.model_dump_json() for one in ranked))[:CANDIDATES]
    numbers: dict[str, Any] = {
        "measured": None if best is None else best.score, "expected": start.score, "unit": metric.label,
        "blocks": (*_progress(context, race), _table(context, race, space)),
        "decides": {"candidates": tuple(TrainingConfig.model_validate_json(config) for config in configs)},
    }  # fmt: skip
    if best is None and (is_short or n < 2):
        return warned(f"Nothing was searched: {_nothing(race)}.", advice=UNSOUND, **numbers)
    if is_short:
        return warned(
            f"Nothing was searched: the budget leaves a run {trained(race.incumbent)} of "
            f"{own_epochs(context, race.incumbent)} epochs, so the time goes to a longer one.",
            advice="Give it a larger budget: the best of such short runs learns fastest, but need not get furthest.",
            **numbers,
        )
    if n < 2 and context.pacing.cuts:
        return warned("There was no time for a search within the budget.", advice="Give it a larger budget.", **numbers)
    if n < 2:
        return noted(f"Nothing was searched: {_why_one(space)}.", **numbers)
    is_full = context.budget.seconds is not None and not _asked(context) and n >= MOST_TRIALS
    most = ", the most that a budget in seconds may take" if is_full else ""
    done = f"{count(n, 'trial')} of {how}{_ends(race)}{most}"
    if best is None:
        return warned(f"{done}: {_nothing(race)}.", advice=UNSOUND, **numbers)
    score = metric.words(best.score or 0.0)
    if start.failure:
        return passed(
            f"{done}: the start breaks ({start.failure}); of the others trial {best.number} is best with "
            f"{metric.label} {score}.",
            **numbers,
        )
    before = metric.words(start.score or 0.0)
    if best is start:
        return noted(f"{done}: none beats the start, {metric.label} {before}.", **numbers)
    return passed(
        f"{done}: trial {best.number} is best with {metric.label} {score}, against {before} at the start; whether that "
        "is more than luck, fresh seeds will tell.",
        **numbers,
    )


def _nothing(race: Race) -> str:
    """Why there is nothing to rank."""
    start = race.tried[0].failure
    others = f"the start breaks ({start})"
    if all(one.failure for one in race.tried):
        return others if len(race.tried) == 1 else f"every one breaks, the start among them ({start})"
    return f"{others}, and no other was trained to its end"


def _why_one(space: tuple[Dimension, ...]) -> str:
    return "one trial was asked for, and that is the start itself" if space else "no hyperparameter is to vary"


def _ends(race: Race) -> str:
    n_up, n_failed = sum(bool(one.given_up) for one in race.tried), sum(bool(one.failure) for one in race.tried)
    parts = [f"{n_up} given up early"] if n_up else []
    parts += [f"{n_failed} failed"] if n_failed else []
    return f" ({', '.join(parts)})" if parts else ""


def _so_far(context: Context, race: Race, timing: Timing, number: int) -> str:
    """The best so far and the time left: " · best 94.3% (trial 3) · 4 min left"."""
    if not race.complete:
        return ""
    best = race.complete[0]
    return f" · best {context.metric.words(best.score or 0.0)} (trial {best.number}) · {timing.time_left(number)}"


def _in_a_line(context: Context, race: Race, space: tuple[Dimension, ...], timing: Timing) -> str:
    one = race.tried[-1]
    score = context.metric.words(one.score) if one.score is not None else "failed"
    about = "about " if one.given_up else ""
    why = one.failure or one.given_up or ("" if one.is_whole else "part of its epochs")
    parts = [f"{about}{score}{f' ({why})' if why else ''}", changed(one, space), one.remark, f"{one.seconds:.1f} s"]
    words = " · ".join(part for part in parts if part)
    so_far = _so_far(context, race, timing, max(tried.number for tried in race.tried))
    return f"trial {one.number} of {timing.last(one.number)}: {words}{so_far}"


def changed(one: Tried, space: tuple[Dimension, ...]) -> str:
    """What a trial changed: "learning_rate 0.003 → 0.0012, batch 32 → 64"."""
    if one.number == 0:
        return "the start"
    now = [(d, d.now, one.values.get(d.name)) for d in space]
    parts = [f"{d.label} {short(old)} → {short(new)}" for d, old, new in now if new != old]
    return ", ".join(parts) or "nothing changed"


def _progress(context: Context, race: Race) -> tuple[Lines, ...]:
    whole = sorted(race.complete, key=lambda one: one.number)
    if not whole:
        return ()
    scores, best = [one.score or 0.0 for one in whole], list[float]()
    for score in scores:
        best.append(score if not best or context.metric.better(score, best[-1]) else best[-1])
    x = tuple(float(one.number) for one in whole)
    lines = Lines(
        title="The search",
        caption="Trial 0 is the configuration it started from. Trials that failed or were given up are left out.",
        lines=(Line(name="trial", x=x, y=tuple(scores), dashed=True), Line(name="best so far", x=x, y=tuple(best))),
        x_label="trial",
        y_label=context.metric.label,
    )
    return (lines,)


def _table(context: Context, race: Race, space: tuple[Dimension, ...]) -> Table:
    ranked = race.complete
    others = [one for one in race.tried if one not in ranked]
    form = context.metric.column_format
    by = race.yardstick
    whose = "the start's" if by is None or by.number == 0 else f"trial {by.number}'s"
    return Table(
        title="Trials, best first",
        caption=f"A trial that was given up has {whose} score, plus what it was worse by where it was given up.",
        columns=(
            Column(name="trial"), Column(name=context.metric.label, format=form),
            *(Column(name=d.name.removeprefix(OWN)) for d in space), Column(name="time", unit="seconds"),
            Column(name="remark"),
        ),
        rows=tuple(
            (
                one.number, one.score, *(short(one.values.get(d.name)) for d in space), round(one.seconds, 1),
                _remark(one),
            )
            for one in [*ranked, *others]
        ),
        emphasis=tuple(number for number, one in enumerate(ranked) if one.number == 0),
    )  # fmt: skip


def _remark(one: Tried) -> str:
    start = "the start" if one.number == 0 else ""
    given_up = f"given up: {one.given_up}" if one.given_up else ""
    part = "" if one.is_whole else "trained for part of its epochs"
    return "; ".join(part for part in (start, one.failure, given_up, part, one.remark) if part)
