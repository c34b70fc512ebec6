"""A script as a notebook: a cell a section."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

SECTION = re.compile(r"^# ── (.+?) *─*$", re.M)


def notebook_of(script: str) -> str:
    """A script whose sections begin with "# ── Title" as a notebook (nbformat 4).

    Args:
        script: With a docstring at its top, which becomes the first cell.
    """
    docstring = ast.get_docstring(ast.parse(script)) or ""
    code = script.split('"""', 2)[2]
    start, *rest = SECTION.split(code)
    cells = [_cell("markdown", docstring), _cell("code", start)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        cells += [_cell("markdown", f"## {title}"), _cell("code", body)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}, indent=1) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text.strip().splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
