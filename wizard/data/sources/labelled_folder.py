"""The door for a folder of pictures with a table of labels in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import ColumnError, DataError, WizardError, nearest, shortened
from wizard.data import picture_sets
from wizard.data.dataset import Dataset, LeftOut
from wizard.data.delimited import read_delimited
from wizard.data.picture_files import others_note, pictures_below
from wizard.data.picture_sets import RawPictures, placed
from wizard.data.request import Request
from wizard.data.roles import role_columns
from wizard.data.sources.table import DELIMITED
from wizard.data.tables import USUAL_TARGETS, RawTable

DESCRIPTION = "a folder of pictures with a CSV in it: a column of file names and a column of labels (target=)"

PROBE = 20  # rows that show whether a column names files
MOST = 0.5  # of them: a column that names fewer existing pictures is no column of files


def accepts(raw: Any) -> bool:
    """Whether `raw` is a folder with pictures and a table that names them."""
    return isinstance(raw, str | Path) and Path(raw).is_dir() and bool(_tables(Path(raw)))


def open(raw: Any, request: Request) -> Dataset:
    """Opens the pictures that the table names."""
    given = request.parts(raw)
    for name, part in zip(("validation", "test"), given[1:], strict=True):
        if part is not None and not accepts(part):
            raise DataError(
                f"`{name}` must be a folder with a table of labels like the main set. Received: {part!r:.80}."
            )
    target = label_column(given[0], request)
    named = list(request.targets) if len(request.targets) > 1 else target
    raws = [None if part is None else read_folder(Path(part), named) for part in given]
    raws = [raw and (placed(raw, f"{raw.name}/") if i else raw) for i, raw in enumerate(raws)]
    return picture_sets.dataset_of(raws, request, target)


def read_folder(root: Path, target: str | list[str]) -> RawPictures:
    """Joins the table's rows to the files they name."""
    table, file_column, named = _the_table(root)
    targets = [target] if isinstance(target, str) else target
    for name in targets:
        if name not in table.frame.columns:
            raise ColumnError(
                f"{table.source} must have the column {name!r}. Received: {shortened(table.frame.columns)}."
            )
    left_out = [*table.left_out]
    paths, rows = [], []
    for i, name in enumerate(table.frame[file_column]):
        path = named.get(_key(name))
        if path is None:
            left_out.append(LeftOut(str(table.where[i]), f"names {name!r}, and there is no such picture"))
        else:
            paths.append(path)
            rows.append(i)
    found, others = pictures_below(root)
    taken = set(paths)
    left_out += [
        LeftOut(p.relative_to(root).as_posix(), f"no row of {Path(table.source).name} names it")
        for p in found
        if p not in taken
    ]
    facts = table.frame.iloc[rows].reset_index(drop=True)
    return RawPictures(
        pictures=paths,
        labels=facts[target],
        where=np.array([path.relative_to(root).as_posix() for path in paths], dtype=object),
        source=str(root),
        name=root.resolve().name or "pictures",
        facts=facts.drop(columns=[*targets, file_column]),
        left_out=tuple(left_out),
        notes=(*table.notes, *others_note(p for p in others if str(p) != table.source)),
        is_text=True,
    )


def label_column(root: Any, request: Request) -> str:
    """Returns the column of labels: `target`, or the only one beside the file names, or one with a usual name."""
    table, file_column, _ = _the_table(Path(root))
    columns = [name for name in table.frame.columns if name != file_column]
    for target in request.targets:
        if target not in columns:
            listed = shortened(map(repr, columns), 30)
            raise ColumnError(
                f"`target` must name a column of {table.source}. Received: {target!r}; "
                f"the columns beside the file names are {listed}.{nearest(target, columns)}"
            )
    if request.targets:
        return request.target_name or ""
    free = [name for name in columns if name not in role_columns(request)]
    usual = [name for name in free if name.lower() in USUAL_TARGETS]
    if len(free) == 1 or len(usual) == 1:
        return (free if len(free) == 1 else usual)[0]
    raise ColumnError(
        f"{table.source} needs one column of labels. "
        f"Received: {shortened(map(repr, free), 30) or 'none'} beside the file names. "
        "Write Wizard(…, target=…) with the one to predict."
    )


def _the_table(root: Path) -> tuple[RawTable, str, dict[str, Path]]:
    tables = _tables(root)
    if len(tables) > 1:
        raise DataError(
            f"{root} must hold one table of labels. Received: {shortened(Path(t.source).name for t, _, _ in tables)}. "
            "Leave one there, and give the others' pictures as validation= or test= in folders of their own."
        )
    return tables[0]


def _tables(root: Path) -> list[tuple[RawTable, str, dict[str, Path]]]:
    """Finds the tables on top of a folder with a column that names its pictures."""
    candidates = sorted(path for path in root.iterdir() if path.is_file() and path.name.lower().endswith(DELIMITED))
    if not candidates:
        return []
    named = names_of(pictures_below(root)[0], root)
    found = []
    for path in candidates:
        try:
            table = read_delimited(path)
        except WizardError:  # a text of another kind that happens to lie there
            continue
        if column := file_column_of(table, named):
            found.append((table, column, named))
    return found


def file_column_of(table: RawTable, named: dict[str, Path]) -> str | None:
    """Returns the first column whose cells mostly name existing pictures, or None."""
    for column in table.frame.columns:
        cells = table.frame[column].iloc[:PROBE]
        if len(cells) and sum(_key(cell) in named for cell in cells) > MOST * len(cells):
            return str(column)
    return None


def names_of(pictures: list[Path], root: Path) -> dict[str, Path]:
    """Returns what a table may call each picture: its path, or its name, with or without suffix, where unique."""
    ways = [
        {p.relative_to(root).as_posix(): p for p in pictures},
        _unique([(p.name, p) for p in pictures]),
        _unique([(p.relative_to(root).with_suffix("").as_posix(), p) for p in pictures]),
        _unique([(p.stem, p) for p in pictures]),
    ]
    return {key: path for names in reversed(ways) for key, path in names.items()}


def _unique(pairs: list[tuple[str, Path]]) -> dict[str, Path]:
    names = dict(pairs)
    twice = {name for name, path in pairs if names[name] != path}
    return {name: path for name, path in names.items() if name not in twice}


def _key(cell: object) -> str:
    return str(cell).strip().replace("\\", "/").removeprefix("./")
