"""Where the templates of what is handed over are filled: plain text, nothing escaped but what Markdown needs."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wizard.core.shipped import shipped

FOLDER = "starter"


def fill(template: str, **values: Any) -> str:
    """Fills a template of `templates/starter/`."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    """Returns the templates' environment: a missing value is an error."""
    found = Environment(
        loader=FileSystemLoader(shipped("templates") / FOLDER),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.update(cell=_cell, number=_number, python=repr)
    return found


def _cell(text: object) -> str:
    """Text that stays in its cell of a Markdown table, and is read as text."""
    plain = " ".join(str(text).split())
    for sign in "\\|<*_`[":
        plain = plain.replace(sign, f"\\{sign}" if sign != "<" else "&lt;")
    return plain


def _number(value: object) -> object:
    return f"{value:.4g}" if isinstance(value, float) else "–" if value is None else value
