"""Raw series with labels become a data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError
from wizard.data.dataset import PARTS, Dataset, LeftOut
from wizard.data.joined import joined_facts, joined_labels, usable
from wizard.data.labels import read_labels
from wizard.data.request import Request
from wizard.data.roles import check_names, read_roles
from wizard.data.series import Layout, SeriesExamples

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RawSeries:
    """Series and labels as they lie there.

    Attributes:
        series: n arrays (t, c) of numbers.
        labels: (n,) raw labels, or (n, m) where each series has several.
        where: (n,) where each series stands, in words.
        channels: Names of the c channels.
        source: Path or kind of object, in words.
        name: Short name.
        facts: (n, …) further columns about each series (weight …); None where there are none.
        layout: How the table was laid out; None for arrays.
        left_out: What was set aside already.
        notes: What was done to read them.
        is_text: Whether the labels come from a text file.
        decimal_comma: Whether that file may write 1,5 for one and a half.
    """

    series: Sequence[np.ndarray]
    labels: pd.Series | pd.DataFrame
    where: np.ndarray
    channels: tuple[str, ...]
    source: str
    name: str
    facts: pd.DataFrame | None = None
    layout: Layout | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    is_text: bool = False
    decimal_comma: bool = False


def dataset_of(parts: Sequence[RawSeries | None], request: Request, target: str) -> Dataset:
    """Cleans every series, takes out what cannot be used, and says all of it."""
    sets = [one for one in parts if one is not None]
    main = sets[0]
    for name, one in zip(PARTS, parts, strict=True):
        if one is not None and len(one.channels) != len(main.channels):
            raise DataError(
                f"All series must have the same channels. Received: {len(main.channels)} in {main.source}, "
                f"but {len(one.channels)} in the {name} set."
            )
    facts = joined_facts(sets)
    check_names(request, list(facts.columns))
    where = np.concatenate([one.where for one in sets])
    part = np.concatenate([np.full(len(one.where), i, dtype=np.int8) for i, one in enumerate(parts) if one is not None])
    labels = read_labels(target, joined_labels(sets), main.is_text, main.decimal_comma)
    series, notes = cleaned(one for raw in sets for one in raw.series)

    why = [empty(one) or str(labels.missing[i]) for i, one in enumerate(series)]
    kept, left_out = usable(parts, part, where, why, labels.values, target, "series")
    roles = read_roles(request, facts, kept, where)
    notes = [*(note for one in sets for note in one.notes), *notes, labels.note]
    return Dataset(
        name=request.name or main.name,
        modality="series",
        examples=SeriesExamples([series[i] for i in kept], main.channels, main.layout),
        labels=labels.values[kept],
        target=target,
        where=where[kept],
        part=part[kept],
        outputs=labels.outputs,
        left_out=left_out,
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        source=main.source,
        **roles,
    )


def cleaned(series: Iterable[np.ndarray]) -> tuple[list[np.ndarray], list[str]]:
    """Brings (t, c) series to float32: infinite values become missing, and steps behind the last measured one go.

    Returns:
        The series, and notes that count what was done.
    """
    clean, n_infinite, n_cut = [], 0, 0
    for one in series:
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite too
            values = np.asarray(one, "float32") + np.float32(0)  # + 0 turns -0 into 0
        is_infinite = np.isinf(values)
        n_infinite += int(is_infinite.sum())
        values[is_infinite | np.isnan(values)] = np.nan  # one NaN, whatever its bits were: content hashes read bits
        known = np.flatnonzero(~np.isnan(values).all(axis=1))
        end = int(known[-1]) + 1 if len(known) else 0
        n_cut += 0 < end < len(values)
        clean.append(values[:end])
    notes = [f"{n_infinite:,} infinite value{'s' * (n_infinite > 1)} read as missing."] if n_infinite else []
    if n_cut:
        notes.append(f"{n_cut:,} series end{'s' * (n_cut == 1)} in missing values: taken as shorter series.")
    return clean, notes


def empty(series: np.ndarray) -> str:
    """Why a cleaned series cannot be used, or ""."""
    return "" if len(series) else "has no value at all"
