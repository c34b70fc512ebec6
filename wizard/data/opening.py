"""Finds the door that fits what the user brought, and opens it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from wizard.core.errors import OptionError, nearest
from wizard.data import given_sets, sources
from wizard.data.class_weights import weighed
from wizard.data.dataset import Dataset
from wizard.data.reading import read_examples, read_labelled
from wizard.data.refusals import data_at_hand, no_door, refuse_raw, refuse_task
from wizard.data.request import Request

__all__ = ["Request", "doors", "open_dataset", "read_examples", "read_labelled"]

MODALITIES = {"image": "pictures", "table": "a table", "text": "texts", "series": "series"}  # each in words


def doors() -> list[ModuleType]:
    """Returns the modules of `wizard.data.sources`, by name; each accepts, opens and describes one kind of data."""
    names = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    return [importlib.import_module(f"{sources.__name__}.{name}") for name in names]


@data_at_hand()
def open_dataset(raw: Any, request: Request) -> Dataset:
    """Opens whatever a user may bring.

    Args:
        raw: A path, a DataFrame, a dict of columns, a pair of arrays …, or a dict of sets of these.
        request: The options that go with it.

    Raises:
        DataError: If the data cannot be used, or no door fits (ColumnError for names of columns).
        UnsupportedTaskError: For tasks that the library does not do.
        NotAvailableError: For kinds of data that it does not open yet.
        OptionError: For an option's value that cannot be.
    """
    refuse_task(request.task)
    raw, request = given_sets.told_apart(raw, request)
    refuse_raw(raw)
    for own in (request.validation, request.test):
        if own is not None:
            refuse_raw(own)
    if request.modality is not None and request.modality not in MODALITIES:
        known = ", ".join(f'"{name}"' for name in MODALITIES)
        raise OptionError(
            f"`modality` must be {known} or None. Received: {request.modality!r}."
            f"{nearest(str(request.modality), MODALITIES)}"
        )
    if isinstance(request.weight, Mapping):
        return weighed(open_dataset(raw, replace(request, weight=None)), request.weight)
    for door in doors():
        if door.accepts(raw):
            _check_version(door, request)
            dataset: Dataset = door.open(raw, request)
            if request.modality not in (None, dataset.modality):
                raise OptionError(
                    f"`modality` must agree with the data. Received: {request.modality!r} for {dataset.source}, "
                    f"which holds {MODALITIES[dataset.modality]}."
                )
            return dataset
    raise no_door(raw, [*(door.DESCRIPTION for door in doors()), given_sets.DESCRIPTION])


def _check_version(door: ModuleType, request: Request) -> None:
    """Refuses `version` where content tells by itself whether data are the same."""
    if request.version is None:
        return
    if not getattr(door, "IS_STREAM", False):
        raise OptionError(
            f"`version` is for streams (a tf.data.Dataset, a PyDataset). Received: version={request.version!r} for "
            "data that are told by their content. Leave it out."
        )
    if not isinstance(request.version, str) or not request.version.strip():
        raise OptionError(f'`version` must be a name such as "v1". Received: {request.version!r}.')
