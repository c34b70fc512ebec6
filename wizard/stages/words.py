"""Small words for headlines."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.core.config import HpValue
from wizard.core.finding import Finding
from wizard.training.metrics import amount

__all__ = ["amount", "count", "listed", "loss", "problems", "problems_in_words", "shape_in_words", "share"]


def count(n: int, noun: str) -> str:
    """Counts: "1,797 examples", "1 row"."""
    return f"{n:,} {noun if n == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    is_hissed = noun.endswith(("s", "x", "ch")) and not noun.endswith("epoch")
    return noun + ("es" if is_hissed else "s")


def share(value: float) -> str:
    """A share: "4.2%", with as many digits as a share that small needs."""
    percent = 100 * value
    if percent in (0, 100):
        return f"{percent:.0f}%"
    if percent < 0.1 or percent > 99.9:
        return "<0.1%" if percent < 0.1 else ">99.9%"
    return f"{percent:.1f}%" if percent < 10 or percent > 99 else f"{percent:.0f}%"


def loss(value: float) -> str:
    """A loss: "2.315", "under 0.001"; a third digit after the point is more than any decision rests on."""
    return "under 0.001" if 0 <= value < 0.001 else f"{value:.3f}"


def shape_in_words(hp: dict[str, HpValue]) -> str:
    """A network's size: "width 32 · depth 1"."""
    return " · ".join(f"{name} {value}" for name, value in hp.items()) or "linear"


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
