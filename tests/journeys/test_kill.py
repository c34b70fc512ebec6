"""A journey killed at any moment ends with the same result as one never interrupted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.compare import STAGES, timeless
from wizard.core.store import PARTIAL, Store

ROOT = Path(__file__).parents[2]
TRACING = "__autograph_generated_file"  # TensorFlow's own, of a process killed while it traced
KILLS = 30  # moments of a sample's journey, in three chains


def start(sample: str, out: Path, scratch: Path) -> subprocess.Popen:
    """A journey in a process of its own, whose temporary files lie in a folder of their own."""
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.journeys.journey", sample, str(out)]
    own = {**os.environ, "TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": ""}  # what is written, for all to see
    return subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def check(sample: str, out: Path, kills: int, seed: int, undisturbed: Path) -> None:
    """Kills a journey at random moments, one after the other, each time from where it had come to; then lets it end."""
    runs, scratch = out / "runs", out / "scratch"
    seconds = sum(json.loads((undisturbed / s / "result.json").read_bytes())["seconds"] for s in STAGES)
    moments = random.Random(seed)
    out.mkdir(exist_ok=True)
    n_killed = 0
    for number in range(kills):
        last = 2 + seconds / max(1, kills - number)  # early ones too, once most of it is stored
        process = start(sample, runs, scratch)
        try:
            process.wait(timeout=moments.uniform(2, max(last, seconds / 3)))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            n_killed += 1
        process.communicate()
    assert n_killed, "no moment came before the end"
    process = start(sample, runs, scratch)
    _, errors = process.communicate(timeout=1500)
    assert process.returncode == 0, errors.decode()[-3000:]
    assert timeless(runs / sample) == timeless(undisturbed)
    assert stored(runs / sample) == stored(undisturbed), "a run is lost, or was trained that nobody asked for"
    assert list(runs.rglob(f"{PARTIAL}*")) == []
    left = [one for one in scratch.rglob("*") if not one.name.startswith(TRACING)]
    assert left == []


def stored(folder: Path) -> dict[str, list[str]]:
    """Names of all entries of the store, by kind."""
    return {kind: list(Store(folder).keys(kind)) for kind in ("stages", "training", "predictor")}


@pytest.mark.slow
def test_a_process_killed_twice_gives_the_same_results(journey, tmp_path):
    name, _, folder = journey
    if name == "table":  # the others in the long run below
        check(name, tmp_path, kills=2, seed=7, undisturbed=folder)


@pytest.mark.kill
@pytest.mark.parametrize("chain", range(3))
@pytest.mark.timeout(7200)
def test_thirty_kills_change_nothing(journey, tmp_path, chain):
    name, _, folder = journey
    check(name, tmp_path, kills=KILLS // 3, seed=chain, undisturbed=folder)
