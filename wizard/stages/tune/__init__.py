"""Stage 5: search around the incumbent."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary

STEPS = ("search_space", "random_search")
READS: tuple[str, ...] = ("metric", "incumbent", "stage_configs")


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    search = next(finding for finding in findings if finding.step == "random_search")
    plain = (
        "Random search varies all settings at once: few of them matter, and it is not known beforehand which.",
        *(finding.headline for finding in findings),
        "The winner had to prove itself with fresh seeds, so that it was not chosen for its luck.",
    )
    return Summary(search.headline, plain, "Call ensemble() to join the best networks and open the test set.")
