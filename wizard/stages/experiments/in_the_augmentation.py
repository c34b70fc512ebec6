"""Faults of augmentation: what changes the label, the scale, nearly everything, or nothing from pass to pass."""

from __future__ import annotations

from wizard.stages.experiments.evidence import HALF, TELLING, Evidence
from wizard.stages.experiments.runs import ENOUGH
from wizard.stages.experiments.suspicion import Suspicion
from wizard.stages.experiments.wording import first_ratio

TAKEN, ERRORS = 0.1, 3.0  # of a class (or of all examples) more than without, and beyond so many standard errors: mild
# and bold augmentation moved at most 0.05 of a class in eight materials, digits turned by 180 degrees 0.11
OUTSIDE = 0.1  # of the numbers
MOVED = 1.0  # standard deviations of the mean: in another scale, and not only noisy
MUCH = 2.0  # times the expected first loss


def label_changed(e: Evidence) -> Suspicion | None:
    """A change of examples that changes what their label says."""
    found = e.augmentation
    if found is None or found.taken is None:
        return None
    taken = found.taken
    excess, n = taken.all - taken.all_before, len(e.pipeline.train)
    error = (max(taken.all * (1 - taken.all), 1 / n) / n) ** 0.5 + (taken.all_before / len(e.pipeline.held)) ** 0.5
    is_pair = taken.excess >= TAKEN and taken.excess > ERRORS * taken.error
    if not is_pair and not (excess >= TAKEN and excess > ERRORS * error):
        return None
    words = (
        f"{taken.share:.0%} of the examples of class {taken.of} among those of class {taken.among} "
        f"({taken.before:.0%} without it)" if is_pair else
        f"{taken.all:.0%} of the examples among those of another class ({taken.all_before:.0%} without it)"
    )  # fmt: skip
    return Suspicion(
        "A01", f"Augmentation ({found.where}) puts {words}: it changes what the label says.", "just_before_the_net",
        "failed" if e.suffers else "warned", "Leave that change out, or change the label with it.",
    )  # fmt: skip


def out_of_range(e: Evidence) -> Suspicion | None:
    """Changed examples in another scale."""
    found = e.augmentation
    if found is None or found.outside < OUTSIDE or found.shift < MOVED:
        return None
    return Suspicion(
        "A03", f"Augmentation ({found.where}) leaves the range of examples as they are: {found.outside:.0%} of the "
        f"numbers lie far outside it, and the mean moves by {found.shift:.2g} standard deviations.",
        "just_before_the_net", "failed" if e.suffers or first_ratio(e) > MUCH else "warned",
        "Augment in the same unit as the inputs (before dividing by 255, for instance), and clip afterwards.",
    )  # fmt: skip


def too_strong(e: Evidence) -> Suspicion | None:
    """Augmentation that leaves little to learn from."""
    found = e.augmentation
    if found is None or found.known_before <= TELLING or found.known >= HALF * found.known_before:
        return None
    if e.short.explained >= ENOUGH * found.known_before and not e.short.trace.failure:
        return None  # the network sees through it
    return Suspicion(
        "A04", f"Augmentation ({found.where}) is too strong: of changed examples a classical probe explains "
        f"{max(found.known, 0):.0%}, of examples as they are {found.known_before:.0%}; your network explains "
        f"{max(e.short.explained, 0):.0%} of them.",
        "just_before_the_net", "failed" if e.is_blind else "warned",
        "Halve its strength until training accuracy comes near validation accuracy.",
    )  # fmt: skip


def same_every_pass(e: Evidence) -> Suspicion | None:
    """Augmentation that gives the same examples at every pass."""
    if not e.pipeline.draws or not e.pipeline.repeats:
        return None
    why = (
        "cache() keeps what it gave first" if "cache" in e.pipeline.draws else "it starts from the same seed each time"
    )
    return Suspicion(
        "A05", f"Augmentation gives the same examples at every pass: {e.pipeline.draws} draws random numbers, but "
        f"{why}.",
        "just_before_the_net", "warned",
        "Augment after cache(), and let the generator go on from epoch to epoch instead of seeding it anew.",
    )  # fmt: skip
