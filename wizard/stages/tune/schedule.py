"""The learning rate's decay, last of all."""

from __future__ import annotations

from typing import Any

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.models.family import multiple
from wizard.stages.context import Context, Judged
from wizard.stages.gains import measured_gain, with_interval
from wizard.stages.own import NO_SCHEDULE
from wizard.stages.step import Outcome, noted, passed, skipped, step
from wizard.stages.tune.race import candidates_of, why_broken
from wizard.stages.words import listed
from wizard.training.compare import Interval

SCHEDULES = {
    "constant": "a constant rate",
    "cosine": "a cosine down to 0",
    "cycles": "four cosine cycles, each twice as long as the one before",
}
FEWER = {"quick": 1, "standard": 2, "thorough": 2}  # other schedules that are tried
LONGER, SHORTER = 2.0, 0.5  # times the epochs
PROOF = 2  # runs with a fresh seed, for which time is kept

Row = tuple[str, Judged, Interval | None]


def _gained(row: Row) -> float:
    return float("-inf") if row[2] is None else row[2].value


@step()
def schedule(context: Context) -> Outcome:
    """A decay of the learning rate, tuned at the very end, makes the network better.

    A decay is made for one number of epochs, and for one rate: chosen before them it is chosen for other ones, and may
    end the training before it has begun. So it comes last. The best of the search is trained with the same seeds under
    each schedule, then for more epochs; a change is kept only beyond its noise band.
    """
    if context.own is not None and not context.own.takes_schedule:
        return skipped(NO_SCHEDULE)
    candidates = candidates_of(context)
    if not candidates:
        return skipped("The search left no configuration whose schedule could be tuned.")
    base = context.judge(candidates[0])  # stored: a trial of the search
    if base.failure:
        return skipped(f"The best configuration that is left breaks ({why_broken(base)}): no schedule mends that.")
    if not (context.repeats == 1 or _allows(context, base, "a second seed of the best trial", 1.0)):
        return skipped("There was no time left for this experiment within the budget.")
    base = context.judge(candidates[0], context.repeats)
    rows: list[Row] = []
    for change, words in _schedules(context, base.config):
        _try(context, base, rows, change, words)
    best = max(rows, key=_gained, default=None)
    leading = best[1].config if best is not None and best[2] is not None and best[2].value > 0 else base.config
    for change, words in _lengths(context, leading):
        _try(context, base, rows, {**_decay(leading), **change}, words)
    if not rows:
        return skipped("There was no time left for this experiment within the budget.")
    return _answer(context, base, rows)


def _schedules(context: Context, config: TrainingConfig) -> list[tuple[dict[str, Any], str]]:
    """The other schedules, planned for as many epochs as the configuration trains."""
    epochs = min(config.epochs, config.stop_after or config.epochs)
    order = ["cosine", "cycles", "constant"]
    others = [name for name in order if name != config.schedule][: FEWER[context.effort.name]]
    return [({"schedule": name, "epochs": epochs, "stop_after": None}, SCHEDULES[name]) for name in others]


def _lengths(context: Context, config: TrainingConfig) -> list[tuple[dict[str, Any], str]]:
    """More and fewer epochs; the smallest effort stays with those there are."""
    epochs = min(config.epochs, config.stop_after or config.epochs)
    times = {"quick": (), "standard": (LONGER,), "thorough": (LONGER, SHORTER)}[context.effort.name]
    wanted = [multiple(factor * epochs, config.look_every) for factor in times]
    return [
        ({"epochs": n, "stop_after": None}, f"{SCHEDULES[config.schedule]}, over {n:,} epochs instead of {epochs:,}")
        for n in wanted
        if n != epochs
    ]


def _decay(config: TrainingConfig) -> dict[str, Any]:
    return {"schedule": config.schedule}


def _try(context: Context, base: Judged, rows: list[Row], change: dict[str, Any], words: str) -> None:
    """Trains a changed configuration with the base's seeds; one clearly worse on its first fold is given up there."""
    longer = change["epochs"] / min(base.config.epochs, base.config.stop_after or base.config.epochs)
    if not _allows(context, base, words, longer):
        return
    context.progress.part(words)
    judged = context.judge(base.config.but(**change), len(base.predictions), against=base)
    is_whole = not judged.failure and not judged.is_dropped
    rows.append((words, judged, context.gain(judged, base) if is_whole else None))


def _allows(context: Context, base: Judged, words: str, times: float) -> bool:
    each = base.seconds / max(len(base.runs), 1)  # of one seed
    return context.pacing.allows(f"schedule: {words}", (times * context.repeats + PROOF) * each)


def _answer(context: Context, base: Judged, rows: list[Row]) -> Outcome:
    metric = context.metric
    n = len(rows)
    rows = [(words, judged, None if gain is None else gain.of_best_among(n)) for words, judged, gain in rows]
    table = _table(context, base, rows)
    compared = [(gain, words, judged) for words, judged, gain in rows if gain is not None]
    if not compared:
        tried = listed([words for words, _, _ in rows])
        return noted(
            f"{SCHEDULES[base.config.schedule].capitalize()} stays: {tried} did clearly worse.", blocks=(table,)
        )
    gain, words, judged = max(compared, key=lambda one: one[0].low)
    numbers: dict[str, Any] = {**measured_gain(metric, gain), "blocks": (table,)}
    said = f"{words[0].upper()}{words[1:]}: {with_interval(metric, gain)}"
    if gain.low <= 0:
        what = "within the noise" if gain.high >= 0 else "a loss"
        return noted(f"{said}, {what}; {SCHEDULES[base.config.schedule]} stays.", **numbers)
    first = context.shared["scheduled"] = judged.config  # which the search did not see
    candidates = (first, *(one for one in context.decided("candidates") if one != first))
    return passed(f"{said}, beyond the noise; taken.", decides={"candidates": candidates}, **numbers)


def _table(context: Context, base: Judged, rows: list[Row]) -> Table:
    form = context.metric.column_format
    start = (f"{SCHEDULES[base.config.schedule]} (the best of the search)", base.score, None, None, None)
    return Table(
        title="The same network under other schedules",
        caption=f"{context.metric.label} with the same {'seed' if len(base.runs) == 1 else 'seeds'} and rows; gain is "
        "towards better, with its 95% interval, widened for the number of schedules tried. One without a gain broke, "
        "or was clearly worse on its first fold, and was given up there.",
        columns=(
            Column(name="schedule"), Column(name=context.metric.label, format=form), Column(name="gain", format=form),
            Column(name="from", format=form), Column(name="to", format=form), Column(name="time", unit="seconds"),
        ),
        rows=(
            (*start, round(base.seconds, 1)),
            *(
                (words, judged.score if gain else None, *((gain.value, *gain.ends) if gain else (None,) * 3),
                 round(judged.seconds, 1))
                for words, judged, gain in rows
            ),
        ),
        emphasis=tuple(1 + i for i, (_, _, gain) in enumerate(rows) if gain is not None and gain.low > 0),
    )  # fmt: skip
