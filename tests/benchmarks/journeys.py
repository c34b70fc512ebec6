"""What whole journeys reach within a time: `python tests/benchmarks/journeys.py [--sets a,b] [--samples a,b] …`.

`Wizard(…, budget="10m").run()` walks all six stages, and its test set, opened once, says what the ensemble and the best
network alone reach on the same rows, paired. Sets are the public ones of `accuracy.py`, with their own test parts
(WIZARD_DATA names their folder; without them the script says so and ends), and, with --samples, the sample data.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.accuracy import Part, load
from wizard import Wizard
from wizard.cli import DEMOS
from wizard.core.shipped import shipped

BARS = {"adult_census": 0.873, "california_housing": 45_000}
SETS = tuple(BARS)


def public(name: str) -> dict[str, Any] | None:
    """What `Wizard` takes for a public set, or None where it is not at hand."""
    part: Part | None = load(name)
    if part is None:
        return None
    metric, task = ("accuracy", None) if part.is_class else ("rmse", "regression")  # what the bars are in
    if hasattr(part.x, "columns"):
        sets = [x.assign(**{"the target": y}) for x, y in ((part.x, part.y), (part.x_test, part.y_test))]
        return {"dataset": sets[0], "test": sets[1], "target": "the target", "task": task, "metric": metric}
    test = (part.x_test, part.y_test)
    return {
        "dataset": (part.x, part.y), "test": test, "modality": part.modality, "task": task, "metric": metric,
    }  # fmt: skip


def walked(given: dict[str, Any], budget: str, seed: int) -> str:
    """One journey, in words."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as out:
        wizard = Wizard(**given, budget=budget, seed=seed, out=out, gates="warn").run()
        minutes = (time.monotonic() - started) / 60
        finding = next(one for one in wizard.findings if one.step == "test_once")
        family = wizard.decisions.incumbent.family
        members = len(wizard.decisions.members or ())
    table = next(block for block in finding.blocks if getattr(block, "title", "").startswith("Compared on the same"))
    rows = {str(row[0]): row for row in table.rows}
    (_, together, *_), alone = rows["ensemble"], rows.get("best single network")
    gain = "–" if alone is None else f"{alone[4]:+.4g} ({alone[5]:+.4g} to {alone[6]:+.4g})"
    others = ", ".join(f"{name} {row[1]:.5g}" for name, row in rows.items() if name != "ensemble")
    return (
        f"{together:.5g} after {minutes:.1f} min of {budget}, {members} of family {family}; against the best alone "
        f"{gain}; on the same rows: {others}"
    )


def main() -> int:
    """Prints a line a journey."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS), help="public sets, by commas")
    parser.add_argument("--samples", default="", help=f"of {', '.join(DEMOS)}, by commas")
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    lines = []
    for name in filter(None, given.sets.split(",")):
        options = public(name)
        if options is None:
            sys.stdout.write(f"{name}: skipped, the public sets are not at hand (WIZARD_DATA).\n")
        else:
            lines.append((name, options))
    lines += [(name, sample(name)) for name in filter(None, given.samples.split(","))]
    for name, options in lines:
        bar = f" (bar {BARS[name]:g})" if name in BARS else ""
        sys.stdout.write(f"{name}{bar}: {walked(options, given.budget, given.seed)}\n")
        sys.stdout.flush()
    return 0


def sample(name: str) -> dict[str, Any]:
    """What `Wizard` takes for one of the sample sets."""
    path, options = DEMOS[name]
    return {"dataset": shipped("sample_data") / path, **options}


if __name__ == "__main__":
    sys.exit(main())
