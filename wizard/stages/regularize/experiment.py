"""One change against the incumbent: same seeds, same rows, kept only beyond the noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.stages.context import Context, Judged
from wizard.stages.gains import measured_gain, with_interval
from wizard.stages.step import Outcome, no_time, noted, passed
from wizard.stages.words import count
from wizard.training.compare import Interval, Z

# Standard errors that a change must have gained to go on, after its first fold and its second, and after its first seed
# and later ones. Below them it would be kept in the end in about one case of ten, if what comes is like what came
# (stochastic curtailment: Lan, Simon & Halperin 1982). Of changes that do nothing two thirds end at the first look, and
# half of the others at the second. Seeds share the rows that decide, so that they must have gained more than folds. The
# second look saves a tenth of all runs and loses one keep in a hundred (simulated, for rows that make 20 to 95% of the
# variance); `tests/benchmarks/keeps.py` is what the first was held against.
PROMISING_FOLDS = (0.5, 1.0)
PROMISING_SEEDS = (1.0, 1.3)
FIRST = "its first"  # fold or seed
FEWEST_SEEDS = 2  # of one, nothing tells how much depends on the seed
SEEDS_SHARE = 0.3  # of the stage's time left that the incumbent's further seeds may take


@dataclass(frozen=True)
class Trial:
    """One line of the stage's table.

    Attributes:
        name: What was changed, in words.
        step: That tried it.
        change: Fields of the configuration that differ.
        base: The incumbent that it was compared with.
        before: The incumbent's score on the rows that were compared.
        after: The changed one's.
        train_before: The incumbent's training loss.
        train_after: The changed one's.
        gain: Towards better, with its interval.
        seconds: What the runs took.
        is_kept: Whether it became the incumbent.
        given_up: After how much of the comparison it was given up, in words; "" where all of it was done.
        replaced_by: What took its place after it had been kept, in words; "" where nothing did.
    """

    name: str
    step: str
    change: dict[str, Any]
    base: TrainingConfig
    before: float
    after: float
    train_before: float
    train_after: float
    gain: Interval
    seconds: float
    is_kept: bool
    given_up: str = ""
    replaced_by: str = ""

    @property
    def has_promise(self) -> bool:
        """Whether it pointed the right way for longer than one look, and was not kept."""
        return not self.is_kept and not self.given_up.startswith(FIRST) and self.gain.value > 0


def ledger(context: Context) -> list[Trial]:
    """What the stage has tried so far, in order."""
    return context.once("ledger", list)


def incumbent(context: Context) -> Judged:
    """The best configuration so far, judged with the effort's repeats."""
    config = context.decided("incumbent")
    if context.shared.get("judged_config") != config:
        context.shared.update(judged=context.judge(config, _seeds(context, config)), judged_config=config)
        context.shared.setdefault("first_score", context.shared["judged"].score)
    return context.shared["judged"]


def _seeds(context: Context, config: TrainingConfig) -> int:
    """The effort's repeats; down to two where they would take most of the stage's time from what is to be compared."""
    wanted = context.repeats
    if wanted <= FEWEST_SEEDS or context.budget.seconds is None:
        return wanted
    first = context.judge(config, 1)
    more = wanted - FEWEST_SEEDS + 1
    seconds = SEEDS_SHARE * context.pacing.left
    return wanted - more + context.pacing.cap("seeds of what is compared with", more, first.seconds, seconds)


def few(context: Context, most: int = 2) -> int:
    """Changes that a step tries: one at the smallest effort."""
    return 1 if context.effort.name == "quick" else most


