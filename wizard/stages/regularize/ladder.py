"""The incumbent's place among its family's sizes."""

from __future__ import annotations

from typing import Any

from wizard.core.config import TrainingConfig
from wizard.models.family import family
from wizard.stages.context import Context


def neighbours(context: Context, config: TrainingConfig) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rungs below and above a configuration's size, the nearest first; a size between rungs counts by its widths."""
    if context.own is not None:
        return context.own.neighbours(config.hp)
    rungs = [dict(rung) for rung in family(config.family).ladder(context.prepared(config).form)]
    own = {**config.hp}
    sizes = {name for rung in rungs for name in rung}
    rungs = [{**{name: value for name, value in own.items() if name not in sizes}, **rung} for rung in rungs]
    if own in rungs:
        at = rungs.index(own)
        return rungs[:at][::-1], rungs[at + 1 :]
    below = [rung for rung in rungs if _volume(rung) < _volume({**rung, **own})]
    above = [rung for rung in rungs if _volume(rung) > _volume({**rung, **own})]
    return below[::-1], above


def _volume(hp: dict[str, Any]) -> float:
    """Product of all sizes: what orders shapes roughly by capacity."""
    product = 1.0
    for value in hp.values():
        product *= float(value) if isinstance(value, (int, float)) else 1.0
    return product
