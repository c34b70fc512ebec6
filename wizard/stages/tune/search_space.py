"""What may vary, and how far."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from wizard.core.blocks import Column, Table
from wizard.core.config import HpValue, TrainingConfig
from wizard.models.family import family
from wizard.stages.context import Context
from wizard.stages.needs import unmet
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import count
from wizard.training.own_model import OwnModel
from wizard.training.space import OWN, Dimension

RATE_FACTOR = 4.0  # the incumbent's rate divided and multiplied by it: its own recipe is rarely further off
MOST_DROPOUT = 0.5
DECAYS = (1e-2, 3.0)  # a unit of learning rate: from nothing to a tenth of a weight in a short run
MOST_SMOOTHING = 0.2
SMALLEST_BATCH = 8
MIXED: dict[
    str, tuple[Literal["log", "linear"], float, float]
] = {  # what regularize may have kept, and how far from it
    "creative": ("linear", 0.1, 1.0),
    "mixup": ("log", 0.05, 1.0),  # alpha of the paper: 0.1 to 0.4 on ImageNet, 1 on small pictures
    "cutmix": ("log", 0.25, 2.0),
}
NO_DEFAULTS: Mapping[str, HpValue] = MappingProxyType({})
LISTED = 12  # lines printed; more are on the page


@step()
def search_space(context: Context) -> Outcome:
    """The search looks where a better network may be.

    A range that is too wide wastes trials on networks that cannot learn, one that is too narrow finds what is there
    already. Each range lies around the best configuration so far.
    """
    config: TrainingConfig = context.decided("incumbent")
    space, by_user = chosen_space(context, config)
    rows = tuple((d.label, d.in_words, short(d.now), _whose(context, d, d.name in by_user)) for d in space)
    for name, drawn, now, _ in rows[:LISTED]:
        context.progress.line(f"{name}: {drawn} (now {now})")
    table = Table(
        title="Search space",
        columns=tuple(Column(name=name) for name in ("hyperparameter", "drawn from", "now", "whose range")),
        rows=rows,
    )
    own = f", {len(by_user)} of them as you asked" if by_user else ""
    verb = "varies" if len(space) == 1 else "vary"
    return noted(
        f"{count(len(space), 'hyperparameter')} {verb} around the best configuration so far{own}: "
        f"{', '.join(d.label for d in space)}.",
        measured=float(len(space)),
        unit="hyperparameters",
        blocks=(table,),
        decides={"search_space": {d.name: d.model_dump(mode="json") for d in space}},
    )


def _whose(context: Context, dimension: Dimension, is_given: bool) -> str:
    if is_given:
        return "yours"
    return "your build's" if context.own is not None and dimension.name.startswith(OWN) else "around the best so far"


def chosen_space(context: Context, config: TrainingConfig) -> tuple[tuple[Dimension, ...], frozenset[str]]:
    """The dimensions, the user's in place of ours, and the names of the user's."""
    given: dict[str, dict[str, Any] | None] = context.options.get("space") or {}
    space = {d.name: d for d in space_around(context, config)}
    for name, dimension in given.items():
        if dimension is None:
            space.pop(name, None)
        else:
            space[name] = Dimension.model_validate({**dimension, "now": _now(context.own, config, name)})
    return tuple(space.values()), frozenset(name for name in given if name in space)


def space_around(context: Context, config: TrainingConfig) -> tuple[Dimension, ...]:
    """The dimensions around a configuration; structural ones only where the effort pays for tracing new networks."""
    if context.own is not None:
        return _of_own(context.own, config)
    rate, batch = config.learning_rate, config.batch
    space = [
        Dimension(name="learning_rate", kind="log", low=rate / RATE_FACTOR, high=rate * RATE_FACTOR, now=rate),
        Dimension(name="dropout", kind="linear", low=0.0, high=MOST_DROPOUT, now=config.dropout),
        Dimension(name="weight_decay", kind="log", low=DECAYS[0], high=DECAYS[1], now=config.weight_decay),
        Dimension(
            name="batch", kind="choice", options=tuple(sorted({max(SMALLEST_BATCH, batch // 2), batch, batch * 2})),
            now=batch,
        ),
    ]  # fmt: skip
    if context.task.is_classification:
        now = config.label_smoothing
        space.append(Dimension(name="label_smoothing", kind="linear", low=0.0, high=MOST_SMOOTHING, now=now))
    if not unmet(context, ("augmentation",)):
        space.append(Dimension(name="augment", kind="linear", low=0.0, high=1.0, now=config.augment))
    for name, (kind, low, high) in MIXED.items():
        if getattr(config, name):
            space.append(Dimension(name=name, kind=kind, low=low, high=high, now=getattr(config, name)))
    return tuple(space) if context.effort.name == "quick" else (*space, *_of_family(context, config))


def _of_own(own: OwnModel, config: TrainingConfig) -> tuple[Dimension, ...]:
    """What the user's build(hp) declares, in the ranges that it declares; optimiser and batch beside it."""
    rate, batch = config.learning_rate, config.batch
    sizes = tuple(sorted({max(SMALLEST_BATCH, batch // 2), batch, batch * 2}))
    space = [Dimension(name="batch", kind="choice", options=sizes, now=batch)]
    if own.takes_rate and "learning_rate" not in own.owned:
        low, high = rate / RATE_FACTOR, rate * RATE_FACTOR
        space.append(Dimension(name="learning_rate", kind="log", low=low, high=high, now=rate))
    if own.takes_decay:
        now = config.weight_decay
        space.append(Dimension(name="weight_decay", kind="log", low=DECAYS[0], high=DECAYS[1], now=now))
    found = [one.dimension.but(now=config.hp.get(one.name, one.default)) for one in own.declared]
    return (*found, *space)


def _of_family(context: Context, config: TrainingConfig) -> list[Dimension]:
    """The family's own hyperparameters that are numbers: the incumbent's rung of the ladder and its neighbours."""
    rungs = family(config.family).ladder(context.prepared(config).form)
    found = []
    for name, now in config.hp.items():
        values = sorted({rung[name] for rung in rungs if name in rung and _is_number(rung[name])} | {now})
        if not _is_number(now) or len(values) < 2:
            continue
        at = values.index(now)
        options = tuple(values[max(0, at - 1) : at + 2])
        found.append(Dimension(name=f"{OWN}{name}", kind="choice", options=options, now=now))
    return found


def with_values(
    config: TrainingConfig, values: dict[str, HpValue], defaults: Mapping[str, HpValue] = NO_DEFAULTS
) -> TrainingConfig:
    """A configuration with a trial's values; "hp.width" goes to the family's own.

    What the configuration leaves at its default stays left out there, so that an equal run is the same run.
    """
    own = {name.removeprefix(OWN): value for name, value in values.items() if name.startswith(OWN)}
    own = {k: v for k, v in own.items() if k in config.hp or k not in defaults or v != defaults[k]}
    fields = {name: value for name, value in values.items() if not name.startswith(OWN)}
    return config.but(hp={**config.hp, **own}, **fields)


def _now(own: OwnModel | None, config: TrainingConfig, name: str) -> HpValue | None:
    """The incumbent's value, or what a build takes where it says nothing; None for what it does without."""
    if not name.startswith(OWN):
        now: HpValue | None = getattr(config, name)
        return now
    bare = name.removeprefix(OWN)
    defaults = {} if own is None else {one.name: one.default for one in own.declared}
    return config.hp.get(bare, defaults.get(bare))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def short(value: HpValue | None) -> HpValue:
    """A number with three digits; "none" for what a configuration does without."""
    if value is None:
        return "none"
    return float(f"{value:.3g}") if isinstance(value, float) else value
