"""What a budget buys, and whether it is kept: `python tests/benchmarks/budget.py [--sets a,b] [--minutes 1,3]`.

One line a journey, each in a fresh process: seconds it took as a share of its budget (imports and pages included), the
score on the sealed test rows (where several networks were joined, with what they gain over the best one alone, paired,
and its 95% interval) beside that of the best simple method on the same rows, and what was left out. With `--steps` also
the seconds of every step. The public sets lie outside the project (WIZARD_DATA names their folder, with its loader);
without them the script says so and goes on with the samples.

On a machine that others use, seconds say little: `--processor` gives each journey its budget in seconds of processor
time instead, over all threads, and counts those.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.public_sets import are_at_hand, public_set
from wizard.cli import DEMOS

PUBLIC = ("fashion_mnist", "adult_census", "california_housing", "banking77")
MINUTES = (1.0, 3.0, 10.0, 30.0)
TARGET = "the target"


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join((*DEMOS, *PUBLIC)), help="names, by commas")
    parser.add_argument("--minutes", default=",".join(f"{m:g}" for m in MINUTES), help="budgets, by commas")
    parser.add_argument("--steps", action="store_true", help="seconds of every step")
    parser.add_argument("--processor", action="store_true", help="seconds of processor time, not of the clock")
    parser.add_argument("--one", nargs=3, metavar=("SET", "SECONDS", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        return walk(given.one[0], float(given.one[1]), Path(given.one[2]), counts_processor=given.processor)
    unit = "processor seconds" if given.processor else "seconds"
    say(f"{'set':20}{'minutes':>8}{unit:>19}{'of budget':>11}   test score · best simple method · left out")
    for name in filter(None, given.sets.split(",")):
        if name in PUBLIC and not are_at_hand():
            say(f"{name}: skipped, the public sets are not at hand (WIZARD_DATA names their folder).")
            continue
        for minutes in map(float, given.minutes.split(",")):
            measure(name, minutes, is_detailed=given.steps, counts_processor=given.processor)
    return 0


def measure(name: str, minutes: float, *, is_detailed: bool, counts_processor: bool) -> None:
    """Walks one journey in a fresh process and prints its line."""
    with tempfile.TemporaryDirectory() as folder:
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [sys.executable, __file__, "--one", name, str(60 * minutes), folder]
        done = subprocess.run(
            [*command, *(["--processor"] if counts_processor else [])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if counts_processor:
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode:
            say(f"{name:20}{minutes:8g}  broke:\n{done.stdout.decode()[-2000:]}")
            return
        results = [json.loads(path.read_bytes()) for path in sorted(Path(folder).glob("*/[1-6]-*/result.json"))]
    words = f"{score(results[-1])} · {len(left_out(results))} left out"
    say(f"{name:20}{minutes:8g}{seconds:19.0f}{seconds / (60 * minutes):11.2f}   {words}")
    if is_detailed:
        for result in results:
            steps = ", ".join(f"{f['step']} {f['seconds']:.1f}" for f in result["findings"] if f["seconds"] >= 0.1)
            say(f"    {result['stage']} {result['seconds']:.1f}: {steps}")
        say(f"    left out: {'; '.join(left_out(results)) or 'nothing'}")


def left_out(results: list[dict[str, Any]]) -> list[str]:
    """What the stages left out for lack of time."""
    return [cut for result in results for cut in result["method"].get("left out for lack of time", ())]


def score(ensemble: dict[str, Any]) -> str:
    """The score on the sealed test rows, and the best simple method's."""
    finding = next(f for f in ensemble["findings"] if f["step"] == "test_once")
    if not finding["blocks"]:
        return finding["headline"]
    bars = finding["blocks"][0]
    scores = dict(zip(bars["labels"], bars["values"], strict=True))
    simple = bars["labels"][1]
    table = next(block for block in finding["blocks"] if block["title"].startswith("Compared on the same"))
    alone = next((row for row in table["rows"] if row[0] == "best single network"), None)
    n = len(ensemble["decided"].get("members") or ())
    against = "" if alone is None or n < 2 else f" ({n} members, {alone[4]:+.4f}, {alone[5]:+.4f} to {alone[6]:+.4f})"
    return f"{bars['value_label']} {scores['ensemble']:.4f}{against} · {scores[simple]:.4f} by {simple}"


def walk(name: str, seconds: float, out: Path, *, counts_processor: bool) -> int:
    """One journey through all six stages."""
    if counts_processor:
        _count_processor_time()
    from wizard import Wizard
    from wizard.core.shipped import shipped

    if name in DEMOS:
        path, options = DEMOS[name]
        Wizard(shipped("sample_data") / path, **options, budget=seconds, out=out, gates="warn").run()
        return 0
    one = public_set(name)
    task = "regression" if one["task"] == "regression" else None
    if hasattr(one["X_train"], "columns"):
        data, test = (one[f"X_{part}"].assign(**{TARGET: one[f"y_{part}"]}) for part in ("train", "test"))
        Wizard(data, TARGET, test=test, task=task, budget=seconds, out=out, name=name, gates="warn").run()
        return 0
    data, test = ((one[f"X_{part}"], one[f"y_{part}"]) for part in ("train", "test"))
    Wizard(data, test=test, modality=one["kind"], budget=seconds, out=out, name=name, gates="warn").run()
    return 0


def _count_processor_time() -> None:
    """Lets the library's one clock count processor time: what is measured is then what the machine did for us alone."""
    from wizard.core.clock import Clock

    started = time.process_time()
    Clock.now = lambda self: time.process_time() - started


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main())