def experiment(
    context: Context,
    name: str,
    changes: Sequence[dict[str, Any]],
    words: Sequence[str],
    *,
    are_doses: bool = False,
    cost: float = 1.0,
) -> Outcome:
    """Tries the changes one by one and keeps the best that helps beyond its noise band.

    A change that promises nothing after a fold, or a seed, is given up there, as is one that there is no time to go on
    with: that can only lose a change, never keep one.

    Args:
        context: The step's.
        name: Of the regulariser.
        changes: Fields of the configuration to change.
        words: What each change is, in words.
        are_doses: Whether each is more of the same: once one is given up, or brings nothing, more is not tried.
        cost: Times the incumbent's that a run of a change is thought to take.
    """
    base = incumbent(context)
    trials: list[tuple[Trial, Judged]] = []
    for change, label in zip(changes, words, strict=True):
        if not context.pacing.allows(f"{name}: {label}", cost * base.runs[0][0].seconds):
            break
        trials.append(_try(context, base, name, change, label, cost))
        if are_doses and (trials[-1][0].given_up or trials[-1][0].gain.value <= 0):
            break
    if not trials:
        return no_time()
    trials = [(_widened(trial, len(trials)), judged) for trial, judged in trials]
    best, judged = max(trials, key=lambda pair: (pair[0].given_up == "", pair[0].gain.low))
    tried = [trial if trial is best else replace(trial, is_kept=False) for trial, _ in trials]
    ledger(context).extend(tried)
    metric = context.metric
    numbers = {
        **measured_gain(metric, best.gain),
        "blocks": (table(context, tried),),
        "decides": standing(context, judged.config if best.is_kept else base.config),
    }  # fmt: skip
    title = f"{best.name[0].upper()}{best.name[1:]}"
    if judged.failure:
        only = {key: numbers[key] for key in ("blocks", "decides")}
        return noted(f"{title} breaks the training: {judged.failure}. Not kept.", **only)
    gained = f"{title}: {with_interval(metric, best.gain)}"
    if not best.is_kept:
        what = (
            "a loss" if best.gain.high < 0 else "beyond the noise so far" if best.gain.low > 0 else "within the noise"
        )
        early = f", given up after {best.given_up}" if best.given_up else ""
        more = "; not kept, and more of it not tried." if are_doses and len(trials) < len(changes) else "; not kept."
        return noted(f"{gained}, {what}{early}{more}", **numbers)
    context.shared.update(judged=judged, judged_config=judged.config)
    return passed(f"{gained}, beyond the noise; kept.", **numbers)


def standing(context: Context, config: TrainingConfig) -> dict[str, Any]:
    """The decisions that make a configuration the stage's best so far."""
    stages = {**context.decided("stage_configs"), context.stage: config}
    return {"incumbent": config, "stage_configs": stages}


def _try(
    context: Context, base: Judged, step: str, change: dict[str, Any], label: str, cost: float
) -> tuple[Trial, Judged]:  # fmt: skip
    config = base.config.but(**change)
    rest = f"{step}: {label}, beyond its first run", cost * (base.seconds - base.runs[0][0].seconds)
    judged, given_up = _raced(context, base, config, rest)
    if judged.failure:
        worst = Interval(float("-inf"), float("-inf"), float("-inf"))
        trial = Trial(label, step, change, base.config, base.score, judged.score, base.mean_score("train_loss"),
                      float("nan"), worst, judged.seconds, False)  # fmt: skip
        return trial, judged
    part = _part(context, base, judged)
    gain = context.gain(judged, part)
    trial = Trial(
        name=label,
        step=step,
        change=change,
        base=base.config,
        before=part.score,
        after=judged.score,
        train_before=part.mean_score("train_loss"),
        train_after=judged.mean_score("train_loss"),
        gain=gain,
        seconds=judged.seconds,
        is_kept=not given_up and gain.low > 0,
        given_up=given_up,
    )
    return trial, judged


def _raced(
    context: Context, base: Judged, config: TrainingConfig, rest: tuple[str, float]
) -> tuple[Judged, str]:  # fmt: skip
    """A configuration judged, or given up; with how far it came. `rest`: (name, seconds) of all after its first run."""
    n_folds, n_seeds = len(context.split.folds), len(base.predictions)
    looks: list[tuple[Any, float, str]] = []
    for n in range(1, n_folds):
        words = f"{FIRST} fold" if n == 1 else count(n, "fold")
        looks.append((partial(_on_folds, context, config, n), PROMISING_FOLDS[min(n, 2) - 1], words))
    for n in range(1, n_seeds):
        words = f"{FIRST} seed" if n == 1 else count(n, "seed")
        looks.append((partial(context.judge, config, n), PROMISING_SEEDS[min(n, 2) - 1], words))
    for judge, least, words in looks:
        judged = judge()
        if judged.failure:
            return judged, ""
        gain = context.gain(judged, _part(context, base, judged))
        if gain.value <= least * (gain.high - gain.value) / Z:
            return judged, words
        if not context.pacing.allows(*rest):
            return judged, f"{words} for lack of time"
    return context.judge(config, n_seeds), ""


