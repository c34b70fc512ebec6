"""How to search further: wider ranges and more trials, as the call that makes them."""

from __future__ import annotations

from typing import Any

from wizard.stages.context import Context
from wizard.training.declared import role_of
from wizard.training.oracles import TUNERS
from wizard.training.own_space import BELOW_ONE, RANGES, as_python
from wizard.training.space import OWN, Dimension

SENSIBLE_BATCH = 8  # smaller ones take very long
SHARES = ("dropout", "label_smoothing")  # roles of a build's hyperparameters that must leave something
INFINITE = float("inf")


def limits(dimension: Dimension) -> tuple[float, float]:
    """What no range of a hyperparameter can go beyond."""
    low, high = RANGES.get(dimension.name, (-INFINITE, INFINITE))
    if dimension.name == "batch":
        return float(SENSIBLE_BATCH), high
    if not dimension.name.startswith(OWN):
        return low, high
    if dimension.is_whole or all(type(option) is int for option in dimension.options or (0.0,)):
        return 1.0, INFINITE  # no network has half a layer
    is_share = role_of(dimension.label, dimension) in SHARES
    return 0.0 if ends(dimension)[0] >= 0 else -INFINITE, BELOW_ONE if is_share else INFINITE


def ends(dimension: Dimension) -> tuple[float, float]:
    """Least and largest value, of a choice among numbers as well."""
    if dimension.kind != "choice":
        return dimension.low, dimension.high
    return float(dimension.ordered[0]), float(dimension.ordered[-1])


def widened(dimension: Dimension, end: int) -> str:
    """A range that goes as far again beyond one end, where it can, as Python writes it."""
    low, high = ends(dimension)
    lowest, highest = limits(dimension)
    if dimension.kind == "choice":
        values = [float(value) for value in dimension.ordered]
        new = min(_beyond(values[::-1]), highest) if end > 0 else max(_beyond(values), lowest)
        is_whole = all(type(option) is int for option in dimension.options)
        wider = sorted({*values, float(int(new)) if is_whole else new})
        return as_python({"options": [int(value) if is_whole else value for value in wider]})
    is_log = dimension.kind == "log"
    if end > 0:
        high = min(high * (high / low) if is_log else high + (high - low), highest)
    else:
        low = max(low / (high / low) if is_log else low - (high - low), lowest)
    within = {name: _rounded(value, lowest, highest) for name, value in (("low", low), ("high", high))}
    return as_python({"kind": dimension.kind, **within, "is_whole": dimension.is_whole})


def call(context: Context, n_tried: int, times: int = 1, least: int = 0, wider: dict[str, str] | None = None) -> str:
    """The call of tune() that was made, with more trials or wider ranges.

    Args:
        context: Of the stage: what was asked for.
        n_tried: Trials that there were.
        times: As many trials as were asked for.
        least: Trials.
        wider: {hyperparameter: its range in Python}, in place of those of the call that was made.
    """
    tuner, asked = str(context.options.get("tuner") or "random"), context.options.get("trials")
    made = context.effort.trials if tuner == "hyperband" else n_tried  # it makes several short ones of each
    parts = [f"trials={max(least, times * int(asked or made))}"]
    if tuner != "random":
        parts.append(f'tuner="{tuner}"' if tuner in TUNERS else "tuner=…")
    given: dict[str, dict[str, Any] | None] = context.options.get("space") or {}
    space = {name.removeprefix(OWN): as_python(one) for name, one in given.items()} | (wider or {})
    if space:
        written = ", ".join(f'"{name}": {one}' for name, one in space.items())
        parts.append(f"space={{{written}}}")
    if context.team is not None and context.team.workers:
        parts.append(f"workers={context.team.workers}")
    return f"tune({', '.join(parts)})"


def _beyond(values: list[float]) -> float:
    """The value that follows before the first: half or double a positive one, else as far as to its neighbour."""
    first = values[0]
    if first > 0 and len(values) == 1:
        return first / 2
    if first > 0:
        return first / 2 if values[1] > first else 2 * first
    return first - (values[1] - first) if len(values) > 1 else first - 1.0


def _rounded(value: float, lowest: float, highest: float) -> float:
    """A number with three digits, where these do not lead beyond what it may be."""
    rounded = float(f"{value:.3g}")
    return rounded if lowest <= rounded <= highest else value
