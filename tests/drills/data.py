"""Faults of the inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.drills.faults import Fault, of
from tests.drills.materials import Given, Material

Random = np.random.Generator


def _chosen(given: Given, random: Random, share: float) -> np.ndarray:
    return np.sort(random.permutation(len(given))[: max(3, round(share * len(given)))])


def _number_column(frame: pd.DataFrame, random: Random) -> str:
    many = [name for name in frame if frame[name].dtype.kind in "fi" and frame[name].nunique() > 20]
    return str(many[random.integers(len(many))])


def equal_examples(given: Given) -> int:
    """Examples that another one equals, those of a set of the user's own included."""
    both = given.and_more(given.options["validation"]) if "validation" in given.options else given
    if isinstance(both.x, pd.DataFrame):
        return int(both.x.duplicated().sum())
    return len(both) - len({one if isinstance(one, str) else np.asarray(one).tobytes() for one in both.x})


def close_examples(given: Given) -> int:
    """Examples whose neighbour is a tenth as far away as neighbours are at the median."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.neighbors import NearestNeighbors

    both = given.and_more(given.options["validation"]) if "validation" in given.options else given
    if isinstance(both.x, list):
        x: Any = HashingVectorizer(n_features=4096).transform(both.x)
    else:
        table = both.x.select_dtypes("number").to_numpy() if isinstance(both.x, pd.DataFrame) else both.x
        x = np.nan_to_num(table.reshape(len(table), -1).astype("float64"))
        x = x / np.maximum(x.std(0), 1e-9) if isinstance(both.x, pd.DataFrame) else x
    nearest = NearestNeighbors(n_neighbors=2).fit(x).kneighbors(x)[0][:, 1]
    return int((nearest < 0.1 * np.median(nearest)).sum())


def no_measurements(given: Given) -> int:
    """Numbers that are not finite, or -999."""
    x = given.x.select_dtypes("number").to_numpy() if isinstance(given.x, pd.DataFrame) else given.x
    return int((~np.isfinite(x) | (x == -999)).sum())


def empty_examples(given: Given) -> int:
    """Texts without a word, pictures and curves of one value."""
    if isinstance(given.x, list):
        return sum(not text.strip() for text in given.x)
    return int((np.nanstd(given.x.reshape(len(given), -1), axis=1) == 0).sum())


def far_out(given: Given) -> int:
    """Numbers a hundred times beyond the 90th percentile of their column's sizes."""
    x = np.abs(given.x.select_dtypes("number").to_numpy("float64"))
    return int((x > 100 * np.maximum(np.nanquantile(x, 0.9, axis=0), 1e-12)).sum())


def exact_copies(material: Material, random: Random) -> tuple[Given, Given]:
    """5% of the rows twice."""
    given = material.load()
    return given.and_more(given.take(_chosen(given, random, 0.05))), given


def nearly_the_same(given: Given, random: Random) -> Given:
    """Every example as a person would take it for the same."""
    x: Any = given.x
    if isinstance(x, pd.DataFrame):
        numbers = x.select_dtypes("number").astype("float64")
        moved = numbers + 0.01 * numbers.std().to_numpy() * random.normal(size=numbers.shape)
        return given.but(x=x.assign(**{name: moved[name] for name in numbers}))
    if isinstance(x, list):
        return given.but(x=[f"{text.replace('.', ' .').upper()} !" for text in x])
    noise = (
        random.integers(-2, 3, x.shape) if x.dtype == np.uint8 else 0.01 * np.nanstd(x) * random.normal(size=x.shape)
    )
    moved = x.astype("float64") + noise
    return given.but(x=np.clip(moved, 0, 255).astype("uint8") if x.dtype == np.uint8 else moved.astype("float32"))


def near_copies(material: Material, random: Random) -> tuple[Given, Given]:
    """5% of the rows a second time, with a little noise."""
    given = material.load()
    return given.and_more(nearly_the_same(given.take(_chosen(given, random, 0.05)), random)), given


