"""Ctrl-C at any moment: one line that says how to go on, nothing lost, and running again goes on."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tests.interrupting import Started
from tests.journeys.stopping import BEGINS
from tests.mounting import mounted
from wizard.core.interrupt import GO_ON, INTERRUPTED
from wizard.core.store import PARTIAL

MODULE = ("-m", "tests.journeys.stopping")
IMPORTS = """
import sys

class Says:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            print("importing", name, flush=True)

sys.meta_path.insert(0, Says())
from wizard.cli import main
sys.argv[1:] = ["demo", "table", "--out", {out!r}]
sys.exit(main())
"""

ENDS = """
import atexit, os, signal, sys
from wizard import cli

atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
cli._report = lambda parsed: cli.say("done")
sys.argv[1:] = ["report", "a run"]
sys.exit(cli.main())
"""


def stopped_cleanly(process: Started) -> None:
    """Holds a command that got Ctrl-C to its promise."""
    assert process.end() == INTERRUPTED, process.said
    assert process.said.endswith(f"\n{GO_ON}\n"), process.said
    assert process.said.count("Stopped") == 1
    for noise in ("Traceback", "Exception ignored", "KeyboardInterrupt", "Error", "crashed"):
        assert noise not in process.said, process.said


@pytest.mark.slow
@pytest.mark.parametrize("module", ["numpy", "tensorflow"])
def test_a_command_is_stopped_while_it_imports(module, tmp_path):
    process = Started("-c", IMPORTS.format(module=module, out=str(tmp_path))).until(f"importing {module}")
    stopped_cleanly(process.interrupt())


def test_a_command_that_is_done_ends_as_done_though_it_is_stopped_while_python_takes_itself_down():
    process = Started("-c", ENDS)
    assert process.end() == 0, process.said
    assert process.said == "done\n"


@pytest.mark.slow
def test_a_command_is_stopped_while_it_trains(tmp_path):
    """The ensemble trains for ever; what was done before it is stored."""
    stopped_cleanly(Started(*MODULE, "command", tmp_path).until("6/6 ensemble").interrupt())
    assert json.loads((tmp_path / "runs/customers/5-tune/result.json").read_bytes())["stage"] == "tune"


@pytest.mark.long
def test_a_command_goes_on_where_it_was_stopped(tmp_path):
    for _ in range(2):
        process = Started(*MODULE, "command", tmp_path).until("6/6 ensemble")
        stopped_cleanly(process.interrupt())
    assert "1/6 explore" not in process.said, "what was stored ran again"


@pytest.mark.long
def test_a_disk_that_fills_up_ends_a_command_with_a_sentence_and_it_goes_on_once_there_is_room(tmp_path):
    with mounted(tmp_path / "disk", 400) as disk:
        full = Started(*MODULE, "short", tmp_path, disk.place / "runs")
        assert full.end() == 2
        assert full.said.count("\nwizard: Could not write to ") == 1, full.said
        assert "there is no space left. Free some space there" in full.said
        assert "Traceback" not in full.said
        assert not list(disk.place.rglob(f"{PARTIAL}*"))
        disk.grow(60_000)
        assert Started(*MODULE, "short", tmp_path, disk.place / "runs").end() == 0
        disk.close()
        closed = Started(*MODULE, "short", tmp_path, disk.place / "runs")
        assert closed.end() == 2
        assert "Read-only file system. Make it writable" in closed.said
        assert "Traceback" not in closed.said
        run = disk.place / "runs" / "customers"
        predicted = Started("-m", "wizard.cli", "predict", run, tmp_path / "customers.csv", "--out", tmp_path / "p.csv")
        assert predicted.end() == 0, predicted.said


@pytest.mark.long
def test_a_script_gets_the_interrupt_as_python_has_it_with_a_word_on_going_on(tmp_path):
    process = Started(*MODULE, "script", tmp_path).until("6/6 ensemble").interrupt()
    assert process.end() not in (0, INTERRUPTED)
    assert "KeyboardInterrupt\nWhat is done is stored: run the same script" in process.said
    assert "crashed" not in process.said


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_command_stopped_at_many_moments_comes_to_its_end(tmp_path):
    moments = random.Random(3)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"  # of the same file, which the ejected script names
    started = time.monotonic()
    assert Started(*MODULE, "short", tmp_path, whole).end() == 0
    seconds = time.monotonic() - started
    for _ in range(12):
        process = Started(*MODULE, "short", tmp_path, stopped).until(BEGINS)
        time.sleep(moments.uniform(0.1, seconds))
        if process.interrupt().end() == 0:  # all was done already
            assert "\nOpen " in process.said
            assert "Stopped" not in process.said
        else:
            stopped_cleanly(process)
    assert Started(*MODULE, "short", tmp_path, stopped).end() == 0
    assert files_of(stopped) == files_of(whole)


def files_of(out: Path) -> list[str]:
    """Names of all files of a finished journey, none of them half-written."""
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert not [name for name in names if PARTIAL in name]
    return names
