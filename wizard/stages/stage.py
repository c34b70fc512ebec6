"""Runs a stage's steps in order; each appears exactly once in the result, whatever happens."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core import costs
from wizard.core.blocks import Block, Text
from wizard.core.decisions import Decisions
from wizard.core.disk import could_not_write, is_full
from wizard.core.errors import RunFolderError
from wizard.core.finding import Finding
from wizard.core.interrupt import is_interrupt
from wizard.core.keys import versions
from wizard.core.result import LEFT_OUT, Answer, StageResult, ToDo
from wizard.stages.context import Context
from wizard.stages.needs import unmet
from wizard.stages.step import Outcome, Step, no_time

LONGEST = 160  # characters of an exception in a headline


@dataclass(frozen=True)
class Summary:
    """A stage's answer in plain words, for people who were not there; `product` is shown above its steps."""

    verdict: str
    plain: tuple[str, ...]
    next_move: str
    answers: tuple[Answer, ...] = ()
    to_do: tuple[ToDo, ...] = ()
    product: tuple[Block, ...] = ()


def stage_module(name: str) -> Any:
    """The package of a stage: STEPS (names, in the recipe's order), READS (decisions), summarise."""
    return importlib.import_module(f"wizard.stages.{name}")


def steps_of(name: str) -> tuple[Step, ...]:
    """The steps of a stage, in the recipe's order."""
    return tuple(
        getattr(importlib.import_module(f"wizard.stages.{name}.{step}"), step) for step in stage_module(name).STEPS
    )


def run_stage(context: Context, key: str, about: Any) -> StageResult:
    """Runs every step of the context's stage.

    Args:
        context: The steps' only door.
        key: Content key of the result.
        about: The data set's summary.
    """
    clock = context.trainer.clock
    started = clock.spent()
    context.trainer.used.clear()
    decided: dict[str, Any] = {}
    findings: list[Finding] = []
    with context.progress.running():
        steps = steps_of(context.stage)
        for number, step in enumerate(steps, start=1):
            context.progress.step_begins(number, step.name)
            pace = _pace(context, findings)
            context.pacing.kept = pace * costs.needed(context.stage, [later.name for later in steps[number:]])
            before = clock.spent()
            outcome = _outcome(step, context, pace)
            decided |= outcome.decides
            context.decisions = Decisions.model_validate({**dict(context.decisions), **outcome.decides})
            context.shared["decided_here"] = tuple(decided)
            findings.append(step.finding(outcome, clock.spent() - before))
            context.progress.step_ends(findings[-1])
    summary = stage_module(context.stage).summarise(tuple(findings), context)
    return StageResult(
        stage=context.stage,
        key=key,
        dataset=about,
        verdict=summary.verdict,
        plain=summary.plain,
        next_move=summary.next_move,
        answers=summary.answers,
        to_do=summary.to_do,
        product=summary.product,
        findings=tuple(findings),
        decided=context.decisions.model_dump(mode="json", include=set(decided), exclude_defaults=True),
        runs=tuple(context.trainer.used),
        options=context.options,
        method={
            "seed": context.seed,
            "effort": context.effort.name,
            "budget in seconds": context.budget.seconds,
            LEFT_OUT: context.pacing.cuts,
            "split": context.split.how,
            **({"folds": len(context.split.folds)} if context.split.folds else {}),
            "versions": versions("tensorflow", "keras", "scikit-learn", "numpy"),
        },
        seconds=round(clock.spent() - started, 2),
        private=tuple(context.shared.get("private", ())),
    )


def shown(error: Exception) -> str:
    """An exception in one short line; the whole of it stands in the evidence."""
    first = (str(error).strip().splitlines() or [""])[0]
    line = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return line.rstrip(".") if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def _pace(context: Context, findings: Sequence[Finding]) -> float:
    """How many times longer steps take here than on the sample data, by this stage's above all."""
    return costs.pace([(context.stage, one.step, one.seconds) for one in findings if one.is_done], context.pace)


def _outcome(step: Step, context: Context, pace: float = 1.0) -> Outcome:
    if step.name in context.options.get("skip", ()):
        return Outcome("skipped", "Left out on request.")
    reason = unmet(context, step.needs)
    if reason:
        return Outcome("skipped", reason)
    usual = costs.SPARED[context.stage].get(step.name)
    if usual is not None and not context.pacing.allows(step.name, pace * usual):
        return no_time()
    try:
        return step.run(context)
    except (KeyboardInterrupt, RunFolderError):
        raise
    except Exception as error:  # a step's own bug must not cost the others' answers
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        if is_full(error):
            raise could_not_write(context.trainer.store.folder, error) from error
        return Outcome(
            "crashed",
            f"This check itself broke: {context.private(shown(error))}.",
            advice="The other steps are not affected. Please report it with the text below.",
            blocks=(Text(title="Where it broke", text="".join(traceback.format_exception(error)[-6:]), private=True),),
        )
