"""KerasTuner's random search, the incumbent as trial 0."""

from __future__ import annotations

from wizard.core.blocks import Column, Line, Lines, Table
from wizard.core.config import HpValue, TrainingConfig
from wizard.stages.context import Context, Judged
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count
from wizard.training.search import Dimension, SearchTrial
from wizard.training.search import random_search as search

FRESH = 100  # first number of the seeds that no trial used
CANDIDATES = 4  # configurations handed on to the ensemble


@step()
def random_search(context: Context) -> Outcome:
    """A search around the incumbent has found the best settings that the budget pays for.

    Every trial is judged on the same rows. The best of many trials is partly lucky, so the winner is trained again
    with seeds that the search did not see, beside the incumbent, and has to win there as well.
    """
    incumbent: TrainingConfig = context.decided("incumbent")
    space = tuple(Dimension.model_validate(d) for d in context.decided("search_space").values())
    judged: dict[int, Judged] = {}

    def evaluate(number: int, values: dict[str, HpValue]) -> float:
        config = with_values(incumbent, values)
        judged[number] = context.judge(config, against=judged.get(0))
        if judged[number].failure:
            raise ValueError(judged[number].failure)
        whole = [one for one in judged.values() if not one.is_dropped]
        best = max(whole, key=lambda one: context.metric.gain(one.score, 0.0))
        context.progress.detail(f"trial {number + 1} of {limit} · best {context.metric.words(best.score)}")
        return judged[number].score

    def goes_on(number: int) -> bool:
        if number == 0:
            return True
        proof = 2 * judged[0].seconds  # the winner and the incumbent are to be trained once more
        return context.pacing.allows(f"random_search: trial {number}", judged[0].seconds + proof)

    limit = int(context.options.get("trials") or context.effort.trials)
    trials = search(
        space,
        evaluate,
        is_higher_better=context.metric.is_higher_better,
        trials=limit,
        goes_on=goes_on,
        seed=context.derived_seed("random_search"),
    )
    sound = [trial for trial in trials if trial.score is not None and not judged[trial.number].is_dropped]
    ranked = sorted(sound, key=lambda trial: -context.metric.gain(trial.score or 0.0, 0.0))
    blocks = (_progress(context, sound), _table(context, space, ranked, trials, judged))
    return _answer(context, trials, ranked, judged, blocks)


def with_values(config: TrainingConfig, values: dict[str, HpValue]) -> TrainingConfig:
    """A configuration with a trial's values; "hp.width" goes to the family's own."""
    own = {name.removeprefix("hp."): value for name, value in values.items() if name.startswith("hp.")}
    fields = {name: value for name, value in values.items() if not name.startswith("hp.")}
    return config.but(hp={**config.hp, **own}, **fields)


def _answer(
    context: Context, trials: list[SearchTrial], ranked: list[SearchTrial], judged: dict[int, Judged], blocks: tuple
) -> Outcome:
    metric = context.metric
    before = judged[0]
    configs = tuple(dict.fromkeys(judged[trial.number].config.model_dump_json() for trial in ranked[:CANDIDATES]))
    candidates = tuple(TrainingConfig.model_validate_json(config) for config in configs)
    top = judged[ranked[0].number] if ranked else before
    winner, words = before, f"no trial of {len(trials)} beats the configuration it started from"
    optimism = 0.0
    if top is not before:
        fresh_top, fresh_before = context.judge(top.config, 1, FRESH), context.judge(before.config, 1, FRESH)
        optimism = metric.gain(top.score, fresh_top.score)
        if metric.better(fresh_top.score, fresh_before.score):
            winner = top
            words = (
                f"trial {ranked[0].number} of {len(trials)} wins with {metric.label} {metric.words(fresh_top.score)} "
                f"on fresh seeds, against {metric.words(fresh_before.score)} before"
            )
        else:
            words = (
                f"the best of {count(len(trials), 'trial')} had luck: on fresh seeds it gives "
                f"{metric.words(fresh_top.score)}, the incumbent {metric.words(fresh_before.score)}, which stays"
            )
    decides = {
        "incumbent": winner.config,
        "candidates": (winner.config, *(c for c in candidates if c != winner.config))[:CANDIDATES],
        "stage_configs": {**context.decided("stage_configs"), "tune": winner.config},
    }
    numbers = {
        "measured": winner.score, "expected": before.score, "unit": metric.label, "blocks": blocks, "decides": decides,
    }  # fmt: skip
    headline = f"{words[0].upper()}{words[1:]}."
    if optimism > 0 and winner is top:
        headline += f" The search's own figure was {metric.words(top.score)}."
    if len(trials) < 2:
        return warned("There was no time for a search within the budget.", advice="Give it a larger budget.", **numbers)
    return (passed if winner is top else noted)(headline, **numbers)


def _progress(context: Context, sound: list[SearchTrial]) -> Lines:
    scores = [float(trial.score or 0.0) for trial in sound]
    best: list[float] = []
    for score in scores:
        best.append(score if not best or context.metric.better(score, best[-1]) else best[-1])
    x = tuple(float(trial.number) for trial in sound)
    return Lines(
        title="The search",
        caption="Trial 0 is the configuration it started from.",
        lines=(Line(name="trial", x=x, y=tuple(scores), dashed=True), Line(name="best so far", x=x, y=tuple(best))),
        x_label="trial",
        y_label=context.metric.label,
    )


def _table(
    context: Context,
    space: tuple[Dimension, ...],
    ranked: list[SearchTrial],
    trials: list[SearchTrial],
    judged: dict[int, Judged],
) -> Table:
    others = [trial for trial in trials if trial not in ranked]
    form = context.metric.column_format
    return Table(
        title="Trials, best first",
        caption="A trial clearly worse than the start on its first fold is given up; its score is that fold's.",
        columns=(
            Column(name="trial"), Column(name=context.metric.label, format=form),
            *(Column(name=d.name.removeprefix("hp.")) for d in space), Column(name="remark"),
        ),
        rows=tuple(
            (
                trial.number, trial.score, *(_short(trial.values[d.name]) for d in space),
                trial.failure or ("given up after its first fold" if judged[trial.number].is_dropped else ""),
            )
            for trial in [*ranked, *others]
        ),
    )  # fmt: skip


def _short(value: HpValue) -> HpValue:
    return float(f"{value:.3g}") if isinstance(value, float) else value
