"""Sets given together in one dict: {"train": …, "validation": …, "test": …}."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError, nearest, shortened
from wizard.data.refusals import OWN_TYPES, kind_of
from wizard.data.request import Request
from wizard.data.sources.folder import SETS
from wizard.data.sources.table import is_file_list, is_frame, is_records

DESCRIPTION = 'a dict of any of these: {"train": …, "validation": …, "test": …}'
PLAIN = (str, bytes, int, float, complex, bool, np.generic, type(None))  # a single cell


def told_apart(raw: Any, request: Request) -> tuple[Any, Request]:
    """Returns the main set, and the request with the other sets in it; what is no dict of sets comes back as it is.

    A dict of columns that happen to be called "train" and "test" is told from a dict of sets by its values.

    Raises:
        DataError: If a set has another name, stands there twice, is no data set, or if the main one is not there.
    """
    if not isinstance(raw, Mapping) or not raw:
        return raw, request
    of_name = {name: SETS.get(str(name).lower()) for name in raw}
    n_sets, n_named = sum(map(is_set, raw.values())), sum(map(bool, of_name.values()))
    if not n_sets or not (n_named == len(raw) or (n_sets == len(raw) and (n_named or _is_certain(raw)))):
        return raw, request
    _check_names(raw, of_name)
    for name, value in raw.items():
        if not is_set(value):
            raise DataError(
                f"Every value in a dict of sets must be a data set by itself. Received: {kind_of(value)} "
                f"under {name!r}. Pass a DataFrame, a pair (x, y) or a path there."
            )
    sets = {of_name[name]: value for name, value in raw.items()}
    for option in ("validation", "test"):
        if option in sets and getattr(request, option) is not None:
            raise DataError(
                f"`{option}` must not be given twice. Received: {option}=… and a dict of sets with one in it."
            )
        request = replace(request, **{option: sets.get(option, getattr(request, option))})
    return sets["main"], request


def is_set(value: Any) -> bool:
    """Whether a value of a dict is a data set by itself, and no column."""
    if isinstance(value, str | Path) or is_frame(value) or is_file_list(value) or is_records(value):
        return True
    if isinstance(value, Mapping):
        return any(not isinstance(cells, PLAIN) for cells in value.values())
    if isinstance(value, tuple):
        return len(value) == 2 and all(hasattr(one, "__len__") and not isinstance(one, PLAIN) for one in value)
    is_column = isinstance(value, Sequence) or hasattr(value, "__array__")
    return _is_foreign(value) and not is_column


def _is_foreign(value: Any) -> bool:
    return any(c.__module__.split(".")[0] in OWN_TYPES for c in type(value).__mro__)


def _is_certain(raw: Mapping[Any, Any]) -> bool:
    """Whether the values can be nothing but sets: text and dicts could be a row or columns that somebody mistyped."""
    return all(is_frame(value) or isinstance(value, tuple) or _is_foreign(value) for value in raw.values())


def _check_names(raw: Mapping[Any, Any], of_name: dict[Any, str | None]) -> None:
    unknown = [name for name, known in of_name.items() if known is None]
    if unknown:
        raise DataError(
            'A dict of sets must call them "train", "validation" and "test". Received: '
            f"{shortened(map(repr, raw))}.{nearest(str(unknown[0]), SETS)} "
            'Pick the ones to use: Wizard({"train": sets[…], "test": sets[…]}).'
        )
    names = list(of_name.values())
    twice = [name for name in of_name if names.count(of_name[name]) > 1]
    if twice:
        raise DataError(
            f"Each set must be given once. Received: {shortened(map(repr, twice))}, which mean the same set."
        )
    if "main" not in names:
        raise DataError(f'A dict of sets must have one to train on, "train". Received: {shortened(map(repr, raw))}.')
