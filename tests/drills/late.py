"""Faults of the later stages: examples of the user's own, networks that must not be joined, sure probabilities."""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from tests.drills.drill import Alarm, Outcome, kept, remembered
from tests.drills.materials import OWN, Given, Material
from tests.stages.walk import Walked, context_of, journey_on
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.seeds import generator
from wizard.journey import Journey
from wizard.stages.context import Context
from wizard.stages.ensemble.final import joined
from wizard.stages.ensemble.pool import POOL, Candidate, pool
from wizard.stages.regularize.own_examples import own_examples
from wizard.training.calibration import fit_temperature, tempered

ROWS = 400  # of a material: a network then takes a second or two
SURE = 5.0  # times as large logits
Made = Callable[[Any, np.random.Generator], Any]


@dataclass(frozen=True)
class LateFault:
    """A fault: id, name, whether a material can have it, and (journey, is_faulty) -> what is said of it."""

    id: str
    name: str
    applies: Callable[[Material], bool]
    said: Callable[[Journey, Material, bool], list[Alarm]]
    also: tuple[str, ...] = ()


# ── examples of the user's own ───────────────────────────────────────────────────────────────────
def _sound(material: Material) -> Made:
    """A change that leaves the label alone."""

    def change(example: Any, random: np.random.Generator) -> Any:
        if isinstance(example, str):
            words = example.split()
            return " ".join(word for i, word in enumerate(words) if i != random.integers(len(words))) or example
        if isinstance(example, dict):
            return {name: _shaken(value, random) for name, value in example.items()}
        noise = random.normal(0, 0.02, example.shape)
        if example.dtype == np.uint8:
            return np.clip(example + 255 * noise, 0, 255).astype("uint8")
        return (example + np.nanstd(example) * noise).astype(example.dtype)

    return change


def _shaken(value: Any, random: np.random.Generator) -> Any:
    return value * (1 + random.normal(0, 0.01)) if isinstance(value, float) else value


def _of_others(material: Material) -> Made:
    """Gives any other example, under the label of the one that it was given."""
    given = _some(material)

    def change(example: Any, random: np.random.Generator) -> Any:
        i = int(random.integers(len(given)))
        if isinstance(example, dict):
            return {name: given.x.iloc[i][name] for name in example}
        return given.x[i]

    return change


def _unchanged(material: Material) -> Made:
    return lambda example, random: example


def _in_another_unit(material: Material) -> Made:
    def change(example: Any, random: np.random.Generator) -> Any:
        if isinstance(example, dict):
            return {name: 1000 * value if isinstance(value, float) else value for name, value in example.items()}
        return 100 * example

    return change


def _own(faulty: Callable[[Material], Made]) -> Callable[[Journey, Material, bool], list[Alarm]]:
    def said(journey: Journey, material: Material, is_faulty: bool) -> list[Alarm]:
        key = journey.use_synthetic((faulty if is_faulty else _sound)(material))
        context = context_of(journey, "regularize", skip=[], synthetic=key)
        _decided(context, material)
        found = own_examples(context)
        assert found is not None
        return [Alarm("creative_augment", "warned", (cause.fault,), cause.sentence) for cause in found.causes]

    return said


# ── the ensemble ─────────────────────────────────────────────────────────────────────────────────
def _members(change: Callable[[Context, list[Candidate]], Candidate]) -> Any:
    def said(journey: Journey, material: Material, is_faulty: bool) -> list[Alarm]:
        context = context_of(journey, "ensemble")
        _decided(context, material)
        candidates = _pool(journey, material)
        context.shared[POOL] = [*candidates, change(context, candidates)] if is_faulty else candidates
        return _walked(context, "members", material)

    return said


def _same_again(context: Context, candidates: list[Candidate]) -> Candidate:
    return replace(candidates[0], config=candidates[0].config.but(seed=150))


def _other_order(context: Context, candidates: list[Candidate]) -> Candidate:
    """The classes of a network in another order: one on, as an encoder makes it that was fitted to other labels."""
    one = candidates[-1]
    return replace(one, config=one.config.but(seed=151), predictions=np.roll(one.predictions, 1, axis=1))


def _too_sure(journey: Journey, material: Material, is_faulty: bool) -> list[Alarm]:
    """Logits five times as large as those that are calibrated; the twin's are calibrated."""
    context = context_of(journey, "ensemble")
    _decided(context, material)
    candidates = _pool(journey, material)
    context.shared[POOL] = candidates
    members = tuple((one.config, 1 / len(candidates)) for one in candidates)
    context.decisions = Decisions.model_validate({**dict(context.decisions), "members": members})
    context.reads = (*context.reads, "members")
    p = joined(context)
    honest = fit_temperature(p, context.y(context.deciding_rows), None, context.task)
    wanted = tempered(p, honest / SURE if is_faulty else honest, context.task)
    with patch("wizard.stages.ensemble.calibrate.joined", lambda _: wanted):
        return _walked(context, "calibrate", material, {"members": members})


