"""A journey killed at any moment ends with the same result as one never interrupted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.journeys.compare import timeless
from wizard.core.store import PARTIAL

ROOT = Path(__file__).parents[2]


def start(sample: str, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.journeys.journey", sample, str(out), "160"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(sample: str, out: Path) -> float:
    """Runs a journey to its end; returns the seconds it took."""
    started = time.monotonic()
    process = start(sample, out)
    _, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors.decode()[-3000:]
    return time.monotonic() - started


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """{sample: (result, seconds)} of journeys never interrupted, each run once."""
    done: dict[str, tuple[dict, float]] = {}

    def of(sample: str) -> tuple[dict, float]:
        if sample not in done:
            out = tmp_path_factory.mktemp("undisturbed")
            seconds = finish(sample, out)
            done[sample] = (timeless(out / sample), seconds)
        return done[sample]

    return of


def check(sample: str, out: Path, kills: int, seed: int, undisturbed) -> None:
    expected, seconds = undisturbed(sample)
    moments = random.Random(seed)
    for _ in range(kills):
        process = start(sample, out)
        try:
            process.wait(timeout=moments.uniform(1, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    finish(sample, out)
    assert timeless(out / sample) == expected
    assert list(out.rglob(f"{PARTIAL}*")) == []


def test_five_kills_change_nothing(tmp_path, undisturbed):
    check("table", tmp_path, kills=5, seed=7, undisturbed=undisturbed)


def test_two_fresh_processes_give_the_same_pictures_journey(tmp_path, undisturbed):
    expected, _ = undisturbed("digits")
    finish("digits", tmp_path)
    assert timeless(tmp_path / "digits") == expected


@pytest.mark.kill
@pytest.mark.parametrize("sample", ["digits", "table", "regression"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.timeout(3600)
def test_many_kills_change_nothing(tmp_path, undisturbed, sample, seed):
    check(sample, tmp_path, kills=10, seed=seed, undisturbed=undisturbed)
