"""Whole processes on loopback, which really train."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.interrupting import hears
from tests.small import ROOT
from wizard.core.announced import FILE
from wizard.core.store import PARTIAL
from wizard.training.roles import LOOPBACK, ORACLE_IP, ORACLE_PORT, TUNER_ID

ENDS = 900  # seconds after which a test is a failure
SLOW = 2.0  # seconds that a run takes more, so that something happens in its middle
pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * ENDS)]


def started(out, trials, workers, *slow, **environment):
    command = [sys.executable, "-m", "tests.stages.tune.several", *map(str, (out, trials, workers, *slow))]
    path = out.parent / f"{environment.get(TUNER_ID, 'alone')}-{time.monotonic_ns()}.log"
    with path.open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT, preexec_fn=hears
        )
    process.log = path
    return process


def ended(process):
    """What a process said until it ended well."""
    try:
        code = process.wait(ENDS)
    finally:
        process.kill()
    said = process.log.read_text()
    assert code == 0, said[-3000:]
    return said


def numbers(said):
    """Of the trials in the table, sorted."""
    return sorted(json.loads(re.findall(r"^numbers (\[.*\])$", said, re.M)[-1]))


def workers_of(out):
    """{name: process id} of the workers that a chief started for a run folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            is_ours = str(out).encode() in (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        names = [part.decode().split("=")[1] for part in environment if part.startswith(TUNER_ID.encode())]
        if is_ours and names:
            found[names[0]] = int(entry.name)
    return found


def until(condition):
    end = time.monotonic() + ENDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def runs(out):
    folder = out / "search" / "store" / "training"
    return {path.name for path in folder.glob("*") if not path.name.startswith(PARTIAL)}


def left_behind(out):
    return [path.name for path in out.rglob(f"{PARTIAL}*")] + [str(FILE)] * (out / "search" / FILE).exists()


def test_a_worker_killed_in_the_middle_of_a_trial_costs_nothing(tmp_path):
    out = tmp_path / "runs"
    chief = started(out, 6, 2, SLOW)
    until(lambda: len(runs(out)) > 4)  # the start has three, one a fold
    os.kill(workers_of(out)["worker-1"], signal.SIGKILL)
    said = ended(chief)
    assert "worker-1 died (signal 9); it starts again under its name" in said
    assert numbers(said) == list(range(6))
    lines = [line.strip() for line in said.splitlines()]
    assert [sum(line.startswith(f"trial {n} of 5: ") for line in lines) for n in range(6)] == [1] * 6
    assert not any("failed" in line for line in lines if line.startswith("trial "))
    assert workers_of(out) == {}
    assert left_behind(out) == []
    before = runs(out)
    again = ended(started(out, 6, 0))
    assert numbers(again) == list(range(6))
    assert "random_search" not in "".join(again.splitlines()[-8:])
    assert runs(out) == before  # the same search alone computes nothing


def test_ctrl_c_ends_all_processes_and_the_search_goes_on_from_there(tmp_path):
    out = tmp_path / "runs"
    chief = started(out, 6, 2, SLOW)
    until(lambda: len(runs(out)) > 4)
    chief.send_signal(signal.SIGINT)
    assert chief.wait(ENDS) != 0
    until(lambda: workers_of(out) == {})
    before = runs(out)
    assert numbers(ended(started(out, 6, 0))) == list(range(6))
    assert before < runs(out)
    assert left_behind(out) == []


def test_processes_join_by_keras_tuners_environment_variables(tmp_path):
    out = tmp_path / "runs"
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        address = {ORACLE_IP: LOOPBACK, ORACLE_PORT: str(free.getsockname()[1])}
    worker = started(out, 4, 0, **address, **{TUNER_ID: "worker-1"})
    chief = started(out, 4, 0, **address, **{TUNER_ID: "chief"})
    assert numbers(ended(chief)) == list(range(4))
    said = ended(worker)
    assert "joins the search" in said
    assert "worker-1: the search is over." in said
    assert len(re.findall(r"trial [123] begins", said)) == 3
    assert left_behind(out) == []


def test_where_the_only_worker_that_joined_was_killed_the_chief_ends_its_trial_and_the_search(tmp_path):
    out = tmp_path / "runs"
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        address = {ORACLE_IP: LOOPBACK, ORACLE_PORT: str(free.getsockname()[1])}
    worker = started(out, 3, 0, SLOW, 10.0, **address, **{TUNER_ID: "worker-1"})
    chief = started(out, 3, 0, SLOW, 10.0, **address, **{TUNER_ID: "chief"})
    until(lambda: "trial 1 begins" in worker.log.read_text())
    worker.kill()
    worker.wait(ENDS)
    said = ended(chief)
    assert "no worker is left: the search goes on in this process" in said
    assert numbers(said) == list(range(3))
    assert "failed" not in said
    assert left_behind(out) == []
