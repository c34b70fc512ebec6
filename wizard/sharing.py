"""One file of a journey for a mail: what of the data may be in it, and the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import OptionError, StageOrderError
from wizard.core.private import Private
from wizard.core.result import StageName, StageResult
from wizard.core.store import STAGE_RESULTS, write_file
from wizard.data.dataset import Dataset
from wizard.data.task import name_of
from wizard.journey import Journey

HEAVIEST = 8_000_000  # bytes: what mail servers let through, encoded


def share(journey: Journey, results: Mapping[StageName, StageResult], path: Path, examples: bool) -> None:
    """Writes one page of all stages that ran.

    Args:
        journey: The journey.
        results: Of its stages.
        path: Ending in ".html".
        examples: Whether raw examples may be in it.

    Raises:
        OptionError: For another ending, or where the examples make it heavier than a mail takes.
        StageOrderError: Before the first stage.
    """
    from wizard.report import render_shared

    if path.suffix.lower() not in (".html", ".htm"):
        raise OptionError(f"share() writes a page. Received: {path.name!r}; end its name in .html.")
    if not results:
        raise StageOrderError("There is nothing to share yet. Call explore() first.")
    keys = [result.key for result in results.values()]

    def picture(name: str) -> bytes:
        places = (journey.store.path(STAGE_RESULTS, key) / "assets" / name for key in keys)
        return next(place for place in places if place.is_file()).read_bytes()

    private = None if examples else private_of(journey)
    content = render_shared(journey.dataset.name, tuple(results.values()), private, picture).encode()
    if len(content) > HEAVIEST:
        raise OptionError(
            f"A page for a mail may have {HEAVIEST / 1e6:.0f} MB. Received: {len(content) / 1e6:.1f} MB; "
            + ("leave the examples out." if examples else "send the run folder instead.")
        )
    write_file(path, content)


def private_of(journey: Journey) -> Private:
    """All values of a data set, its places and groups, and the names that may be said."""
    dataset, task = journey.dataset, journey.task
    columns = [column.name for column in dataset.columns]
    channels = getattr(dataset.examples, "channels", ())
    allowed = {*columns, *task.classes, *task.targets, *task.outputs, task.target, dataset.name}
    allowed |= set(channels) if isinstance(channels, tuple) else set()
    values = {value.strip() for value in _texts(dataset)} - {""}
    return Private(frozenset(values), frozenset(_numbers(dataset)), frozenset(allowed))


def _texts(dataset: Dataset) -> Iterator[str]:
    for where in (*dataset.where.tolist(), *(one.where for one in dataset.left_out)):
        yield str(where)
        yield Path(str(where)).name
        yield Path(str(where)).stem
    yield dataset.source
    yield Path(dataset.source).name
    for values in (dataset.group, dataset.time):
        yield from _unique(values)
    if dataset.modality == "text":
        yield from (str(dataset.examples[i]) for i in range(len(dataset)))
    if dataset.modality == "table":
        frame = dataset.examples.frame  # type: ignore[attr-defined]
        for column in dataset.columns:
            cells = frame[column.name]
            if column.kind == "date":
                yield from _unique(cells.dropna().dt.strftime("%Y-%m-%d"))
            elif column.kind != "number":
                yield from _unique(cells)


def _unique(values: Any) -> Iterable[str]:
    return () if values is None else (name_of(value) for value in set(np.asarray(values).tolist()))


def _numbers(dataset: Dataset) -> Iterator[float]:
    if dataset.labels.dtype.kind == "f":
        yield from np.unique(dataset.labels).tolist()
    if dataset.modality == "table":
        frame = dataset.examples.frame  # type: ignore[attr-defined]
        for column in dataset.columns:
            if column.kind == "number":
                yield from frame[column.name].dropna().unique().tolist()
