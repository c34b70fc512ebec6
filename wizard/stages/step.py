"""The contract of a step: one function context -> Outcome, which claims, looks, and answers with numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.core.blocks import Block
from wizard.core.finding import Cause, Finding, Status

if TYPE_CHECKING:
    from wizard.stages.context import Context


@dataclass(frozen=True)
class Outcome:
    """A step's answer: the fields of a Finding that the step decides, and the decisions it hands on.

    What a sentence takes from single rows, texts or files goes through `context.private(…)`; a block or a column of a
    table that shows it is `private`. Both stay out of a page that is passed on.
    """

    status: Status
    headline: str
    measured: float | None = None
    expected: float | None = None
    interval: tuple[float, float] | None = None
    unit: str = ""
    causes: tuple[Cause, ...] = ()
    advice: str = ""
    blocks: tuple[Block, ...] = ()
    decides: dict[str, Any] = field(default_factory=dict)


def passed(headline: str, **fields: Any) -> Outcome:
    """What should hold, holds."""
    return Outcome("passed", headline, **fields)


def noted(headline: str, **fields: Any) -> Outcome:
    """True and worth knowing; no action needed."""
    return Outcome("noted", headline, **fields)


def warned(headline: str, **fields: Any) -> Outcome:
    """Probably harmful; needs a decision."""
    return Outcome("warned", headline, **fields)


def failed(headline: str, **fields: Any) -> Outcome:
    """Would ruin the result."""
    return Outcome("failed", headline, **fields)


def skipped(reason: str) -> Outcome:
    """Does not apply here, for a reason in a full sentence."""
    return Outcome("skipped", reason)


def no_time() -> Outcome:
    """Left out for the budget; the pacing recorded what."""
    return skipped("There was no time left for this experiment within the budget.")


@dataclass(frozen=True)
class Step:
    """A registered step.

    Attributes:
        name: Name of its function and file.
        title: What it claims: the first line of its docstring.
        why: Why that matters: the rest of it.
        is_gate: Whether the recipe stops when it fails.
        needs: Names of conditions (`stages/needs.py`); where one is unmet the step is skipped with its reason.
        run: The function.
    """

    name: str
    title: str
    why: str
    is_gate: bool
    needs: tuple[str, ...]
    run: Callable[[Context], Outcome]

    def finding(self, outcome: Outcome, seconds: float) -> Finding:
        """The finding of an outcome."""
        return Finding(
            step=self.name,
            title=self.title,
            why=self.why,
            status=outcome.status,
            headline=outcome.headline,
            measured=outcome.measured,
            expected=outcome.expected,
            interval=outcome.interval,
            unit=outcome.unit,
            causes=outcome.causes,
            advice=outcome.advice,
            gate=self.is_gate,
            blocks=outcome.blocks,
            seconds=round(seconds, 2),
        )


def step(*, gate: bool = False, needs: tuple[str, ...] = ()) -> Callable[[Callable[[Context], Outcome]], Step]:
    """Makes a step of a function; its docstring is product text: first line the claim, the rest why it matters."""

    def register(function: Callable[[Context], Outcome]) -> Step:
        title, _, why = inspect.cleandoc(function.__doc__ or "").partition("\n")
        return Step(function.__name__, title.strip(), " ".join(why.split()), gate, needs, function)

    return register
