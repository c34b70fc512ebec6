"""Where the templates of what is handed over are filled: plain text, nothing escaped but what Markdown needs."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from wizard.core.filling import environment_of

FOLDER = "starter"


def fill(template: str, **values: Any) -> str:
    """Fills a template of `templates/starter/`."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    """Returns the templates' environment: a missing value is an error."""
    found = environment_of(FOLDER, escapes=False)
    found.filters.update(cell=_cell, number=_number, python=repr, docstring=_docstring)
    return found


def _cell(text: object) -> str:
    """Text that stays in its cell of a Markdown table, and is read as text."""
    plain = " ".join(str(text).split())
    for sign in "\\|<*_`[":
        plain = plain.replace(sign, f"\\{sign}" if sign != "<" else "&lt;")
    return plain


def _docstring(text: object) -> str:
    """Text that stays in its line of a docstring, and ends none."""
    return " ".join(str(text).split()).replace("\\", r"\\").replace('"""', r"\"\"\"")


def _number(value: object) -> object:
    return f"{value:.4g}" if isinstance(value, float) else "–" if value is None else value
