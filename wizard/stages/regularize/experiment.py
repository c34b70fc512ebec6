"""One change against the incumbent: same seeds, same rows, kept only beyond the noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.stages.context import Context, Judged
from wizard.stages.step import Outcome, noted, passed, skipped
from wizard.training.compare import Interval


@dataclass(frozen=True)
class Trial:
    """One line of the stage's table."""

    name: str
    before: float
    after: float
    train_before: float
    train_after: float
    gain: Interval
    seconds: float
    is_kept: bool


def ledger(context: Context) -> list[Trial]:
    """What the stage has tried so far, in order."""
    return context.once("ledger", list)


def incumbent(context: Context) -> Judged:
    """The best configuration so far, judged with the effort's repeats."""
    config = context.decided("incumbent")
    if context.shared.get("judged_config") != config:
        context.shared.update(judged=context.judge(config, _repeats(context)), judged_config=config)
    return context.shared["judged"]


def _repeats(context: Context) -> int:
    """The effort's repeats; out-of-fold predictions already average over the folds' networks."""
    return max(1, context.effort.repeats - bool(context.split.folds))


def experiment(context: Context, name: str, changes: Sequence[dict[str, Any]], words: Sequence[str]) -> Outcome:
    """Tries the changes one by one and keeps the best that helps beyond its noise band.

    Args:
        context: The step's.
        name: Of the regulariser.
        changes: Fields of the configuration to change.
        words: What each change is, in words.
    """
    base = incumbent(context)
    trials: list[tuple[Trial, Judged]] = []
    for change, label in zip(changes, words, strict=True):
        if not context.pacing.allows(f"{name}: {label}", base.seconds):
            break
        trials.append(_try(context, base, base.config.but(**change), label))
    if not trials:
        return skipped("There was no time left for this experiment within the budget.")
    best, judged = max(trials, key=lambda pair: pair[0].gain.low)
    ledger(context).extend(trial if trial is best else _not_kept(trial) for trial, _ in trials)
    metric = context.metric
    scale = 100.0 if metric.is_share else 1.0
    numbers = {
        "measured": scale * best.gain.value, "expected": 0.0,
        "interval": (scale * best.gain.low, scale * best.gain.high),
        "unit": f"points of {metric.label}" if metric.is_share else f"lower {metric.label}",
        "blocks": (table(context, [trial for trial, _ in trials]),),
    }  # fmt: skip
    name = f"{best.name[0].upper()}{best.name[1:]}"
    band = f"(95% interval {_signed(context, best.gain.low)} to {_signed(context, best.gain.high)})"
    if judged.failure:
        return noted(f"{name} breaks the training: {judged.failure}. Not kept.", blocks=numbers["blocks"])
    if not best.is_kept:
        what = "within the noise" if best.gain.high >= 0 else "a loss"
        return noted(f"{name}: {signed(context, best.gain.value)} {band}, {what}; not kept.", **numbers)
    context.shared.update(judged=judged, judged_config=judged.config)
    decides = {
        "incumbent": judged.config,
        "stage_configs": {**context.decided("stage_configs"), "regularize": judged.config},
    }
    return passed(
        f"{name}: {signed(context, best.gain.value)} {band}, beyond the noise; kept.",
        decides=decides,
        **numbers,
    )


def _try(context: Context, base: Judged, config: TrainingConfig, label: str) -> tuple[Trial, Judged]:
    judged = context.judge(config, len(base.predictions))
    worst = Interval(float("-inf"), float("-inf"), float("-inf"))
    gain = worst if judged.failure else context.gain(judged, base)
    trial = Trial(
        name=label,
        before=base.score,
        after=judged.score,
        train_before=base.mean_score("train_loss"),
        train_after=float("nan") if judged.failure else judged.mean_score("train_loss"),
        gain=gain,
        seconds=judged.seconds,
        is_kept=gain.low > 0,
    )
    return trial, judged


def _not_kept(trial: Trial) -> Trial:
    return Trial(**{**trial.__dict__, "is_kept": False})


def signed(context: Context, gain: float) -> str:
    """A gain with its sign: "+0.46 points of accuracy", or a lower RMSE as "−0.012 RMSE"."""
    label = context.metric.label
    return f"{_signed(context, gain)} {f'points of {label}' if context.metric.is_share else label}"


def _signed(context: Context, gain: float) -> str:
    if context.metric.is_share:
        return f"{round(100 * gain, 2) + 0.0:+.2f}".replace("-", "−")  # adding 0 turns −0 into 0
    return f"{(gain if context.metric.is_higher_better else -gain) + 0.0:+.3g}".replace("-", "−")


def table(context: Context, trials: Sequence[Trial]) -> Table:
    """The stage's product: what each regulariser bought, at what cost."""
    metric = context.metric
    form = metric.column_format
    return Table(
        title="What each change bought",
        caption=f"{metric.label} on the rows that decide; gain is towards better, with its 95% interval.",
        columns=(
            Column(name="change"), Column(name="training loss before"), Column(name="training loss after"),
            Column(name="before", format=form), Column(name="after", format=form), Column(name="gain", format=form),
            Column(name="from", format=form), Column(name="to", format=form), Column(name="time", unit="seconds"),
            Column(name="kept"),
        ),
        rows=tuple(
            (
                trial.name, trial.train_before, trial.train_after, trial.before, trial.after, trial.gain.value,
                trial.gain.low, trial.gain.high, round(trial.seconds, 1), "kept" if trial.is_kept else "not kept",
            )
            for trial in trials
        ),
    )  # fmt: skip
