"""The numbered folders: views of the store, rebuilt at will."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.core.errors import OptionError
from wizard.core.result import STAGES, StageName, StageResult
from wizard.core.store import PARTIAL, STAGE_RESULTS, Store, write_file


class ShownResult(StageResult):
    """A stage's result that a notebook shows as its summary."""

    def _repr_html_(self) -> str:
        """The verdict, what asks for attention, and what to do next."""
        from wizard.report import summary_html

        return summary_html(self)


def stage_folder(stage: StageName) -> str:
    """From "1-explore" to "6-ensemble"."""
    return f"{STAGES.index(stage) + 1}-{stage}"


def page_path(folder: Path, stage: StageName) -> Path:
    """Where a stage's page lies."""
    return folder / stage_folder(stage) / "report.html"


def journey_states(results: Mapping[StageName, StageResult], *, from_index: bool, folder: Path | None = None) -> Any:
    """The strip of six stages, with links as they go from the index, from a stage's page, or (folder) from anywhere."""
    from wizard.report import journey_of

    start = "" if from_index else "../"
    hrefs = {
        stage: str(page_path(folder, stage)) if folder else f"{start}{stage_folder(stage)}/report.html"
        for stage in STAGES
    }
    return journey_of(results, hrefs)


def write_pages(store: Store, results: Mapping[StageName, StageResult]) -> None:
    """Writes pages and result.json of every stage, the index, and the predictor; removes those of dropped stages."""
    from wizard.report import render_index, render_stage

    folder = store.folder
    states = journey_states(results, from_index=False)
    for stage in STAGES:
        own = folder / stage_folder(stage)
        if stage not in results:
            shutil.rmtree(own, ignore_errors=True)
            continue
        result = results[stage]
        write_file(own / "result.json", result.model_dump_json(indent=1).encode())
        write_file(own / "report.html", render_stage(result, states, _pictures(store, result)).encode())
    name = next(iter(results.values())).dataset.name
    index = render_index(name, tuple(results.values()), journey_states(results, from_index=True))
    write_file(folder / "index.html", index.encode())
    _view_predictor(store, results)


def _view_predictor(store: Store, results: Mapping[StageName, StageResult]) -> None:
    place = store.folder / "predictor"
    key = results["ensemble"].decided.get("predictor") if "ensemble" in results else None
    if key is None:
        shutil.rmtree(place, ignore_errors=True)
        return
    for source in store.path("predictor", key).iterdir():
        target = place / source.name
        if target.is_file() and os.path.samefile(source, target):
            continue
        place.mkdir(parents=True, exist_ok=True)
        partial = place / f"{PARTIAL}{source.name}"
        partial.unlink(missing_ok=True)
        try:
            os.link(source, partial)  # one copy on disk
        except OSError:  # a file system without hard links
            shutil.copy2(source, partial)
        os.replace(partial, target)


def rebuild_pages(folder: Path) -> Path:
    """Writes the pages of a run folder again from its results; trains and reads no data.

    Raises:
        OptionError: Where the folder holds no results.
    """
    results: dict[StageName, StageResult] = {}
    for stage in STAGES:
        file = folder / stage_folder(stage) / "result.json"
        if file.is_file():
            results[stage] = StageResult.model_validate_json(file.read_bytes())
    if not results:
        raise OptionError(f"{folder} holds no results of a journey: it needs {stage_folder('explore')}/result.json.")
    store = Store(folder)
    with store.locked():
        write_pages(store, results)
    return folder / "index.html"


def _pictures(store: Store, result: StageResult) -> Callable[[str], bytes]:
    return lambda name: (store.path(STAGE_RESULTS, result.key) / "assets" / name).read_bytes()
