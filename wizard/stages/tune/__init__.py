"""Stage 5: search around the incumbent."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary

STEPS = ("search_space", "random_search", "sensitivity", "schedule", "winner")
READS: tuple[str, ...] = ("metric", "incumbent", "stage_configs")


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    plain = (
        "A search varies all settings at once: few of them matter, and it is not known beforehand which.",
        *(by_step[name].headline for name in ("random_search", "sensitivity", "schedule")),
        "The winner had to prove itself with fresh seeds, so that it was not chosen for its luck.",
    )
    return Summary(
        by_step["winner"].headline, plain, "Call ensemble() to join the best networks and open the test set."
    )
