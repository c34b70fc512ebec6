"""The numbered folders: views of the store, rebuilt at will."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.core.disk import writing
from wizard.core.errors import OptionError, RunFolderError
from wizard.core.result import STAGES, StageName, StageResult
from wizard.core.store import PARTIAL, STAGE_RESULTS, Store, write_file

SUSPECTS = "label_suspects.csv"
SUSPECT_COLUMNS = ("row", "where", "label", "given", "suggested", "chance_wrong", "is_flagged")


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


def notebook_html(name: str, results: Mapping[StageName, StageResult], folder: Path) -> str:
    """What a notebook shows of a journey: its stages, and the last one in plain words."""
    from wizard.report import journey_html, summary_html

    shown = journey_html(name, journey_states(results, from_index=True, folder=folder))
    if not results:
        return shown
    last = list(results)[-1]
    return shown + summary_html(results[last], str(page_path(folder, last)))


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
        _write_files(store, result, own)
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
    from wizard.export.known import known_beside
    from wizard.export.model_card import FILE, model_card

    kept = store.path("predictor", key)
    sources = {path.relative_to(kept): path for path in kept.rglob("*") if path.is_file()}
    for old in [path for path in place.rglob("*") if path.is_file()]:
        if old.relative_to(place) not in sources and old.name != FILE:
            old.unlink()
    with writing(place):
        for name, source in sources.items():
            _view_file(source, place / name)
    write_file(place / FILE, model_card(results, known_beside(kept)).encode())


def _view_file(source: Path, target: Path) -> None:
    """One copy on disk, where the file system allows; whole or not at all."""
    if target.is_file() and os.path.samefile(source, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{PARTIAL}{target.name}")
    partial.unlink(missing_ok=True)
    try:
        os.link(source, partial)
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
            results[stage] = _read_view(file)
    if not results:
        raise OptionError(f"{folder} holds no results of a journey: it needs {stage_folder('explore')}/result.json.")
    store = Store(folder)
    with store.locked():
        write_pages(store, results)
    return folder / "index.html"


def _read_view(file: Path) -> StageResult:
    try:
        return StageResult.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RunFolderError(
            f"{file} cannot be read: it is cut short, or of another version of this library. Run the journey's script "
            "again: what is stored is not computed again, and the file is written anew."
        ) from error


def read_suspects(store: Store, explored: StageResult) -> Any:
    """DataFrame of the examples whose label may be wrong; empty where there were too few rows to tell."""
    import pandas as pd

    try:
        content = read_file(store, explored, SUSPECTS)
    except KeyError:
        return pd.DataFrame(columns=list(SUSPECT_COLUMNS))
    texts = {"where": str, "label": str, "given": str, "suggested": str}
    return pd.read_csv(io.BytesIO(content), dtype=texts, keep_default_na=False)


def read_file(store: Store, result: StageResult, name: str) -> bytes:
    """Content of a file that a stage handed out; KeyError where there is none of this name."""
    for file in result.files:
        if file.name == name:
            return (store.path(STAGE_RESULTS, result.key) / "assets" / file.asset).read_bytes()
    raise KeyError(f"{result.stage} handed out no {name}")


def _write_files(store: Store, result: StageResult, folder: Path) -> None:
    names = {file.name for file in result.files}
    for old in folder.glob("*.csv"):
        if old.name not in names:
            old.unlink()
    for name in sorted(names):
        write_file(folder / name, read_file(store, result, name))


def _pictures(store: Store, result: StageResult) -> Callable[[str], bytes]:
    return lambda name: (store.path(STAGE_RESULTS, result.key) / "assets" / name).read_bytes()