def _walked(context: Context, name: str, material: Material, more: dict[str, Any] | None = None) -> list[Alarm]:
    finding = Walked(context, (name,), {**_given(material), **(more or {})})[name]
    if finding.status not in ("warned", "failed"):
        return []
    causes = tuple(cause.fault for cause in finding.causes if cause.fault)
    return [Alarm(finding.step, finding.status, causes, finding.headline)]


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────
def _config(material: Material) -> TrainingConfig:
    if material.modality == "text":
        return TrainingConfig(family="linear", hp={}, learning_rate=1e-2, batch=32, epochs=20)
    return TrainingConfig(family="mlp", hp={"width": 32, "depth": 1}, learning_rate=3e-3, batch=32, epochs=30)


def _given(material: Material) -> dict[str, Any]:
    config = _config(material)
    return {"metric": None, "incumbent": config, "candidates": (config, config.but(dropout=0.3)), "label_noise": 0.0,
            "stage_configs": {"overfit": config, "tune": config}, "dumb_scores": {"majority class": 0.0}}  # fmt: skip


def _decided(context: Context, material: Material) -> None:
    given = _given(material)
    context.decisions = Decisions.model_validate(given)
    context.reads = (*context.reads, *given)


_POOLS: dict[int, list[Candidate]] = {}


def _pool(journey: Journey, material: Material) -> list[Candidate]:
    """What may join, trained once for all faults of a journey."""
    if id(journey) not in _POOLS:
        _POOLS.clear()
        context = context_of(journey, "ensemble")
        _decided(context, material)
        _POOLS[id(journey)] = list(pool(context))
    return _POOLS[id(journey)]


def _some(material: Material) -> Given:
    given = material.load()
    return given.take(np.arange(min(len(given), ROWS)))


@lru_cache(1)
def _journey(material: Material, seed: int, folder: Path) -> Journey:
    given = _some(material)
    given = given.take(generator(seed, "late drill", material.name).permutation(len(given)))
    target = "target" if hasattr(given.x, "columns") else None
    return journey_on(given.raw, folder, target, **given.options)


# ── cases ────────────────────────────────────────────────────────────────────────────────────────
def _classes(material: Material) -> bool:
    return material.is_classification and material.is_easy  # a network that knows nothing has no order to lose


FAULTS = (
    LateFault("A01", "examples under other labels", _classes, _own(_of_others)),
    LateFault("A03", "made in another unit", lambda m: m.modality in ("table", "series"), _own(_in_another_unit),
              ("A01",)),
    LateFault("A05", "nothing is changed", lambda m: True, _own(_unchanged)),
    LateFault("E10", "the same network under two seeds", lambda m: True, _members(_same_again)),
    LateFault("E11", "classes in another order", _classes, _members(_other_order)),
    LateFault("E12", "logits times 5", _classes, _too_sure),
)  # fmt: skip


def cases(seeds: int = 1) -> Iterator[tuple[LateFault, Material, int]]:
    """All of them, those of one material together, as they share its networks."""
    for seed in range(seeds):
        for material in OWN:
            for fault in FAULTS:
                if fault.applies(material):
                    yield fault, material, seed


def run(fault: LateFault, material: Material, seed: int, folder: Path) -> Outcome:
    """Runs a case and its healthy twin, or remembers it."""
    file = folder / f"{fault.id} {fault.name} - {material.name} - {seed}.json"
    if file.is_file():
        return remembered(file)
    started, work = time.perf_counter(), folder / "work" / f"{material.name} {seed}"
    crashed: tuple[str, ...] = ()
    faulty: list[Alarm] = []
    twin: list[Alarm] = []
    try:
        journey = _journey(material, seed, work)
        faulty, twin = fault.said(journey, material, True), fault.said(journey, material, False)
    except Exception:  # a step that breaks is a result of the drill
        crashed = (traceback.format_exc()[-800:],)
    silent = {cause for alarm in twin for cause in alarm.causes}
    named = [cause for alarm in faulty for cause in alarm.causes if cause not in silent]
    right = [place for place, cause in enumerate(named, start=1) if cause in (fault.id, *fault.also)]
    outcome = Outcome(
        f"{fault.id} {fault.name}", "augmentation" if fault.id[0] == "A" else "ensemble", material.name,
        material.is_new, tuple(faulty), tuple(twin), bool(named), right[0] if right else 0, crashed, 0.0,
    )  # fmt: skip
    return kept(outcome, time.perf_counter() - started, file)


def healthy(outcomes: list[Outcome]) -> list[Outcome]:
    """The twins as healthy runs of their own, one a kind of step and material."""
    found = {(one.material, one.fault[:3]): replace(one, fault="", faulty=one.twin, twin=()) for one in outcomes}
    return list(found.values())


def forget(folder: Path) -> None:
    """Removes journeys that nothing needs any more."""
    shutil.rmtree(folder / "work", ignore_errors=True)
