"""Evidence made ready for a template: what a block shows, in words, drawings and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from wizard.core.blocks import Block, Column, File, Gallery, Numbers, Replay, Table, Text
from wizard.report.gallery import Examples, examples_of
from wizard.report.pictures import Picture
from wizard.report.plots import note_of, svg_of
from wizard.report.replay import Tracks, tracks_of
from wizard.report.tables import table_of
from wizard.report.words import clean, column, paragraphs

ROWS = 300  # of a table: more are for machines, and result.json has them


@dataclass(frozen=True)
class Rows:
    """A table as it is written: headings, cells in words, which columns are numbers, which rows stand out."""

    columns: tuple[Column, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    emphasis: frozenset[int]
    left_out: int


@dataclass(frozen=True)
class Evidence:
    """One block, ready for its template; only what its kind needs is filled."""

    kind: str
    uid: str
    title: str
    caption: str = ""
    drawing: Markup | None = None
    note: str = ""
    table: Rows | None = None
    paragraphs: tuple[str, ...] = ()
    numbers: object = None
    gallery: Examples | None = None
    file: str = ""
    replay: Tracks | None = None


def evidence_of(block: Block, uid: str, pictures: Mapping[str, Picture]) -> Evidence:
    """Makes a block ready for its template.

    Args:
        block: The block.
        uid: A name that nothing else on the page has.
        pictures: The page's pictures by name.
    """
    title = clean(block.title)
    if isinstance(block, Text):
        return Evidence("text", uid, title, paragraphs=tuple(paragraphs(block.text).split("\n\n")))
    if isinstance(block, Numbers):
        return Evidence("numbers", uid, title, block.caption, numbers=block.tree)
    if isinstance(block, File):
        return Evidence("file", uid, title, block.caption, file=clean(block.name))
    if isinstance(block, Table):
        return Evidence("table", uid, title, block.caption, table=rows_of(block))
    if isinstance(block, Gallery):
        return Evidence("gallery", uid, title, block.caption, gallery=examples_of(block, pictures))
    if isinstance(block, Replay):
        return Evidence("replay", uid, title, block.caption, replay=tracks_of(block))
    name = title or clean(block.caption) or block.kind
    drawing = Markup(svg_of(block, uid, name))  # written by an XML library, which escapes
    table = rows_of(table_of(block))
    return Evidence("figure", uid, title, block.caption, drawing, note_of(block), table)


def rows_of(table: Table) -> Rows:
    """Writes a table's cells, at most `ROWS` of its rows."""
    kept = table.rows[:ROWS]
    width = len(table.columns)
    columns = [[row[i] if i < len(row) else None for row in kept] for i in range(width)]
    written = [column(values, described) for values, described in zip(columns, table.columns, strict=True)]
    return Rows(
        columns=table.columns,
        numeric=tuple(
            any(isinstance(v, int | float) for v in values) and not any(isinstance(v, str | bool) for v in values)
            for values in columns
        ),
        rows=tuple(zip(*written, strict=True)) if width else (),
        emphasis=frozenset(table.emphasis),
        left_out=len(table.rows) - len(kept),
    )
