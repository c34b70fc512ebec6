"""One network taught by several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.run import TrainingRun
from wizard.core.seeds import derive
from wizard.stages.context import Context
from wizard.stages.ensemble.fair import together_unchosen
from wizard.stages.ensemble.final import best_alone, candidates_of
from wizard.stages.ensemble.pool import REFIT, Candidate, candidate
from wizard.stages.gains import measured_gain
from wizard.stages.step import Outcome, noted, passed, skipped, step
from wizard.stages.words import count, share
from wizard.training.compare import Interval
from wizard.training.metrics import criterion_for

SOFT = 0.7  # of the loss asks for the teacher's answers: labels still say what the teacher gets wrong
LONGER = 2  # times the epochs: answers are not learnt by heart as labels are (63% of a gain kept with 1, 94% with 2)
MOST_ANSWERS = 50_000_000  # numbers that a teacher tells, rows times classes: 200 MB
TIMED = 256  # rows predicted to time a network
REPEATS = 5  # timings; the median counts


@dataclass(frozen=True)
class _Compared:
    """One line of the comparison: its networks, its predictions for the deciding rows, and its score."""

    name: str
    networks: tuple[tuple[TrainingRun, ...], ...]
    predictions: np.ndarray
    score: Interval


@step(needs=("loss of ours",))
def distill(context: Context) -> Outcome:
    """One network taught by the ensemble keeps most of what the ensemble gains.

    Several networks cost several times the parameters and the time of one. A single network that learns their
    probabilities beside the labels is told which classes an example is close to, which labels alone do not say
    (Hinton et al. 2015). Each student learns from teachers that were trained on its own rows only, so that nothing of
    the rows it is judged on comes through them.
    """
    members = context.decided("members")
    if not context.options.get("distill", True):
        return skipped("Left out on request.")
    if len(members) == 1:
        return skipped("One network is handed over, so there are no several to learn from.")
    if len(context.split.known) * context.task.n_outputs > MOST_ANSWERS:
        return noted("What the ensemble answers for all rows and classes takes too much memory to teach by.")
    config = student_of(context)
    cost = best_alone(context).seconds * max(1, len(context.split.folds))
    if not context.pacing.allows("distill: the student", LONGER * REFIT * cost):
        return skipped("There was no time left to teach a network within the budget.")
    student = candidate(context, config, config.seed)
    if student is None:
        return noted("The taught network did not train to numbers, so the ensemble has no short form.")
    return _answer(context, config, student)


def student_of(context: Context) -> TrainingConfig:
    """The best single network's configuration, with the members as its teacher and more time to learn."""
    best = best_alone(context).config
    teacher = tuple(
        (config.but(fold=None, refit=False, seed=derive(context.seed, "run", config.seed)), weight)
        for config, weight in context.decided("members")
        if not config.teacher
    )
    longer = None if best.stop_after is None else LONGER * best.stop_after
    return best.but(
        teacher=teacher, soft=SOFT, epochs=LONGER * best.epochs, stop_after=longer,
        synthetic="",  # the teacher answers for rows of the data set
    )  # fmt: skip


def _answer(context: Context, config: TrainingConfig, student: Candidate) -> Outcome:
    alone, members = best_alone(context), candidates_of(context)
    lines = [
        _line(context, "best single network", [alone], alone.predictions),
        _line(context, "taught by the ensemble", [student], student.predictions),
        _line(context, f"ensemble of {len(members)}", [one for one, _ in members], together_unchosen(context)),
    ]
    metric = context.metric
    gain = context.gain_of(student.predictions, alone.predictions)
    to_ensemble = context.gain_of(student.predictions, lines[2].predictions)
    numbers: dict[str, Any] = {
        **measured_gain(metric, gain), "blocks": _blocks(context, lines), "decides": {"distilled": config},
    }  # fmt: skip
    first, taught, whole = (metric.words(line.score.value) for line in lines)
    words = (
        f"One network taught by {count(len(members), 'network')} reaches {metric.label} {taught}, the ensemble "
        f"{whole}, the best network alone {first}{_kept(context, alone, student, lines[2].predictions)}"
    )
    cheaper = f"it has {share(_parameters(lines[1]) / _parameters(lines[2]))} of the ensemble's parameters"
    if to_ensemble.high < 0:
        return noted(f"{words}: less than the ensemble beyond the noise, but {cheaper}.", **numbers)
    return (passed if gain.low > 0 else noted)(
        f"{words}: as good as the ensemble within the noise; {cheaper}.", **numbers
    )


def _kept(context: Context, alone: Candidate, student: Candidate, together: np.ndarray) -> str:
    """Which part of the ensemble's gain in the smooth score the student keeps, in words; "" where there is none."""
    rows, criterion = context.deciding_rows, criterion_for(context.task)
    whole = criterion.score(context.y(rows), together, context.weight(rows))
    if alone.loss <= whole:
        return ""
    part = (alone.loss - student.loss) / (alone.loss - whole)
    return f" (of the ensemble's gain in {criterion.label} it keeps {share(float(np.clip(part, 0, 1)))})"


def _line(context: Context, name: str, ones: list[Candidate], predictions: np.ndarray) -> _Compared:
    return _Compared(name, tuple(one.runs for one in ones), predictions, context.interval(predictions))


def _parameters(line: _Compared) -> int:
    return sum(runs[0].n_parameters for runs in line.networks)


def _blocks(context: Context, lines: list[_Compared]) -> tuple[Block, ...]:
    metric = context.metric
    bars = Bars(
        title="One, taught, together",
        caption=f"{metric.label} on the rows that decide, with 95% intervals; the ensemble's members are those that "
        "other rows chose.",
        labels=tuple(line.name for line in lines),
        values=tuple(line.score.value for line in lines),
        intervals=tuple(line.score.ends for line in lines),
        value_label=metric.label,
        emphasis=(1,),
    )
    table = Table(
        title="What each costs",
        caption=f"Time to predict one of {TIMED} examples together, preprocessing left out.",
        columns=(
            Column(name="what"), Column(name="networks", format="count"), Column(name="parameters", format="count"),
            Column(name="time an example", unit="ms"), Column(name=metric.label, format=metric.column_format),
        ),
        rows=tuple(
            (line.name, len(line.networks), _parameters(line), _milliseconds(context, line), line.score.value)
            for line in lines
        ),
    )  # fmt: skip
    return bars, table


def _milliseconds(context: Context, line: _Compared) -> float:
    """Median time of all networks of a line for one example."""
    rows = context.sample(context.deciding_rows, TIMED, "timed")
    clock, total = context.trainer.clock, 0.0
    for runs in line.networks:
        network = context.trainer.network(runs[0])
        network.predict(rows)  # traces
        moments = [clock.now()]
        for _ in range(REPEATS):
            network.predict(rows)
            moments.append(clock.now())
        total += float(np.median(np.diff(moments)))
    return float(f"{1000 * total / len(rows):.2g}")
