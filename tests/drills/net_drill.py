"""Runs the drill on models and tensors: faults, their healthy twins, and whether a fault does harm at all."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.drills.drill import Alarm, Outcome, kept, remembered, written
from tests.drills.kill import is_beyond
from tests.drills.net_faults import FAULTS, HEALTHY, NetFault
from tests.drills.networks import MATERIALS, NEW, Parts, pipeline
from wizard.training.pipeline import Pipeline

GROUPS = {"M": "architecture", "T": "loss", "O": "optimisation", "E": "evaluation", "P": "preprocessing",
          "L": "labels", "D": "data", "A": "augmentation"}  # fmt: skip
KILL_SEEDS, KILL_EPOCHS = 3, 20
LEAST = 0.02  # of the held-out score


def cases(seeds: int = 2) -> Iterator[tuple[str, str, int]]:
    """(fault or variant, material, seed); faults first in every material."""
    for seed in range(seeds):
        for material, make in MATERIALS.items():
            for fault in FAULTS:
                if fault.inject(make()) is not None:
                    yield f"fault {fault.id} {fault.name}", material, seed
            for variant, change in HEALTHY.items():
                if change(make()) is not None:
                    yield f"healthy {variant}", material, seed


def run(name: str, material: str, seed: int, folder: Path) -> Outcome:
    """Runs a case, or remembers it."""
    file = folder / f"{name} - {material} - {seed}.json".replace("/", " ")
    if file.is_file():
        return remembered(file)
    started, whole = time.perf_counter(), MATERIALS[material]()
    kind, _, rest = name.partition(" ")
    if kind == "healthy":
        alarms, crashed = _alarms(HEALTHY[rest](whole), seed)
        outcome = Outcome("", "", material, material in NEW, alarms, (), False, 0, crashed, 0.0)
    else:
        fault = fault_of(rest)
        alarms, crashed = _alarms(fault.inject(whole), seed)
        twin = run(f"healthy {fault.twin}", material, seed, folder).faulty
        silent = {cause for alarm in twin for cause in alarm.causes}
        named = [cause for alarm in alarms for cause in alarm.causes if cause not in silent]
        right = [place for place, cause in enumerate(named, start=1) if cause in (fault.id, *fault.also)]
        outcome = Outcome(
            rest, GROUPS[fault.id[0]], material, material in NEW, alarms, twin, bool(named),
            right[0] if right else 0, crashed, 0.0,
        )  # fmt: skip
    return kept(outcome, time.perf_counter() - started, file)


def fault_of(name: str) -> NetFault:
    """By id and name."""
    return next(fault for fault in FAULTS if f"{fault.id} {fault.name}" == name)


def _alarms(parts: Parts | None, seed: int) -> tuple[tuple[Alarm, ...], tuple[str, ...]]:
    """What is suspected, the likeliest first."""
    from wizard.core.backend import keras
    from wizard.stages.experiments.diagnosis import diagnose
    from wizard.stages.experiments.evidence import Evidence

    try:
        found = diagnose(Evidence(pipeline(parts, seed)))
    except Exception:  # a check that breaks is a result of the drill
        return (), (traceback.format_exc()[-600:],)
    finally:
        keras.backend.clear_session()
    return tuple(Alarm(one.step, one.level, (one.fault,), one.sentence) for one in found if one.level != "noted"), ()


def does_harm(name: str, material: str, folder: Path) -> bool:
    """Whether it breaks a property, or training as long as it takes gives another held-out score than the twin's."""
    fault, whole = fault_of(name), MATERIALS[material]()
    if fault.breaks:
        return True
    file = folder / f"kill {name} - {material}.json".replace("/", " ")
    if file.is_file():
        return bool(json.loads(file.read_text())["harm"])
    healthy, faulty = _twin_scores(fault.twin, material, folder), _scores(fault.inject(whole))
    lost = np.abs(np.array(healthy) - np.array(faulty))  # an evaluation that flatters does harm as well
    harm = bool(lost.mean() > LEAST and is_beyond(lost))
    written(file, {"harm": harm, "healthy": healthy, "faulty": faulty})
    return harm


def _twin_scores(variant: str, material: str, folder: Path) -> list[float]:
    file = folder / f"twin {variant} - {material}.json"
    if not file.is_file():
        written(file, _scores(HEALTHY[variant](MATERIALS[material]())))
    return [float(value) for value in json.loads(file.read_text())]


def _scores(parts: Parts | None) -> list[float]:
    """Held-out scores over the seeds, after training from as many starts; one graph serves them all."""
    from wizard.core.backend import keras

    assert parts is not None
    try:
        made = pipeline(parts, 0)
        train = _epoch(made)
        return [_score(made, parts, seed, train) for seed in range(KILL_SEEDS)]
    except Exception:  # a loud end is harm enough
        return [0.0] * KILL_SEEDS
    finally:
        keras.backend.clear_session()


def _epoch(made: Pipeline) -> Callable[..., None]:
    """An epoch of the model's own training steps in one call: fit itself spends more on its loop than on them."""
    from wizard.core.backend import tf

    @tf.function
    def steps(x: Any, y: Any, weight: Any, batches: Any) -> None:
        for rows in batches:
            made.model.train_step((tf.gather(x, rows), tf.gather(y, rows), tf.gather(weight, rows)))

    return steps


def _score(made: Pipeline, parts: Parts, seed: int, train: Callable[..., None]) -> float:
    """Held-out accuracy, or the share of variance that is explained, after training from one seed's start."""
    from wizard.core.backend import keras, tf

    made.restore(pipeline(parts, seed).first)
    keras.utils.set_random_seed(seed)
    epochs, callbacks = parts.fit.get("epochs", KILL_EPOCHS), list(parts.fit.get("callbacks", ()))
    y, n, random = made.train.y, len(made.train), np.random.default_rng(seed)
    codes = y.argmax(1) if y.ndim > 1 and y.shape[1] > 1 else y.ravel()
    weights = made.class_weight or {}
    weight = tf.constant([float(weights.get(int(code), 1.0)) if weights else 1.0 for code in codes], "float32")
    y_all = tf.constant(y)
    made.model.stop_training = False
    for one in callbacks:
        one.set_model(made.model)
        one.on_train_begin()
    for number in range(epochs):
        for one in callbacks:
            one.on_epoch_begin(number)
        order = random.permutation(n) if made.is_shuffled else np.arange(n)
        batches = order[: n // made.batch * made.batch].reshape(-1, made.batch)
        train(tf.constant(parts.varied(1000 * seed + number)), y_all, weight, tf.constant(batches))
        for one in callbacks:
            one.on_epoch_end(number, {"val_loss": float(made.losses(made.held).mean())})
        if made.model.stop_training:
            break
    for one in callbacks:
        one.on_train_end()
    out, y = made.outputs(made.held.x)[0], made.held.targets[0]
    if parts.kind == "numbers":
        return float(np.clip(1 - np.nan_to_num(np.mean((y - out) ** 2), nan=np.inf) / y.var(), -1, 1))
    if parts.kind == "classes":
        truth = y.argmax(1) if y.ndim > 1 and y.shape[1] > 1 else y.ravel()
        return float((out.argmax(1) == truth).mean())
    return float(((out > 0.5) == (y > 0.5)).mean())
