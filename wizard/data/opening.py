"""Finds the door that fits what the user brought, and opens it."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from wizard.core.errors import OptionError, nearest
from wizard.data import sources
from wizard.data.dataset import Dataset
from wizard.data.reading import read_examples, read_labelled
from wizard.data.refusals import no_door, refuse_raw, refuse_task
from wizard.data.request import Request

__all__ = ["Request", "doors", "open_dataset", "read_examples", "read_labelled"]

HOLDS = {"image": "pictures", "table": "a table", "series": "series"}  # modality: what such data are called


def doors() -> list[ModuleType]:
    """Returns the modules of `wizard.data.sources`, by name; each accepts, opens and describes one kind of data."""
    names = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    return [importlib.import_module(f"{sources.__name__}.{name}") for name in names]


def open_dataset(raw: Any, request: Request) -> Dataset:
    """Opens whatever a user may bring.

    Args:
        raw: A path, a DataFrame, a dict of columns, or a pair of arrays.
        request: The options that go with it.

    Raises:
        DataError: If the data cannot be used, or no door fits (ColumnError for names of columns).
        UnsupportedTaskError: For tasks that the library does not do.
        NotAvailableError: For kinds of data that it does not open yet.
        OptionError: For an option's value that cannot be.
    """
    refuse_task(request.task)
    refuse_raw(raw)
    for own in (request.validation, request.test):
        if own is not None:
            refuse_raw(own)
    if request.modality is not None and request.modality not in HOLDS:
        known, asked = ", ".join(f'"{name}"' for name in HOLDS), request.modality
        raise OptionError(f"`modality` must be {known} or None. Received: {asked!r}.{nearest(str(asked), HOLDS)}")
    for door in doors():
        if door.accepts(raw):
            dataset: Dataset = door.open(raw, request)
            if request.modality not in (None, dataset.modality):
                raise OptionError(
                    f"`modality` must agree with the data. Received: {request.modality!r} for {dataset.source}, "
                    f"which holds {HOLDS[dataset.modality]}."
                )
            return dataset
    raise no_door(raw, [door.DESCRIPTION for door in doors()])
