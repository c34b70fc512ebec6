"""The best of many has to win again."""

from __future__ import annotations

from typing import Any

from wizard.core.blocks import Bars, Column, Reference, Table
from wizard.core.config import TrainingConfig
from wizard.stages.context import Context, Judged
from wizard.stages.gains import with_interval
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.tune.race import candidates_of, why_broken
from wizard.stages.tune.random_search import UNSOUND
from wizard.stages.words import count
from wizard.training.compare import Interval, gain_between

FRESH = 100  # number of the first seed that no trial used
TOP = {"quick": (1, 1), "standard": (3, 2), "thorough": (4, 3)}  # configurations beside the start, fresh seeds each
CANDIDATES = 4  # configurations handed on to the ensemble


@step()
def winner(context: Context) -> Outcome:
    """The best settings win again with fresh seeds.

    The best of many trials is the best partly by luck: of thirty equal networks one comes out on top. So the top ones
    are trained again, beside the start, with seeds that the search did not see, and the mean of these decides. How much
    the search promised too much is measured on the way.
    """
    incumbent: TrainingConfig = context.decided("incumbent")
    found = candidates_of(context)
    others = [config for config in found if config != incumbent]
    if not others:
        decides = _decides(context, incumbent, found)
        race = context.shared.get("race")
        if race is not None and race.tried and race.tried[0].failure:
            why = race.tried[0].failure
            return warned(
                f"The start breaks ({why}), and the search left no other configuration.", advice=UNSOUND,
                decides=decides,
            )  # fmt: skip
        return noted("The start stays: no other configuration is left to compare with it.", decides=decides)
    start = context.judge(incumbent)  # stored: trial 0
    n, seeds = _affordable(context, start, len(others))
    if not n:
        return _unproven(context, incumbent, others[0], found)
    fresh: list[Judged] = []
    for number, config in enumerate((incumbent, *others[:n])):
        context.progress.part(f"{'the start' if number == 0 else f'candidate {number} of {n}'} with fresh seeds")
        fresh.append(context.judge(config, seeds, FRESH))
    sound = [one for one in fresh if not one.failure]
    if not sound:
        return warned(
            "Every configuration breaks with fresh seeds, the start among them.",
            advice=UNSOUND,
            decides=_decides(context, incumbent, found),
        )
    ranked = sorted(sound, key=lambda one: -context.metric.gain(one.score, 0.0))
    return _answer(context, incumbent, found, fresh, ranked)


