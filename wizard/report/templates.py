"""Where templates become pages: escaping is on, style and script are inlined, and the policy allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from wizard.core.filling import environment_of
from wizard.core.shipped import shipped
from wizard.report import words

FOLDER = "report"
SCRIPTS = ("page.js", "gallery.js", "replay.js")


def page(template: str, **values: Any) -> str:
    """Fills a page's template; the page carries its style and script and may load nothing."""
    script = "".join(map(_part, SCRIPTS))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return fill(template, policy=policy, style=Markup(_part("style.css")), script=Markup(script), **values)


def fill(template: str, **values: Any) -> str:
    """Fills a template that is part of a page, or stands in a notebook's cell."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    """Returns the templates' environment: everything from outside is escaped, a missing value is an error."""
    found = environment_of(FOLDER, escapes=True)
    found.filters.update(
        clean=words.clean,
        number=words.number,
        share=words.share,
        duration=words.duration,
        paragraphs=words.paragraphs,
        step_title=words.title_of,
        slug=slug,
    )
    found.globals.update(
        quantity=words.quantity, interval=words.interval, counted=words.counted, words_of=words_of, in_line=in_line
    )
    return found


def words_of(value: object) -> str | None:
    """Writes a plain value or a short list of plain values in words; None where it needs a tree of its own."""
    if value is None or isinstance(value, str | int | float):
        return words.number(value)
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(map(str, value)) if isinstance(value, set | frozenset) else list(value)
        if any(isinstance(part, dict | list | tuple) for part in parts):
            return None
        return ", ".join(words.number(part) for part in parts) or "none"
    return None if isinstance(value, dict) else words.clean(value)


def in_line(value: object) -> str:
    """Writes nested values in one line: "family mlp · hp (width 32, depth 1) · epochs 30"."""
    if isinstance(value, dict):
        return " · ".join(f"{words.clean(name)} {_nested(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "; ".join(in_line(inner) for inner in value) or "none"
    return words_of(value) or ""


def _nested(value: object) -> str:
    if isinstance(value, dict):
        return f"({', '.join(f'{words.clean(name)} {_nested(inner)}' for name, inner in value.items())})"
    return in_line(value)


def slug(text: object) -> str:
    """Turns a name into one that an id may carry."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in str(text)) or "-"


@cache
def _part(name: str) -> str:
    return (shipped("templates") / FOLDER / name).read_text(encoding="utf-8")
