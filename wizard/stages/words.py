"""Small words for headlines."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.core.finding import Finding


def count(n: int, noun: str) -> str:
    """Counts: "1,797 examples", "1 row"."""
    plural = noun if n == 1 else noun + ("es" if noun.endswith(("s", "x", "ch")) else "s")
    return f"{n:,} {plural}"


def share(value: float) -> str:
    """A share: "4.2%", with as many digits as a share that small needs."""
    percent = 100 * value
    return f"{percent:.0f}%" if percent >= 10 or percent == 0 else f"{percent:.1f}%" if percent >= 0.1 else "<0.1%"


def listed(words: Sequence[object], limit: int = 3) -> str:
    """The first few, and how many more."""
    more = f" and {len(words) - limit} more" if len(words) > limit else ""
    return ", ".join(str(word) for word in words[:limit]) + more


def problems(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that need a decision, worst first."""
    order = {"failed": 0, "crashed": 1, "warned": 2}
    return tuple(sorted((f for f in findings if f.status in order), key=lambda f: order[f.status]))


def problems_in_words(bad: Sequence[Finding]) -> str:
    """As "1 failed check and 2 warnings"."""
    n_failed = sum(finding.status != "warned" for finding in bad)
    n_warned = len(bad) - n_failed
    parts = [count(n_failed, "failed check")] if n_failed else []
    parts += [count(n_warned, "warning")] if n_warned else []
    return " and ".join(parts)
