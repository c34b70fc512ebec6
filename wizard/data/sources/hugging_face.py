"""The door for a Hugging Face `datasets.Dataset`; a `DatasetDict` is a dict of sets, taken apart before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import DataError, NotAvailableError, shortened
from wizard.data import picture_sets, text_columns
from wizard.data.dataset import Dataset
from wizard.data.hugging_face_features import (
    cells_of,
    check_features,
    encoded_pictures,
    flat_features,
    image_columns,
    is_of_classes,
)
from wizard.data.picture_sets import RawPictures, placed
from wizard.data.refusals import kind_of
from wizard.data.request import Request
from wizard.data.roles import role_columns
from wizard.data.tables import RawTable, check_target, with_text_names

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = "a Hugging Face datasets.Dataset or DatasetDict; its features tell pictures and classes"

HELD = "datasets.arrow_dataset.Dataset"
STREAMED = "datasets.iterable_dataset.IterableDataset"
SOURCE = "Hugging Face data set"


def accepts(raw: Any) -> bool:
    """Whether `raw` is a Hugging Face data set, asked without importing the package."""
    return bool({HELD, STREAMED} & _kinds(raw))


def open(raw: Any, request: Request) -> Dataset:
    """Opens a table, or pictures with their labels, and the user's own validation and test sets beside it."""
    given = request.parts(raw)
    for name, part in zip(("main", "validation", "test"), given, strict=True):
        if part is not None:
            check_held(part, f"The {name} set")
    if not raw.features or not len(raw):
        raise DataError(f"A table needs rows and columns. Received: a {SOURCE} with none.")
    images = [name for name in image_columns(raw.features) if name not in role_columns(request)]
    target = target_of(raw, request, images)
    if images and request.modality == "table":
        raise DataError(
            f"A table has no pictures. Received: {shortened(map(repr, images))}. Pass ignore=({images[0]!r},), "
            'or leave modality="table" out.'
        )
    if len(images) > 1:
        raise DataError(
            f"An example is one picture. Received: {shortened(map(repr, images))}. Name all but one in `ignore`."
        )
    for part in given:
        if part is not None:
            check_features(part, list(raw.features), role_columns(request))
    named = list(zip(given, ("", "validation ", "test "), strict=True))
    if images:
        raws = [None if part is None else placed(_raw_pictures(part, images[0], target), name) for part, name in named]
        return picture_sets.dataset_of(raws, request, target if isinstance(target, str) else ", ".join(target))
    parts = [None if part is None else _raw_table(part, name) for part, name in named]
    ignore = tuple(name for name in request.ignore if name not in raw.features or name in flat_features(raw))
    return text_columns.dataset_of(parts, replace(request, target=target, ignore=ignore))


def check_held(raw: Any, what: str) -> None:
    """Refuses what is no `datasets.Dataset`, streams among it."""
    if STREAMED in _kinds(raw):
        raise NotAvailableError(
            f"{what} must be a datasets.Dataset. Received: a stream ({type(raw).__name__}). Take examples out of it: "
            "datasets.Dataset.from_list(list(stream.take(10_000)), features=stream.features)."
        )
    if HELD not in _kinds(raw):
        raise DataError(f"{what} must be a datasets.Dataset like the main one. Received: {kind_of(raw)}.")


def frame_of(raw: Any) -> pd.DataFrame:
    """Returns a Hugging Face data set as a table; classes by name, lists as lists."""
    check_held(raw, "A table")
    return with_text_names(cells_of(raw))


def pictures_of(raw: Any) -> list[Any]:
    """Returns the pictures of a Hugging Face data set, each as the path or the bytes of its file."""
    check_held(raw, "A set of pictures")
    images = image_columns(raw.features)
    if len(images) != 1:
        raise DataError(f"There must be one column of pictures. Received: {shortened(map(repr, images)) or 'none'}.")
    return encoded_pictures(raw, images[0])


def target_of(raw: Any, request: Request, images: list[str]) -> str | tuple[str, ...]:
    """Returns `target`, or the only column that features call one of classes, or the only one beside pictures."""
    features = flat_features(raw)
    free = [name for name in features if name not in role_columns(request)]
    classes = [name for name in free if is_of_classes(features[name])]
    if request.target is None and len(classes) == 1:
        return classes[0]
    if request.target is None and images and len(free) == 1:
        return free[0]
    if not features:
        raise DataError(f"There must be a column of labels. Received: only {shortened(map(repr, raw.features))}.")
    check_target(request.target, list(features))
    return request.target or ()


def _kinds(raw: Any) -> set[str]:
    return {f"{c.__module__}.{c.__name__}" for c in type(raw).__mro__}


def _where(raw: Any) -> np.ndarray:
    return np.array([f"row {i}" for i in range(len(raw))], dtype=object)


def _raw_table(raw: Any, prefix: str) -> RawTable:
    where = np.array([prefix + place for place in _where(raw)], dtype=object)
    return RawTable(frame_of(raw), where, SOURCE, raw.info.dataset_name or "table")


def _raw_pictures(raw: Any, image: str, target: str | tuple[str, ...]) -> RawPictures:
    facts = frame_of(raw)
    named = check_target(target, list(facts.columns))
    return RawPictures(
        pictures=encoded_pictures(raw, image),
        labels=facts[named],
        where=_where(raw),
        source=SOURCE,
        name=raw.info.dataset_name or "pictures",
        facts=facts.drop(columns=named),
        takes_names=isinstance(named, str) and is_of_classes(flat_features(raw)[named]),
    )
