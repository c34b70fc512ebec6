"""Runs cases: a fault in a material, and its healthy twin; what came of each is kept, so that a run can go on."""

from __future__ import annotations

import json
import os
import shutil
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.drills import data, labels, sets
from tests.drills.faults import ORDER, Fault
from tests.drills.materials import OWN, Given, Material, shared
from tests.stages.walk import journey_on, walk
from wizard.core.finding import Finding
from wizard.core.seeds import generator

FAULTS = (*data.FAULTS, *labels.FAULTS, *sets.FAULTS)
TIMES = 2.0  # as much as the twin's: real data have a few copies of their own, and the fault adds many
EXAMPLES = 1  # of the gallery: it takes part in no alarm


@dataclass(frozen=True)
class Case:
    """A fault (None: a healthy run of its own) in a material, with a seed."""

    fault: Fault | None
    material: Material
    seed: int

    @property
    def name(self) -> str:
        """Unique, fit for a file."""
        fault = f"{self.fault.id} {self.fault.name}" if self.fault else "healthy"
        return f"{fault} - {self.material.name} - {self.seed}".replace("/", " ")


@dataclass(frozen=True)
class Alarm:
    """What one finding said: its step, status, the faults that it named, and the number that it measured."""

    step: str
    status: str
    causes: tuple[str, ...]
    headline: str
    measured: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        fault: Id and name of the fault, or "".
        group: Of the fault.
        material: Name.
        is_new: Whether the material was used for no threshold.
        faulty: Alarms in the faulty data, worst first; of a healthy run, in the healthy data.
        twin: Alarms in the twin.
        is_caught: Whether a finding of the faulty run, and none of the twin, names the fault (or says as much).
        place: Place of the right cause among those that the twin does not name: 1 is first; 0 is not named.
        crashed: Steps that broke.
        seconds: Both runs.
    """

    fault: str
    group: str
    material: str
    is_new: bool
    faulty: tuple[Alarm, ...]
    twin: tuple[Alarm, ...]
    is_caught: bool
    place: int
    crashed: tuple[str, ...]
    seconds: float


def cases(seeds: int = 2) -> Iterator[Case]:
    """All of them: faults in the project's own materials, and healthy runs on everything at hand."""
    for seed in range(seeds):
        for material in (*OWN, *shared()):
            yield Case(None, material, seed)
        for fault in FAULTS:
            for material in OWN:
                if fault.applies(material):
                    yield Case(fault, material, seed)


def run(case: Case, folder: Path) -> Outcome:
    """Runs a case, or remembers it."""
    file = folder / f"{case.name}.json"
    if file.is_file():
        return remembered(file)
    started = time.perf_counter()
    random = generator(case.seed, "drill", case.fault.name if case.fault else "", case.material.name)
    work = folder / "work" / case.name
    if case.fault is None:
        given = case.material.load()
        given = given.take(random.permutation(len(given))[: max(60, round(0.8 * len(given)))])
        faulty, crashed = _alarms(given, work / "own")
        outcome = Outcome("", "", case.material.name, case.material.is_new, faulty, (), False, 0, crashed, 0.0)
    else:
        given, healthy = case.fault.inject(case.material, random)
        faulty, crashed = _alarms(given, work / "faulty")
        twin, broken = _alarms(healthy, work / "twin")
        outcome = _judged(case.fault, case.material, faulty, twin, crashed + broken)
    shutil.rmtree(work, ignore_errors=True)
    return kept(outcome, time.perf_counter() - started, file)


def remembered(file: Path) -> Outcome:
    """What came of a case, as `kept` wrote it."""
    stored = json.loads(file.read_text())
    alarms = {key: tuple(Alarm(**{**one, "causes": tuple(one["causes"])}) for one in stored.pop(key))
              for key in ("faulty", "twin")}  # fmt: skip
    return Outcome(**{**stored, **alarms, "crashed": tuple(stored["crashed"])})


def kept(outcome: Outcome, seconds: float, file: Path) -> Outcome:
    """Writes what came of a case, with the time that it took."""
    outcome = replace(outcome, seconds=round(seconds, 1))
    written(file, asdict(outcome))
    return outcome


def written(file: Path, what: Any) -> None:
    """Writes what is remembered, in one go: another process may be about to read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(what, indent=1))
    unfinished.replace(file)


def _alarms(given: Given, folder: Path) -> tuple[tuple[Alarm, ...], tuple[str, ...]]:
    """What explore says that is worth a look, worst first, and the steps that broke."""
    options = {name: value.raw if isinstance(value, Given) else value for name, value in given.options.items()}
    target = "target" if hasattr(given.x, "columns") else None
    journey = journey_on(given.raw, folder, target, **options)
    found, crashed = [], []
    from wizard.stages.explore import STEPS

    findings: dict[str, Finding] = {}
    try:
        findings = dict(walk(journey, "explore", examples=EXAMPLES))
    except Exception:  # which step it was, one by one
        for step in STEPS:
            try:
                findings |= walk(journey, "explore", "imbalance", step, examples=EXAMPLES)
            except Exception:
                crashed.append(f"{step}: {traceback.format_exc()[-600:]}")
    for finding in findings.values():
        causes = tuple(cause.fault for cause in finding.causes if cause.fault)
        if finding.status in ("warned", "failed") or (finding.status == "noted" and causes):
            found.append(Alarm(finding.step, finding.status, causes, finding.headline, finding.measured or 0.0))
    found.sort(key=lambda alarm: -ORDER.index(alarm.status))
    return tuple(found), tuple(crashed)


def _judged(
    fault: Fault, material: Material, faulty: tuple[Alarm, ...], twin: tuple[Alarm, ...], crashed: tuple[str, ...]
) -> Outcome:
    loud = [alarm for alarm in faulty if ORDER.index(alarm.status) >= ORDER.index(fault.least)]
    numbers = {alarm.step: alarm.measured for alarm in faulty}
    silent = {(alarm.step, cause) for alarm in twin for cause in alarm.causes
              if ORDER.index(alarm.status) >= ORDER.index(fault.least)
              and numbers.get(alarm.step, 0.0) < TIMES * alarm.measured}  # fmt: skip
    statuses = {alarm.step: ORDER.index(alarm.status) for alarm in twin}
    caught = [alarm for alarm in loud if ORDER.index(alarm.status) > statuses.get(alarm.step, 0)
              or any((alarm.step, cause) not in silent for cause in alarm.causes)]  # fmt: skip
    named = [cause for alarm in caught for cause in alarm.causes if (alarm.step, cause) not in silent]
    named = list(dict.fromkeys(named))
    right = [place for place, cause in enumerate(named, start=1) if cause in (fault.id, *fault.also)]
    return Outcome(
        f"{fault.id} {fault.name}", fault.group, material.name, material.is_new, faulty, twin,
        bool(caught), right[0] if right else 0, crashed, 0.0,
    )  # fmt: skip
