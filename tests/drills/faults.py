"""What a fault of the drill is, and what its kill test may rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.drills.materials import Given, Material

Inject = Callable[[Material, np.random.Generator], tuple[Given, Given]]
ORDER = ("passed", "skipped", "noted", "warned", "failed")


@dataclass(frozen=True)
class Fault:
    """A fault to inject.

    Attributes:
        id: As findings name it (`Cause.fault`).
        name: In words.
        group: "data", "labels", "sets" or "preprocessing".
        inject: (material, random) -> (faulty, healthy twin); both of the same shape.
        applies: Whether a material can have it.
        least: The status that a finding needs at least to count as an alarm.
        also: Ids that name the same thing in this injection.
        breaks: Counts how often a declared property is broken (more often in the faulty data than in the twin); None
            where the kill test is about scores.
    """

    id: str
    name: str
    group: str
    inject: Inject
    applies: Callable[[Material], bool]
    least: str = "warned"
    also: tuple[str, ...] = ()
    breaks: Callable[[Given], int] | None = None


def of(
    *modalities: str, easy: bool = False, classes: bool | None = None, several: bool = False
) -> Callable[[Material], bool]:
    """Materials of some modalities (all without any), easy ones only, with (several) classes or with numbers only."""

    def applies(material: Material) -> bool:
        if modalities and material.modality not in modalities:
            return False
        if easy and not material.is_easy:
            return False
        if several and len(set(material.load().y.tolist())) < 3:
            return False
        return classes is None or material.is_classification == classes

    return applies


def divided(given: Given, random: np.random.Generator, share: float = 0.3) -> tuple[Given, Given]:
    """Training examples, and a validation set of the user's own."""
    order = random.permutation(len(given))
    n = round(share * len(given))
    return given.take(np.sort(order[n:])), given.take(np.sort(order[:n]))


def with_validation(train: Given, validation: Given) -> Given:
    """The same with a validation set given by the user."""
    return train.but(options={**train.options, "validation": validation})
