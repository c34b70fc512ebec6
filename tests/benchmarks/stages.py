"""Seconds of each stage on the sample data: `python tests/benchmarks/stages.py [--stages N] [SAMPLE …]`.

One line a sample, walked in a fresh process at the usual effort and without a budget, as `Wizard(sample).explore()…`
is; pages are included, imports are not. A stage above its bar is marked, and gives exit code 1. The bars are meant for
two cores that do nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from wizard.cli import DEMOS
from wizard.core.shipped import shipped

STAGES = ("explore", "baseline", "overfit", "regularize")
BARS = {"explore": 60.0, "baseline": 40.0, "regularize": 90.0}


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", nargs="*", default=list(DEMOS))
    parser.add_argument("--stages", type=int, default=len(STAGES), help="how many of them")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        return walk(given.one, STAGES[: given.stages])
    command = [sys.executable, __file__, "--stages", str(given.stages), "--one"]
    return max(subprocess.run([*command, sample], stderr=subprocess.DEVNULL).returncode for sample in given.samples)


def walk(sample: str, stages: tuple[str, ...]) -> int:
    """Walks one sample in this process."""
    from wizard import Wizard
    from wizard.core.backend import tf

    tf.constant(0)  # imported before the clock starts
    is_slow = False
    sys.stdout.write(f"{sample:12}")
    with tempfile.TemporaryDirectory() as folder:
        source, options = DEMOS[sample]
        with contextlib.redirect_stdout(io.StringIO()):
            wizard = Wizard(shipped("sample_data") / source, out=folder, name="runs", gates="warn", **options)
        for stage in stages:
            started = time.monotonic()
            with contextlib.redirect_stdout(io.StringIO()):
                getattr(wizard, stage)()
            seconds = time.monotonic() - started
            is_over = seconds > BARS.get(stage, float("inf"))
            is_slow |= is_over
            sys.stdout.write(f"  {stage} {seconds:5.0f} s" + (f" (over {BARS[stage]:g})" if is_over else ""))
            sys.stdout.flush()
    sys.stdout.write("\n")
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
