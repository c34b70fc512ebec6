"""One file of the whole journey, for a mail."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from wizard.core.errors import OptionError, StageOrderError
from wizard.core.result import StageName, StageResult
from wizard.core.store import STAGE_RESULTS, Store, write_file
from wizard.data.dataset import Dataset
from wizard.data.rows import TableExamples

HEAVIEST = 8_000_000  # bytes of a page: what mail servers take
SHOWN = (1000, 300, 100, 40, 12, 0)  # examples a gallery, tried in this order until the page is light enough


def share_journey(
    path: str | os.PathLike[str],
    results: Mapping[StageName, StageResult],
    store: Store,
    dataset: Dataset,
    examples: bool = False,
) -> Path:
    """Writes one page of all stages that ran; see `Wizard.share`."""
    from wizard.report import render_shared, what_was_left_out, without_examples, without_files

    target = _checked(path, examples)
    if not results:
        raise StageOrderError("share() has nothing to show yet. Call explore() first, or run() for all six.")
    whole = tuple(results.values())
    note = what_was_left_out(whole, examples)
    if not examples:
        whole = without_examples(whole, raw_words(dataset))

    def picture(result: StageResult, name: str) -> bytes:
        return (store.path(STAGE_RESULTS, result.key) / "assets" / name).read_bytes()

    for most in SHOWN:
        page = render_shared(dataset.name, without_files(whole, most), picture, note).encode()
        if len(page) < HEAVIEST or not examples:
            break
    write_file(target, page)
    return target


def raw_words(dataset: Dataset) -> frozenset[str]:
    """Names of places in the data, and values of columns of words as a sentence would quote them."""
    places = {str(place) for place in dataset.where} | {one.where for one in dataset.left_out}
    places |= {Path(place).name for place in places}
    columns = {column.name for column in dataset.columns}
    if not isinstance(dataset.examples, TableExamples):
        return frozenset(places)
    words = [column.name for column in dataset.columns if column.kind == "category"]
    cells = {str(value) for name in words for value in dataset.examples.frame[name].unique()} - columns - {""}
    return frozenset(places | set(map(repr, cells)))


def _checked(path: str | os.PathLike[str], examples: bool) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise OptionError(f"share() needs the path of a file. Received: {path!r}. Call share('journey.html').")
    if not isinstance(examples, bool):
        raise OptionError(f"examples must be True or False. Received: {examples!r}.")
    target = Path(path)
    if target.suffix.lower() != ".html":
        raise OptionError(f"share() writes a page that ends in .html. Received: {str(path)!r}.")
    if target.is_dir():
        raise OptionError(f"share() writes a file, and {str(path)!r} is a folder. Give the name of a file in it.")
    return target
