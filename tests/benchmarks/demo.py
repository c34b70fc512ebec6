"""How long the demos take against their promise, and again: `python tests/benchmarks/demo.py [SAMPLE …]`.

Prints one line a sample: seconds of the first run as a share of its budget, seconds of the second run (which must
compute nothing), the score on the sealed test rows, and that of the best simple method on the same rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from wizard.cli import DEMO_BUDGET, DEMOS
from wizard.core.budget import parse_budget


def seconds_of(sample: str, out: str) -> float:
    """Runs a demo in a fresh process."""
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "wizard.cli", "demo", sample, "--out", out], check=True, stdout=subprocess.DEVNULL
    )
    return time.monotonic() - started


def main(samples: list[str]) -> None:
    """Prints the table."""
    budget = parse_budget(DEMO_BUDGET).seconds or 0.0
    print(f"{'sample':12}{'first run':>12}{'of budget':>11}{'again':>8}   test score, best simple method")
    for sample in samples or list(DEMOS):
        with tempfile.TemporaryDirectory() as out:
            first, again = seconds_of(sample, out), seconds_of(sample, out)
            result = json.loads(next(Path(out).glob("*/6-ensemble/result.json")).read_bytes())
            finding = next(f for f in result["findings"] if f["step"] == "test_once")
            bars = finding["blocks"][0]
            scores = dict(zip(bars["labels"], bars["values"], strict=True))
            simple = bars["labels"][1]
            words = f"{scores['ensemble']:.4f} {bars['value_label']}, {scores[simple]:.4f} by {simple}"
            print(f"{sample:12}{first:10.0f} s{first / budget:11.2f}{again:6.1f} s   {words}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
