"""What a notebook shows under a cell: a few lines with their style inside, readable on any background."""

from __future__ import annotations

from wizard.core.result import STAGES, TITLES, StageResult
from wizard.report.journey import StageState, status_of
from wizard.report.render import summary_of
from wizard.report.templates import fill


def summary_html(result: StageResult, href: str = "") -> str:
    """Returns a stage's verdict and what asks for attention, as an HTML fragment.

    Args:
        result: What the stage left behind.
        href: Where the stage's page lies, or "" for no link.
    """
    return fill(
        "summary.html",
        result=result,
        title=TITLES[result.stage],
        number_of_stage=STAGES.index(result.stage) + 1,
        status=status_of(result),
        summary=summary_of(result),
        attention=[finding for finding in result.findings if finding.status in ("failed", "crashed", "warned")],
        href=href,
    )


def journey_html(name: str, journey: tuple[StageState, ...], notes: tuple[str, ...] = ()) -> str:
    """Returns the state of a whole journey as an HTML fragment.

    Args:
        name: The journey's name.
        journey: The states of all six stages; their links are used where they have one.
        notes: What a reader must know about the journey as a whole, a sentence each.
    """
    return fill("journey.html", name=name, journey=journey, notes=notes)
