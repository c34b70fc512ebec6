"""Journeys in processes of their own, to be stopped or run into a wall: `python -m … HOW OUT [FOLDER OF RUNS]`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.small import short_recipe, some_rows
from wizard.core.config import TrainingConfig
from wizard.stages import stage
from wizard.stages.stage import steps_of
from wizard.stages.step import Outcome, Step

ENDLESS = TrainingConfig(family="linear", epochs=1_000_000, learning_rate=1e-3)
TARGET = "bought"
BEGINS = "the command begins"  # what is imported before it is this module's, not the command's


def table(folder: Path) -> Path:
    """A CSV of 120 rows."""
    folder.mkdir(parents=True, exist_ok=True)
    some_rows(120).to_csv(folder / "customers.csv", index=False)
    return folder / "customers.csv"


def quick_stages(incumbent: TrainingConfig) -> Callable[[str], tuple[Step, ...]]:
    """A stand-in for `steps_of`: all answer at once but the ensemble, which trains a network and hands it over."""
    answered = short_recipe(incumbent)
    real = ("members", "hand_over")
    skip = Outcome("skipped", "Not looked at here.")

    def steps(name: str) -> tuple[Step, ...]:
        if name not in ("explore", "ensemble"):
            return answered(name)
        return tuple(one if one.name in real else replace(one, run=lambda context: skip) for one in steps_of(name))

    return steps


def main(how: str, out: Path, runs: Path) -> int:
    """Runs a journey: as a "command" or a "script", whose ensemble trains for ever, or a "short" command."""
    from wizard import Wizard, cli

    path = table(out)
    stage.steps_of = quick_stages(ENDLESS.but(epochs=2) if how == "short" else ENDLESS)
    if how == "script":
        Wizard(path, TARGET, budget="quick", out=runs).run()
        return 0
    print(BEGINS)  # noqa: T201
    sys.argv[1:] = ["run", str(path), "--target", TARGET, "--budget", "quick", "--out", str(runs)]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path([*sys.argv, sys.argv[2] + "/runs"][3])))
