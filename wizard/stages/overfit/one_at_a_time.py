"""Inputs and parts of the network, added one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Line, Lines, Table
from wizard.core.config import HpValue, TrainingConfig
from wizard.core.run import TrainingRun
from wizard.data.form import Form
from wizard.stages.baseline.skeleton import for_steps
from wizard.stages.context import Context
from wizard.stages.overfit.choice import chosen_family
from wizard.stages.overfit.growth import inputs_up_to, parts_of
from wizard.stages.overfit.rungs import loss_unit, rung_config
from wizard.stages.own import without_sizes
from wizard.stages.step import Outcome, no_time, noted, passed, skipped, step
from wizard.stages.words import count, listed

SEEDS = 2  # of each addition; the band is estimated over all of them together
STEPS = 0.2  # of the effort's steps: enough to see which is faster, a fraction of what a rung takes
NEARLY = 0.01  # nats or target variances: losses below it differ in nothing that anyone could see
MOST_INPUTS = 3  # sizes of the inputs, the full one included
LEAST = 0.02  # of the loss before: a smaller change is worth nothing, however sure
TIME_SHARE = 0.3  # of the stage's time: most of it belongs to the ladder
FIRST_SECONDS = 2.0  # that the first addition is taken to need on the sample data: a graph and some hundred steps


@dataclass(frozen=True)
class Stage:
    """The network after an addition.

    Attributes:
        words: What was added.
        runs: One a seed.
        before: Place of the stage that it adds to; None for the start.
        is_input: Whether inputs were added, not a part of the network.
        left_out: Columns that the stage before went without and that this one has.
    """

    words: str
    runs: tuple[TrainingRun, ...]
    before: int | None
    is_input: bool
    left_out: tuple[str, ...] = ()

    @property
    def losses(self) -> np.ndarray:
        """(seeds,) training losses of the runs that did not break down."""
        return np.array([run.scores["train_loss"] for run in self.runs if not run.failure])


@dataclass(frozen=True)
class Change:
    """What an addition did to the training loss: `ratio` of the losses, and the band in which it is no difference."""

    ratio: float
    low: float
    high: float
    is_broken: bool = False

    @property
    def verdict(self) -> str:
        """In words."""
        if self.is_broken:
            return "breaks the training"
        if abs(self.ratio - 1) < LEAST:
            return "no difference"
        return "lower" if self.high < 1 else "higher" if self.low > 1 else "no difference"


@dataclass
class _Growth:
    """Trains the stages one after the other, as long as there is time."""

    context: Context
    recipe: TrainingConfig
    stages: list[Stage] = field(default_factory=list)

    def add(self, words: str, hp: dict[str, HpValue], inputs: dict[str, HpValue], **about: Any) -> bool:
        """Trains an addition; False where there was no time for it."""
        context = self.context
        spent = [sum(run.seconds for run in stage.runs) for stage in self.stages] or [FIRST_SECONDS * context.pace]
        if not context.pacing.allows(f"one_at_a_time: {words}", (sum(spent) + spent[-1]) / TIME_SHARE):
            return False
        context.progress.detail(words)
        config = rung_config(context, self.recipe, hp).but(inputs=inputs)
        config = for_steps(context, config, round(STEPS * context.effort.steps))
        runs = tuple(context.train(config.but(seed=seed)) for seed in range(SEEDS))
        self.stages.append(Stage(words, runs, **about))
        return True


@step()
def one_at_a_time(context: Context) -> Outcome:
    """Everything that is added makes the training loss lower.

    Complexity comes in one thing at a time, each with an expectation: more of the inputs, a wider network, a deeper
    one should all fit the training rows better. What does not is a sign of a fault, or is not worth its cost.
    """
    if context.own is not None and (reason := without_sizes(context.own)):
        return skipped(reason)
    form = context.form()
    stages = _grown(context, form)
    if len(stages) < 2:
        if any(cut.startswith("one_at_a_time") for cut in context.pacing.cuts):
            return no_time()
        return skipped("There is nothing to add: the inputs have one part only, and the family has one size.")
    changes = _changes(stages)
    added = [(stage, change) for stage, change in zip(stages[1:], changes, strict=True)]
    n_lower = sum(change.verdict == "lower" for _, change in added)
    numbers = {
        "measured": float(n_lower), "expected": float(len(added)), "unit": "of the additions lower the training loss",
        "blocks": _blocks(context, stages, changes),
    }  # fmt: skip
    if n_lower == len(added):
        return passed(
            f"{count(n_lower, 'thing')} added one at a time: each makes the training loss lower, beyond the noise of "
            "the seed.",
            **numbers,
        )
    no_help = [stage.words for stage, change in added if change.verdict == "no difference"]
    harm = [stage.words for stage, change in added if change.verdict in ("higher", "breaks the training")]
    parts = [f"{n_lower} of {count(len(added), 'addition')} lower the training loss beyond the noise"]
    parts += [f"no difference: {listed(no_help)}"] if no_help else []
    parts += [f"higher: {listed(harm)}"] if harm else []
    return noted(f"{'; '.join(parts)}.", advice=_advice(context, added), **numbers)


def _grown(context: Context, form: Form) -> list[Stage]:
    """The start, then more inputs one after the other, then each part of the network from there."""
    chosen = chosen_family(context, form)
    growth = _Growth(context, chosen.recipe(form, len(context.train_rows), context.task))
    smallest = chosen.ladder(form)[0]
    inputs = inputs_up_to(context, form, min(MOST_INPUTS, context.effort.rungs))
    parts = parts_of(chosen, form)
    if len(inputs) + len(parts) < 2:
        return []
    for place, one in enumerate(inputs):
        new = tuple(name for name in inputs[place - 1].left_out if name not in one.left_out) if place else ()
        before = place - 1 if place else None
        if not growth.add(one.words, smallest, one.settings, before=before, is_input=True, left_out=new):
            return growth.stages
    full = len(growth.stages) - 1
    for part in parts:
        if not growth.add(part.words, part.hp, {}, before=full, is_input=False):
            break
    return growth.stages


def _changes(stages: list[Stage]) -> list[Change]:
    """What each addition did; the seeds' noise is taken together over all stages, as a share of the loss."""
    from scipy.stats import t

    logs = [np.log(stage.losses + NEARLY) for stage in stages]
    freedom = sum(len(one) - 1 for one in logs if len(one))
    spread = np.sqrt(sum(((one - one.mean()) ** 2).sum() for one in logs if len(one)) / max(freedom, 1))
    changes = []
    for stage, own in zip(stages[1:], logs[1:], strict=True):
        assert stage.before is not None
        base = logs[stage.before]
        if not len(own) or not len(base):
            changes.append(Change(1.0, 1.0, 1.0, is_broken=not len(own)))
            continue
        by = float(own.mean() - base.mean())
        band = float(t.ppf(0.975, max(freedom, 1)) * spread * np.sqrt(1 / len(own) + 1 / len(base)))
        changes.append(Change(float(np.exp(by)), float(np.exp(by - band)), float(np.exp(by + band))))
    return changes


