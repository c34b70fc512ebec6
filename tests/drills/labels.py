"""Faults of the labels."""

from __future__ import annotations

import numpy as np

from tests.drills.faults import Fault, divided, of, with_validation
from tests.drills.materials import Given, Material

Random = np.random.Generator


def _codes(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    names, codes = np.unique(y, return_inverse=True)
    return names, codes


def flipped(material: Material, random: Random) -> tuple[Given, Given]:
    """20% of the labels are those of any other class."""
    given = material.load()
    names, codes = _codes(given.y)
    rows = random.permutation(len(given))[: round(0.2 * len(given))]
    codes = codes.copy()
    codes[rows] = (codes[rows] + random.integers(1, len(names), len(rows))) % len(names)
    return given.but(y=names[codes]), given


def confused(material: Material, random: Random) -> tuple[Given, Given]:
    """40% of one class are labelled as one other."""
    given = material.load()
    names, codes = _codes(given.y)
    a, b = random.permutation(len(names))[:2]
    codes = codes.copy()
    codes[(codes == a) & (random.random(len(given)) < 0.4)] = b
    return given.but(y=names[codes]), given


def shuffled(material: Material, random: Random) -> tuple[Given, Given]:
    """Labels have nothing to do with inputs."""
    given = material.load()
    return given.but(y=random.permutation(given.y)), given


def one_off(material: Material, random: Random) -> tuple[Given, Given]:
    """From a row on, every example has the label of the one before."""
    given = material.load()
    start = round(0.4 * len(given))
    y = given.y.copy()
    y[start + 1 :] = given.y[start:-1]
    return given.but(y=y), given


def rare(material: Material, random: Random) -> tuple[Given, Given]:
    """4% of one class are left, and accuracy is what counts."""
    given = material.load()
    given = given.but(options={**given.options, "metric": "accuracy"})
    names, codes = _codes(given.y)
    own = random.permutation(np.flatnonzero(codes == random.integers(len(names))))
    gone = own[max(6, round(0.04 * len(own))) :]
    return given.take(np.setdiff1d(np.arange(len(given)), gone)), given


def never_trained(material: Material, random: Random) -> tuple[Given, Given]:
    """A class is in the validation set only."""
    train, validation = divided(material.load(), random)
    names, codes = _codes(train.y)
    kept = train.take(np.flatnonzero(codes != random.integers(len(names))))
    return with_validation(kept, validation), with_validation(train, validation)


FAULTS = (
    Fault("L01", "labels flipped at random", "labels", flipped, of(easy=True, classes=True)),
    Fault("L02", "one class labelled as another", "labels", confused, of(easy=True, classes=True), also=("L01",)),
    Fault("L03", "labels shuffled", "labels", shuffled, of(easy=True)),
    Fault("L04", "labels one off from a row on", "labels", one_off, of(easy=True, classes=True)),
    Fault("L08", "a class nearly gone, judged by accuracy", "labels", rare, of(classes=True), also=("L09",)),
    Fault("L09", "a class that is never trained", "labels", never_trained, of(easy=True, classes=True, several=True)),
)