def _on_folds(context: Context, config: TrainingConfig, n_folds: int) -> Judged:
    """A configuration on the first folds, with one seed."""
    runs: list[TrainingRun] = []
    for fold in range(n_folds):
        runs.append(context.train(config.but(fold=fold, seed=0)))
        if runs[-1].failure:
            return Judged(config, (tuple(runs),), np.empty(0, "int64"), [], float("nan"), is_dropped=True)
    rows = np.concatenate([context.split.rows(fold)[1] for fold in range(n_folds)])
    predictions = np.concatenate([context.trainer.held_predictions(run) for run in runs])
    order = np.argsort(rows)
    rows, predictions = rows[order], predictions[order]
    score = context.metric.score(context.y(rows), predictions, context.weight(rows))
    return Judged(config, (tuple(runs),), rows, [predictions], score, is_dropped=True)


def _part(context: Context, base: Judged, judged: Judged) -> Judged:
    """The incumbent on the rows and seeds that something was judged on."""
    n = len(judged.predictions)
    if not judged.is_dropped:
        own = [context.metric.score(context.y(base.rows), p, context.weight(base.rows)) for p in base.predictions[:n]]
        return replace(base, runs=base.runs[:n], predictions=base.predictions[:n], score=float(np.mean(own)))
    at = np.searchsorted(base.rows, judged.rows)
    predictions = base.predictions[0][at]
    score = context.metric.score(context.y(judged.rows), predictions, context.weight(judged.rows))
    return replace(
        base, runs=(base.runs[0][: len(judged.runs[0])],), rows=judged.rows, predictions=[predictions], score=score
    )


def _widened(trial: Trial, n_tried: int) -> Trial:
    gain = trial.gain.of_best_among(n_tried)
    return replace(trial, gain=gain, is_kept=trial.is_kept and gain.low > 0)


def table(context: Context, trials: Sequence[Trial], title: str = "What each change bought") -> Table:
    """The stage's product: what each regulariser bought, at what cost."""
    metric = context.metric
    form = metric.column_format
    unit = "points" if metric.is_share else ""

    def gained(gain: float) -> float:
        return round(100 * gain, 2) + 0.0 if metric.is_share else gain

    return Table(
        title=title,
        caption=f"{metric.label} on the rows that decide; gain is towards better, with its 95% interval. What promised "
        "nothing after a fold or a seed, or had no time to go on, was given up there, and is compared on that part.",
        columns=(
            Column(name="change"), Column(name="kept"), Column(name="gain", unit=unit), Column(name="from", unit=unit),
            Column(name="to", unit=unit), Column(name="before", format=form),
            Column(name="after", format=form), Column(name="training loss before"), Column(name="training loss after"),
            Column(name="time", unit="seconds"),
        ),
        rows=tuple(
            (
                trial.name, _verdict(trial), *map(gained, (trial.gain.value, trial.gain.low, trial.gain.high)),
                trial.before, trial.after, trial.train_before, trial.train_after, round(trial.seconds, 1),
            )
            for trial in trials
        ),
        emphasis=tuple(number for number, trial in enumerate(trials) if trial.is_kept),
    )  # fmt: skip


def _verdict(trial: Trial) -> str:
    if trial.is_kept:
        return "kept"
    if trial.replaced_by:
        return f"kept at first; then {trial.replaced_by}"
    if trial.given_up:
        return f"given up after {trial.given_up}"
    if not np.isfinite(trial.gain.value):
        return "not kept: broke"
    if trial.gain.low > 0:
        return "not kept: another gained more"
    return "not kept: a loss" if trial.gain.high < 0 else "not kept: within the noise"
