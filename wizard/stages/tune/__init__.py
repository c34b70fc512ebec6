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
    search, winner = by_step["random_search"], by_step["winner"]
    was_searched = search.status != "warned" and winner.measured is not None
    proven = ("The winner had to prove itself with fresh seeds, so that it was not chosen for its luck.",)
    promise = context.shared.get("promise", "")  # how lucky the search was: not what a title is for
    told = [search, by_step["sensitivity"], by_step["schedule"]]
    plain = (
        "A search varies all settings at once: few of them matter, and it is not known beforehand which.",
        *(finding.headline for finding in told if finding.status != "skipped"),
        *(proven if was_searched and context.shared.get("had fresh seeds") else ()),
        *([promise.strip()] if promise else ()),
    )
    stays = f"The configuration of before stays. {search.headline}"
    verdict = winner.headline.removesuffix(promise) if was_searched else stays
    return Summary(verdict, plain, "Call ensemble() to join the best networks and open the test set.")
