"""What of a journey may be passed on: results without what stands in single rows, texts and files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from wizard.core.blocks import Block, Table
from wizard.core.result import StageResult
from wizard.report.words import counted

BLANK = "[left out]"
OURS = frozenset({"kind", "status", "step", "steps", "stage", "format", "fault", "key", "runs", "fingerprint"})
SHORTEST = 3  # characters of a quoted word that is looked for inside sentences: shorter ones stand in every one
MOST_WORDS = 8  # of a name of a file or of a cell that is looked for in sentences
AROUND = ("", ".,;:?!", ".,;:?!()“”", ".,;:?!()“”[]{}")  # signs that may stand around a name in a sentence


def without_examples(results: Iterable[StageResult], raw: Collection[str] = ()) -> tuple[StageResult, ...]:
    """Results that may be passed on: private blocks and columns are gone, and what sentences quote reads "[left out]".

    Args:
        results: Of the stages, in the recipe's order.
        raw: Names of files and values of cells, as they would stand in a sentence; a net below what the steps have
            declared private. Names of classes and columns stay, as nothing could be read without them.
    """
    results = tuple(results)
    known = {name for result in results for name in (*result.dataset.classes, result.dataset.target)}
    quoted = {word for result in results for word in result.private} - known - {repr(name) for name in known}
    blanked = _Blanked(quoted, frozenset(raw) - known)
    return tuple(_shared(result, blanked) for result in results)


def what_was_left_out(results: Iterable[StageResult], examples: bool) -> str:
    """What a shared page does not show, in one sentence."""
    blocks = [block for result in results for block in result.blocks]
    files = sorted({block.name for block in blocks if block.kind == "file"})
    if examples:
        beside = f" The files {', '.join(files)} lie in the run folder, not here." if files else ""
        return f"This page shows raw examples from the data: pass it on only to people who may see them.{beside}"
    gone = counted(
        sum(block.private and block.kind != "file" for block in blocks),
        "gallery, table or figure",
        "galleries, tables and figures",
    )
    return (
        f"This page may be passed on: {gone} of raw examples, suspects and single values were left out, and names of "
        f"files and values of cells read “{BLANK}” in sentences; names of classes and columns have stayed."
    )


def without_files(results: Iterable[StageResult], most: int) -> tuple[StageResult, ...]:
    """Results without the files beside a stage's page, which are not beside this one; galleries show at most `most`."""

    def kept(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            if block.kind != "file":
                yield block.but(items=block.items[:most]) if block.kind == "gallery" else block

    return tuple(_with(result, kept) for result in results)


def _with(result: StageResult, changed: Callable[[Iterable[Block]], Iterable[Block]]) -> StageResult:
    """A result whose evidence is changed, wherever it stands."""
    findings = tuple(one.model_copy(update={"blocks": tuple(changed(one.blocks))}) for one in result.findings)
    return result.model_copy(update={"product": tuple(changed(result.product)), "findings": findings})


def _shared(result: StageResult, blanked: _Blanked) -> StageResult:
    plain = _with(result, _public).model_copy(update={"private": (), "options": {}, "decided": {}, "runs": ()})
    values = plain.model_dump()
    about = values.pop("dataset")
    return StageResult.model_validate({**blanked.everywhere(values), "dataset": about})


def _public(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.private:
            continue
        if isinstance(block, Table) and any(column.private for column in block.columns):
            yield _public_columns(block)
        else:
            yield block


def _public_columns(table: Table) -> Table:
    kept = [i for i, column in enumerate(table.columns) if not column.private]
    return table.but(
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept if i < len(row)) for row in table.rows),
    )


class _Blanked:
    """Blanks words in texts: those that steps declared, and names of files and cells that stand in a sentence."""

    def __init__(self, quoted: Collection[str], raw: Collection[str]) -> None:
        self.whole = frozenset(quoted) | frozenset(raw)
        self.raw = frozenset(" ".join(name.split()) for name in raw)
        inner = sorted((word for word in quoted if len(word) >= SHORTEST), key=lambda word: (-len(word), word))
        parts = "|".join(map(re.escape, inner))
        self.pattern = re.compile(rf"(?<!\w)(?:{parts})(?!\w)") if inner else None

    def everywhere(self, value: Any, in_tree: bool = False) -> Any:
        """The same value with all texts in it blanked, in a tree of numbers its names, too; our names of kinds stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            if in_tree:
                return {self.text(name): self.everywhere(inner, True) for name, inner in value.items()}
            return {n: inner if n in OURS else self.everywhere(inner, n == "tree") for n, inner in value.items()}
        return type(value)(map(self.everywhere, value)) if isinstance(value, (list, tuple)) else value

    def text(self, text: str) -> str:
        """A text with what must not be passed on blanked."""
        if text in self.whole:
            return BLANK
        if self.pattern is not None:
            text = self.pattern.sub(BLANK, text)
        return self._without_names(text) if self.raw else text

    def _without_names(self, text: str) -> str:
        words = text.split()
        i, found = 0, False
        out: list[str] = []
        while i < len(words):
            for j in range(min(len(words), i + MOST_WORDS), i, -1):
                span = " ".join(words[i:j])
                name = next((bare for signs in AROUND if (bare := span.strip(signs)) in self.raw), "")
                if name:
                    out.append(span.replace(name, BLANK, 1))
                    i, found = j, True
                    break
            else:
                out.append(words[i])
                i += 1
        return " ".join(out) if found else text
