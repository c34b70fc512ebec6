"""Closed gates: what is said of them, and whether the journey ends there."""

from __future__ import annotations

from pathlib import Path

from wizard.core.errors import GateFailed
from wizard.core.progress import say
from wizard.core.result import StageResult


def check_gates(result: StageResult, page: Path, are_raised: bool) -> None:
    """Says which gates a stage closed, and why.

    Args:
        result: Of the stage.
        page: Its page.
        are_raised: Whether a closed gate ends the journey.

    Raises:
        GateFailed: With the findings that closed.
    """
    if not result.failed_gates:
        return
    message = _why_closed(result, page)
    if are_raised:
        raise GateFailed(message, result.failed_gates, str(page))
    say(message)


def _why_closed(result: StageResult, page: Path) -> str:
    """What a closed gate says: measured and expected, likely causes, what to do, and where the page is."""
    lines = [f"{result.stage} closed a gate: do not go on before you understand why."]
    for finding in result.failed_gates:
        lines.append(f"- {finding.step}: {finding.headline}")
        if finding.measured is not None and finding.expected is not None:
            lines.append(f"  measured {finding.measured:.4g}, expected {finding.expected:.4g} {finding.unit}")
        lines += [f"  likely: {cause.sentence}" for cause in finding.causes]
        lines += [f"  {finding.advice}"] if finding.advice else []
    lines.append(f"The page: {page}. To go on all the same: Wizard(…, gates='warn').")
    return "\n".join(lines)
