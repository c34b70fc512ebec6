"""The base of every value that goes to JSON and comes back the same."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable, JSON-able value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", validate_default=True)

    def but(self, **changes: Any) -> Self:
        """Returns a copy with some fields changed: `calmer = config.but(dropout=0.2)`."""
        return type(self).model_validate({**dict(self), **changes})
