"""A journey killed at any moment ends with the same result as one never interrupted."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.compare import STAGES, timeless
from wizard.core.store import PARTIAL

ROOT = Path(__file__).parents[2]


def start(sample: str, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.journeys.journey", sample, str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(sample: str, out: Path) -> float:
    """Runs a journey to its end; returns the seconds it took."""
    started = time.monotonic()
    process = start(sample, out)
    _, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors.decode()[-3000:]
    return time.monotonic() - started


def check(sample: str, out: Path, kills: int, seed: int, undisturbed: Path) -> None:
    expected = timeless(undisturbed)
    seconds = sum(json.loads((undisturbed / s / "result.json").read_bytes())["seconds"] for s in STAGES)
    moments = random.Random(seed)
    for _ in range(kills):
        process = start(sample, out)
        try:
            process.wait(timeout=moments.uniform(2, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    finish(sample, out)
    assert timeless(out / sample) == expected
    assert list(out.rglob(f"{PARTIAL}*")) == []


def test_a_process_killed_three_times_gives_the_same_results(journey, tmp_path):
    name, _, folder = journey
    if name == "table":  # the others in the long run below
        check(name, tmp_path, kills=3, seed=7, undisturbed=folder)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.timeout(3600)
def test_many_kills_change_nothing(journey, tmp_path, seed):
    name, _, folder = journey
    check(name, tmp_path, kills=10, seed=seed, undisturbed=folder)
