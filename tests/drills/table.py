"""The drill's table: recall, right causes and false alarms, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence

from tests.drills.drill import Outcome


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927)."""
    from scipy.stats import binomtest

    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def share(hits: int, n: int) -> str:
    """As ".97 (58 of 60, .89 to .99)"."""
    if not n:
        return "none"
    low, high = wilson(hits, n)
    return f"{hits / n:.2f} ({hits} of {n}, {low:.2f} to {high:.2f})"


def lines(outcomes: Sequence[Outcome], harmless: set[tuple[str, str]]) -> list[str]:
    """The table; faults that did no harm in a material (fault, material) are smells, neither credited nor punished."""
    faulty = [one for one in outcomes if one.fault and (one.fault, one.material) not in harmless]
    healthy = [one for one in outcomes if not one.fault]
    out = []
    for title, chosen in (("new materials", [one for one in faulty if one.is_new]), ("all materials", faulty)):
        named = [one for one in chosen if one.is_caught]
        out += [
            f"{title}:",
            f"  paired recall            {share(sum(one.is_caught for one in chosen), len(chosen))}",
            f"  right cause first        {share(sum(one.place == 1 for one in named), len(named))}",
            f"  right cause among three  {share(sum(1 <= one.place <= 3 for one in named), len(named))}",
        ]
        for group in sorted({one.group for one in chosen}):
            own = [one for one in chosen if one.group == group]
            out.append(f"    {group:14} {share(sum(one.is_caught and one.place > 0 for one in own), len(own))}")
    out.append("by fault (caught and named, all materials):")
    for fault in sorted({one.fault for one in faulty}):
        own = [one for one in faulty if one.fault == fault]
        missed = sorted({one.material for one in own if not (one.is_caught and one.place)})
        said = share(sum(one.is_caught and one.place > 0 for one in own), len(own))
        out.append(f"  {fault:48} {said}" + (f"  missed: {', '.join(missed)}" if missed else ""))
    n_failed = sum(any(alarm.status == "failed" for alarm in one.faulty) for one in healthy)
    n_warned = sum(sum(alarm.status == "warned" for alarm in one.faulty) for one in healthy)
    out.append(f"healthy runs: {len(healthy)}; with a failed step {n_failed}; warned {n_warned}, "
               f"{n_warned / max(len(healthy), 1):.2f} a run")  # fmt: skip
    for one in healthy:
        out += [f"  {one.material}: {alarm.step} {alarm.status}: {alarm.headline}" for alarm in one.faulty
                if alarm.status in ("warned", "failed")]  # fmt: skip
    out += [f"  CRASHED {one.fault or 'healthy'} in {one.material}: {text}" for one in outcomes for text in one.crashed]
    if harmless:
        out.append("did no harm, not counted: " + ", ".join(f"{fault} in {name}" for fault, name in sorted(harmless)))
    return out
