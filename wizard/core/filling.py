"""How templates are filled, whatever they are for."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wizard.core.shipped import shipped


def environment_of(folder: str, escapes: bool) -> Environment:
    """Returns an environment over `templates/<folder>/`: a missing value is an error.

    Args:
        folder: Of the templates.
        escapes: Whether what is filled in is escaped for HTML.
    """
    return Environment(
        loader=FileSystemLoader(shipped("templates") / folder),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
