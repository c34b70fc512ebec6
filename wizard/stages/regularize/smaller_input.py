"""Inputs without what the labels do not need."""

from __future__ import annotations

from typing import Any

from wizard.core.config import TrainingConfig
from wizard.core.registry import load
from wizard.data.evened import evening
from wizard.data.modalities.table import without
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import count, listed

MODALITIES = "wizard.data.modalities"  # a file a modality


@step(needs=("raw inputs",))
def smaller_input(context: Context) -> Outcome:
    """Smaller inputs make the network better.

    Explore asked a cheap probe how small inputs may become before the labels can no longer be told, which columns it
    can do without, and what varies without telling of the label. What is not there cannot be learnt by heart; whether a
    network agrees is measured here.
    """
    config = incumbent(context).config
    changes, words = [], []
    smaller = _smaller(context, config)
    if smaller:
        changes.append({"inputs": {**config.inputs, **smaller}})
        words.append(f"inputs of {' × '.join(map(str, smaller.values()))}{_unit(context)}")
    spare = [name for name in context.decided("spare") if name in {c.name for c in context.dataset.columns}]
    if spare and len(spare) < len(context.dataset.columns):
        changes.append({"inputs": {**config.inputs, **without(spare)}})
        words.append(f"inputs without {count(len(spare), 'column')} ({listed([repr(name) for name in spare])})")
    out = _can_go(context)
    if out:
        changes.append({"inputs": {**config.inputs, **evening(out)}})
        words.append(f"inputs without their own {listed(list(out))}")
    if not changes:
        return noted("Explore found no smaller input that tells as much as the full one: there is none to try.")
    return experiment(context, "smaller_input", changes, words)


def _can_go(context: Context) -> tuple[str, ...]:
    """What explore would take out of the inputs and their preparation can; texts and ranks of columns need no more."""
    known = getattr(load(MODALITIES, context.dataset.modality), "CAN_GO", ())
    return tuple(name for name in context.decided("normalise") if name in known)


def _smaller(context: Context, config: TrainingConfig) -> dict[str, Any]:
    """Explore's smallest input as settings, where it is smaller than what the network gets."""
    wanted: dict[str, int] = context.decided("smallest_input") or {}
    form = context.prepared(config).form
    is_smaller = any(wanted[name] < getattr(form, name, 0) for name in wanted)
    is_larger = any(wanted[name] > getattr(form, name, 0) for name in wanted)
    return dict(wanted) if is_smaller and not is_larger else {}


def _unit(context: Context) -> str:
    return {"image": " pixels", "text": " tokens", "series": " steps"}.get(context.dataset.modality, "")
