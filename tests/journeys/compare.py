"""Results without their times: what must be equal, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STAGES = ("1-explore", "2-baseline", "3-overfit", "4-regularize", "5-tune", "6-ensemble")


def timeless(folder: Path) -> dict[str, Any]:
    """{stage: its result.json without seconds}."""
    return {stage: _strip(json.loads((folder / stage / "result.json").read_bytes())) for stage in STAGES}


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("kind") == "table":
            value = _without_times(value)
        return {name: _strip(item) for name, item in value.items() if name != "seconds"}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value


def _without_times(table: dict[str, Any]) -> dict[str, Any]:
    kept = [i for i, column in enumerate(table["columns"]) if column["unit"] not in ("s", "ms", "seconds")]
    rows = [[row[i] for i in kept] for row in table["rows"] if not str(row[0]).startswith("time ")]
    return {**table, "rows": rows}
