"""Where the journey stands: the state of each of the six stages, for the strip on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wizard.core.result import STAGES, TITLES, StageName, StageResult
from wizard.core.values import Value

State = Literal["done", "warned", "failed", "not run"]


class StageState(Value):
    """How one stage of the journey stands.

    Attributes:
        stage: Name of the stage.
        title: Karpathy's heading for it.
        status: `done`, `warned` (a finding asks for attention), `failed` (a gate is closed or a check failed)
            or `not run`.
        headline: The stage's verdict, or "" where it was not run.
        href: Where its page lies, seen from the page that shows this state, or "" for no link.
    """

    stage: StageName
    title: str
    status: State
    headline: str = ""
    href: str = ""


def status_of(result: StageResult) -> State:
    """Sums the findings of a stage up in one state: its worst one counts."""
    statuses = {finding.status for finding in result.findings}
    if "failed" in statuses or result.failed_gates:
        return "failed"
    return "warned" if statuses & {"warned", "crashed"} else "done"


def journey_of(results: Mapping[StageName, StageResult], hrefs: Mapping[StageName, str]) -> tuple[StageState, ...]:
    """Returns the states of all six stages in the recipe's order.

    Args:
        results: The results so far, by name of the stage; those missing were not run.
        hrefs: Links to the pages, by name of the stage, relative to the page that will show them; a stage that
            was not run has no page and gets no link.
    """
    return tuple(
        StageState(
            stage=stage,
            title=TITLES[stage],
            status=status_of(results[stage]) if stage in results else "not run",
            headline=results[stage].verdict if stage in results else "",
            href=hrefs.get(stage, "") if stage in results else "",
        )
        for stage in STAGES
    )