def _affordable(context: Context, start: Judged, n_others: int) -> tuple[int, int]:
    """How many candidates beside the start, and how many fresh seeds each; (0, 0) where there is no time for one."""
    n, seeds = TOP[context.effort.name]
    n = min(n, n_others)
    if not context.pacing.allows("winner: the best trial and the start with a fresh seed", 2 * start.seconds):
        return 0, 0
    wanted = (1 + n) * seeds
    runs = context.pacing.cap("winner: runs with fresh seeds", wanted, start.seconds, max(context.pacing.left, 0.0))
    runs = max(runs, 2)
    if runs < 1 + n:
        return runs - 1, 1
    return n, max(1, runs // (1 + n))


def _answer(
    context: Context, incumbent: TrainingConfig, found: tuple[TrainingConfig, ...], fresh: list[Judged],
    ranked: list[Judged],
) -> Outcome:  # fmt: skip
    metric, best, start = context.metric, ranked[0], fresh[0]
    context.shared["had fresh seeds"] = True
    luck = _optimism(context, found, fresh)
    seeds = count(len(best.predictions), "fresh seed")
    numbers: dict[str, Any] = {
        "measured": best.score, "expected": start.score, "unit": metric.label,
        "blocks": (_bars(context, incumbent, fresh), _table(context, incumbent, fresh)),
        "decides": _decides(context, best.config, (*(one.config for one in ranked), *found)),
    }  # fmt: skip
    if start.failure:
        numbers.pop("expected")
        return passed(f"The start breaks with fresh seeds ({why_broken(start)}); the best trial does not.", **numbers)
    own, before = metric.words(best.score), metric.words(start.score)
    promised = context.shared["promise"] = _promise(context, luck)
    if best is start:
        return noted(
            f"The start stays: with {seeds} it gives {metric.label} {before}, and no trial gives more.{promised}",
            **numbers,
        )
    gain = context.gain(best, start).of_best_among(len(fresh) - 1)
    sure = "beyond the noise" if gain.low > 0 else "a gain within the noise"
    return passed(
        f"A new best: with {seeds} it gives {metric.label} {own}, the start {before}, {sure}.{promised}", **numbers
    )


def _optimism(context: Context, found: tuple[TrainingConfig, ...], fresh: list[Judged]) -> Interval | None:
    """By how much the search's score of its best trial lies above what fresh seeds give; None where that is unknown."""
    first = next((config for config in found if config != context.shared.get("scheduled")), None)
    best = next((one for one in fresh[1:] if one.config == first and not one.failure), None)
    if best is None:
        return None
    promised = context.judge(best.config)  # as the search saw it
    y, weight, units = context.y(best.rows), context.weight(best.rows), context.units(best.rows)
    old = promised.predictions[:1] * len(best.predictions)
    return gain_between(context.metric, y, old, best.predictions, weight, context.seed, units=units)


def _promise(context: Context, luck: Interval | None) -> str:
    if luck is None:
        return ""
    return f" The search's own figure for its best differs by {with_interval(context.metric, luck)}."


def _unproven(
    context: Context, incumbent: TrainingConfig, other: TrainingConfig, found: tuple[TrainingConfig, ...]
) -> Outcome:  # fmt: skip
    """Without time for fresh seeds: the best trial only where it leads by more than the luckiest of many would."""
    folds = range(len(context.split.folds)) if context.split.folds else (None,)
    if all(context.is_trained(other.but(fold=fold, seed=0)) for fold in folds):
        best, start = context.judge(other), context.judge(incumbent)
        if start.failure and not best.failure:
            return passed(
                f"There was no time for fresh seeds, but the start breaks ({why_broken(start)}), the best trial not.",
                measured=best.score,
                unit=context.metric.label,
                advice="Give the journey a larger budget.",
                decides=_decides(context, other, found),
            )
        lead = context.gain(best, start).of_best_among(max(context.effort.trials, len(found)))
        if not best.failure and lead.low > 0:
            words = context.metric.words
            return passed(
                f"There was no time for fresh seeds, but the best trial gives {context.metric.label} "
                f"{words(best.score)}, the start {words(start.score)}: more than luck makes of that many trials.",
                measured=best.score,
                expected=start.score,
                unit=context.metric.label,
                advice="Give the journey a larger budget.",
                decides=_decides(context, other, found),
            )
    return warned(
        "There was no time to train the best trial again with a fresh seed, so the start stays.",
        advice="Give the journey a larger budget.",
        decides=_decides(context, incumbent, found),
    )


def _decides(context: Context, best: TrainingConfig, others: tuple[TrainingConfig, ...]) -> dict[str, Any]:
    unique = {one.model_dump_json(): one for one in (best, *others)}
    return {
        "incumbent": best,
        "candidates": tuple(unique.values())[:CANDIDATES],
        "stage_configs": {**context.decided("stage_configs"), "tune": best},
    }


def _names(incumbent: TrainingConfig, fresh: list[Judged]) -> list[str]:
    return ["the start", *(f"candidate {number}" for number in range(1, len(fresh)))]


def _bars(context: Context, incumbent: TrainingConfig, fresh: list[Judged]) -> Bars:
    sound = [(name, one) for name, one in zip(_names(incumbent, fresh), fresh, strict=True) if not one.failure]
    around = [context.interval(one.predictions[0]) for _, one in sound]
    first = next((one.score for name, one in sound if name == "the start"), None)
    return Bars(
        title="With seeds that the search did not see",
        caption="Mean over the fresh seeds; the interval is that of the rows.",
        labels=tuple(name for name, _ in sound),
        values=tuple(one.score for _, one in sound),
        intervals=tuple(
            (one.score + row.low - row.value, one.score + row.high - row.value)
            for row, (_, one) in zip(around, sound, strict=True)
        ),
        references=() if first is None else (Reference(value=first, label="the start"),),
        value_label=context.metric.label,
        emphasis=(0,) if first is not None else (),
    )  # fmt: skip


def _table(context: Context, incumbent: TrainingConfig, fresh: list[Judged]) -> Table:
    metric, form = context.metric, context.metric.column_format
    rows = []
    for name, one in zip(_names(incumbent, fresh), fresh, strict=True):
        is_of_search = one.config != context.shared.get("scheduled")
        judged = context.judge(one.config) if is_of_search else None
        searched = None if judged is None or judged.failure else judged.score
        change = one.config.diff(incumbent)
        words = ", ".join(f"{field} {_short(old)} → {_short(new)}" for field, (new, old) in change.items())
        score = None if one.failure else one.score
        lost = None if score is None or searched is None else metric.gain(searched, score)
        rows.append((name, searched, score, lost, words or "as it was"))
    return Table(
        title="What the search promised, and what fresh seeds give",
        caption=f"{metric.label}; a positive difference is what the search promised too much. A schedule that was "
        "tuned after the search has no figure of the search.",
        columns=(
            Column(name="configuration"), Column(name="in the search", format=form),
            Column(name="with fresh seeds", format=form), Column(name="promised too much", format=form),
            Column(name="changed"),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return " ".join(f"{name} {_short(one)}" for name, one in value.items()) or "default"
    return float(f"{value:.3g}") if isinstance(value, float) else value