def _advice(context: Context, added: list[tuple[Stage, Change]]) -> str:
    """What to do with what did not help: inputs may go; the size of the network is found by the ladder."""
    idle = [stage for stage, change in added if stage.is_input and change.verdict != "lower"]
    columns = [name for stage in idle for name in stage.left_out]
    if columns:
        return (
            f"Compare a journey without {listed([repr(name) for name in columns], 5)} (Wizard(…, ignore=[…])): in so "
            "many steps they do not help to fit the training rows."
        )
    if idle:
        return "The smaller inputs fit the training rows as well, in less time; regularize compares the two."
    return "Leave the parts that do not help as small as they are: the next step finds the size that is needed."


def _blocks(context: Context, stages: list[Stage], changes: list[Change]) -> tuple[Block, ...]:
    rows = [(stages[0].words, "start", *_means(stages[0]), stages[0].runs[0].n_parameters, None, None, None, "")]
    for stage, change in zip(stages[1:], changes, strict=True):
        at = "" if stage.before is None else stages[stage.before].words
        by = (None, None, None) if change.is_broken else (change.ratio - 1, change.low - 1, change.high - 1)
        rows.append((stage.words, at, *_means(stage), stage.runs[0].n_parameters, *by, change.verdict))
    steps = round(STEPS * context.effort.steps)
    table = Table(
        title="What each addition did",
        caption=f"{SEEDS} seeds each, about {steps:,} gradient steps, nothing regularising. Expected: a lower training "
        "loss. The change is a share of the loss before, with the 95% band of the seeds. A validation loss that rises "
        "meanwhile is for regularize to close.",
        columns=(
            Column(name="added"), Column(name="to"), Column(name="training loss"), Column(name="validation loss"),
            Column(name="parameters", format="count"), Column(name="change", format="share"),
            Column(name="from", format="share"), Column(name="up to", format="share"), Column(name="measured"),
        ),
        rows=tuple(rows),
    )  # fmt: skip
    lines = tuple(
        Line(name=stage.words, x=stage.runs[0].epochs_seen, y=stage.runs[0].history["loss"], dashed=not stage.is_input)
        for stage in stages
        if not stage.runs[0].failure
    )
    plot = Lines(
        title="Training loss", caption="Of each addition's first seed; parts of the network are dashed.", lines=lines,
        x_label="epochs", y_label=f"loss ({loss_unit(context)})", log_y=True,
    )  # fmt: skip
    return (table, plot) if lines else (table,)


def _means(stage: Stage) -> tuple[float | None, float | None]:
    """Mean training and validation loss over the seeds."""
    sound = [run.scores for run in stage.runs if not run.failure]
    if not sound:
        return None, None
    held = [scores["val_loss"] for scores in sound if "val_loss" in scores]
    return float(np.mean([scores["train_loss"] for scores in sound])), float(np.mean(held)) if held else None