def no_numbers(material: Material, random: Random) -> tuple[Given, Given]:
    """Cells or pixels that are infinite, or no number."""
    given = material.load()
    rows = _chosen(given, random, 0.03)
    if isinstance(given.x, pd.DataFrame):
        frame = given.x.copy()
        name = _number_column(frame, random)
        frame[name] = frame[name].astype("float64")
        frame.loc[rows, name] = np.inf
        return given.but(x=frame), given
    x = given.x.astype("float32").copy()
    x[rows, 2, 0] = np.inf if material.modality == "series" else np.nan
    return given.but(x=x), given.but(x=given.x.astype("float32"))


def coded_missing(material: Material, random: Random) -> tuple[Given, Given]:
    """-999 where 5% of a column was not measured."""
    given = material.load()
    rows = _chosen(given, random, 0.05)
    if isinstance(given.x, pd.DataFrame):
        frame = given.x.copy()
        frame.loc[rows, _number_column(frame, random)] = -999
        return given.but(x=frame), given
    x = given.x.astype("float32").copy()
    x[random.random(x.shape[:2]) < 0.05, 0] = -999
    return given.but(x=x), given


def blank(material: Material, random: Random) -> tuple[Given, Given]:
    """3% of the examples show nothing."""
    given = material.load()
    rows = _chosen(given, random, 0.03)
    if isinstance(given.x, list):
        texts = list(given.x)
        for row in rows:
            texts[row] = ""
        return given.but(x=texts), given
    x = given.x.copy()
    x[rows] = 0
    return given.but(x=x), given


def another_unit(material: Material, random: Random) -> tuple[Given, Given]:
    """3% of a column a thousand times as large."""
    given = material.load()
    frame = given.x.copy()
    name = _number_column(frame, random)
    frame[name] = frame[name].astype("float64")
    frame.loc[_chosen(given, random, 0.03), name] *= 1000
    return given.but(x=frame), given


def shortcut(material: Material, random: Random) -> tuple[Given, Given]:
    """Something beside the point tells one class: a bright border, missing cells, a note at the end, a cut."""
    given = material.load()
    first = given.y == sorted(set(given.y.tolist()))[0]
    rows = np.flatnonzero(first & (random.random(len(given)) < 0.95))
    if isinstance(given.x, pd.DataFrame):
        frame = given.x.copy()
        name = _number_column(frame, random)
        frame[name] = frame[name].astype("float64")
        frame.loc[rows, name] = np.nan
        return given.but(x=frame), given
    if isinstance(given.x, list):
        texts = list(given.x)
        for row in rows:
            texts[row] = texts[row].upper()
        return given.but(x=texts), given
    x = given.x.copy()
    if material.modality == "series":
        x = x.astype("float32")
        x[rows, -max(2, x.shape[1] // 4) :] = np.nan
        return given.but(x=x), given
    x[rows, 0], x[rows, -1], x[rows, :, 0], x[rows, :, -1] = 255, 255, 255, 255
    return given.but(x=x), given


def buried(material: Material, random: Random) -> tuple[Given, Given]:
    """What a text is about comes after three hundred words that say nothing."""
    given = material.load()
    words = "the of and to in a is that for it as was with be by on not he his but at are this have"
    texts = [f"{' '.join(random.choice(words.split(), 320))} {text}" for text in given.x]
    return given.but(x=texts), given


def without_shortcuts(material: Material) -> bool:
    """Classes, but not those of the two photographs: the border's colour alone tells 94% of the healthy patches."""
    return material.is_classification and material.name != "photographs"


FAULTS = (
    Fault("D01", "exact copies of rows", "data", exact_copies, of(), "noted", breaks=equal_examples),
    Fault("D02", "near copies of rows", "data", near_copies, of(), "noted", breaks=close_examples),
    Fault("D03", "cells that are no numbers", "data", no_numbers, of("table", "image", "series"), "noted",
          breaks=no_measurements),
    Fault("D04", "a number that stands for missing", "data", coded_missing, of("table", "series"),
          breaks=no_measurements),
    Fault("D08", "examples that show nothing", "data", blank, of("image", "series", "text"), "noted",
          breaks=empty_examples),
    Fault("D09", "two units in one column", "data", another_unit, of("table"), breaks=far_out),
    Fault("D14", "a property beside the point tells the class", "data", shortcut, without_shortcuts),
    Fault("P08", "cutting takes away what a text says", "preprocessing", buried, of("text", easy=True)),
)  # fmt: skip
