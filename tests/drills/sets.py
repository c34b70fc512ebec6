"""Faults of the split, and leaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.drills.data import close_examples, equal_examples, nearly_the_same
from tests.drills.faults import Fault, divided, of, with_validation
from tests.drills.materials import Given, Material

Random = np.random.Generator


def copied_across(material: Material, random: Random) -> tuple[Given, Given]:
    """A third of the validation set are training rows."""
    train, validation = divided(material.load(), random)
    copies = train.take(random.permutation(len(train))[: len(validation) // 3])
    return with_validation(train, validation.and_more(copies)), with_validation(train, validation)


def varied_then_divided(material: Material, random: Random) -> tuple[Given, Given]:
    """The validation set is made of training examples with a little noise."""
    train, validation = divided(material.load(), random)
    copies = nearly_the_same(train.take(random.permutation(len(train))[: len(validation) // 2]), random)
    return with_validation(train, validation.and_more(copies)), with_validation(train, validation)


def people(material: Material, random: Random) -> tuple[Given, Given]:
    """Rows of one person resemble each other, share a label at random, and are divided at random."""
    given = material.load()
    n = min(120, len(given))
    some = given.take(random.permutation(len(given))[:n])
    frame = pd.concat([some.x.select_dtypes("number")] * 6, ignore_index=True).astype("float64")
    frame += 0.1 * frame.std().to_numpy() * random.normal(size=frame.shape)
    person = np.tile(np.arange(n), 6)
    names = np.unique(some.y)
    own = names[random.integers(len(names), size=n)]  # what they are has nothing to do with what is measured
    order = random.permutation(len(frame))
    frame = frame.assign(person=[f"p{number:03}" for number in person]).iloc[order].reset_index(drop=True)
    rows = Given(frame, own[person][order])
    return rows, rows.but(options={"group": "person"})


def through_time(material: Material, random: Random) -> tuple[Given, Given]:
    """Rows of one hour resemble those of the next, and are divided at random."""
    n = 800
    level, season = np.cumsum(random.normal(size=n)), np.cumsum(random.normal(size=(n, 4)), axis=0)
    frame = pd.DataFrame(season + 0.1 * random.normal(size=(n, 4)), columns=["wind", "rain", "sun", "dust"])
    frame.insert(0, "hour", pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="h"))
    rows = Given(frame, level + 0.1 * random.normal(size=n))
    return rows, rows.but(options={"time": "hour"})


def from_the_future(material: Material, random: Random) -> tuple[Given, Given]:
    """A column that is the target again, but for a tenth of the rows (or with a little noise)."""
    given = material.load()
    if material.is_classification:
        names = np.unique(given.y)
        is_told = random.random(len(given)) < 0.98
        told: Any = np.where(is_told, given.y, names[random.integers(len(names), size=len(given))])
        told = np.searchsorted(names, told) + 10
    else:
        told = given.y + 0.02 * given.y.std() * random.normal(size=len(given))
    return given.but(x=given.x.assign(outcome_code=told)), given


def the_same_in_other_words(material: Material, random: Random) -> tuple[Given, Given]:
    """A column from which the target can be read off."""
    given = material.load()
    if material.is_classification:
        names = np.unique(given.y)
        told: Any = [f"c{7 * i + 3}" for i in np.searchsorted(names, given.y)]
        return given.but(x=given.x.assign(state=told)), given
    part = given.y * random.uniform(0.2, 0.8, len(given))
    return given.but(x=given.x.assign(first_part=part, second_part=given.y - part)), given


def sorted_then_divided(material: Material, random: Random) -> tuple[Given, Given]:
    """The last rows of a sorted file validate."""
    given = material.load()
    twin = with_validation(*divided(given, random))
    order = np.argsort(given.y, kind="stable")
    counts = np.unique(given.y, return_counts=True)[1]
    n = int(0.5 * counts[-1])  # half of the last class
    train, validation = given.take(order[:-n]), given.take(order[-n:])
    return with_validation(train, validation), twin


def shifted(material: Material, random: Random) -> tuple[Given, Given]:
    """The validation set was measured otherwise."""
    train, validation = divided(material.load(), random)
    x: Any = validation.x
    if isinstance(x, pd.DataFrame):
        name = str(x.select_dtypes("number").columns[0])
        moved: Any = x.assign(**{name: x[name] + 1.5 * x[name].std()})
    elif isinstance(x, list):
        moved = [text.upper() for text in x]
    elif x.dtype == np.uint8:
        moved = (x * 0.6).astype("uint8")
    else:
        moved = (x + 1.5 * np.nanstd(x)).astype("float32")
    return with_validation(train, validation.but(x=moved)), with_validation(train, validation)


def target_inside(material: Material, random: Random) -> tuple[Given, Given]:
    """The window reaches one step too far: its last value is what is to be told."""
    n, t = 300, 24
    walk = np.cumsum(random.normal(size=(n, t + 1)) * 0.5, axis=1) + 5 * random.normal(size=(n, 1))
    jump = 2 * random.normal(size=n)
    target = walk[:, -1] + jump
    healthy = walk[:, :-1, None].astype("float32")
    faulty = np.concatenate([healthy[:, 1:], target[:, None, None].astype("float32")], axis=1)
    return Given(faulty, target), Given(healthy, target)


def classes_missing(given: Given) -> int:
    """Classes that are trained and not validated."""
    return len(set(given.y.tolist()) - set(given.options["validation"].y.tolist()))


def shifts(given: Given) -> int:
    """Whether numbers (of texts: the share of capitals) of the two sets differ by half a standard deviation."""

    def numbers(x: Any) -> np.ndarray:
        if isinstance(x, list):
            return np.array([[sum(map(str.isupper, text)) / max(len(text), 1)] for text in x])
        if isinstance(x, pd.DataFrame):
            return x.select_dtypes("number").to_numpy("float64")
        return np.nanmean(x.reshape(len(x), -1).astype("float64"), axis=1, keepdims=True)

    train, held = numbers(given.x), numbers(given.options["validation"].x)
    return int((np.abs(np.nanmean(held, 0) - np.nanmean(train, 0)) > 0.5 * np.nanstd(train, 0)).sum())


def _only(name: str) -> Any:
    return lambda material: material.name == name


FAULTS = (
    Fault("S01", "training rows in the validation set", "sets", copied_across, of(), also=("D01",),
          breaks=equal_examples),
    Fault("S02", "varied, then divided", "sets", varied_then_divided, of(), also=("D02",), breaks=close_examples),
    Fault("S03", "people on both sides", "sets", people, of("table", classes=True)),
    Fault("S04", "neighbours in time on both sides", "sets", through_time, _only("diabetes")),
    Fault("S05", "a column from the future", "sets", from_the_future, of("table")),
    Fault("S05", "the target in other words", "sets", the_same_in_other_words, of("table"), "failed"),
    Fault("S08", "sorted, then divided", "sets", sorted_then_divided, of(classes=True), also=("L09",),
          breaks=classes_missing),
    Fault("S09", "the validation set measured otherwise", "sets", shifted, of(), breaks=shifts),
    Fault("P10", "the target inside the window", "preprocessing", target_inside, _only("rotor"), "failed"),
)  # fmt: skip
