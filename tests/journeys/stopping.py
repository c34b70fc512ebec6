"""Journeys in processes of their own, to be stopped: `python -m tests.journeys.stopping HOW OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.small import short_recipe, some_rows
from wizard.core.config import TrainingConfig

ENDLESS = TrainingConfig(family="linear", epochs=1_000_000, learning_rate=1e-3)
TARGET = "bought"


def table(folder: Path) -> Path:
    """A CSV of 120 rows."""
    folder.mkdir(parents=True, exist_ok=True)
    some_rows(120).to_csv(folder / "customers.csv", index=False)
    return folder / "customers.csv"


def quick_stages(incumbent: TrainingConfig) -> None:
    """Lets the stages from baseline to tune answer at once; explore and ensemble stay as they are."""
    from wizard.stages import stage

    stage.steps_of = short_recipe(incumbent)  # type: ignore[assignment]


def main(how: str, out: Path) -> int:
    """Runs a journey: as a "command" or a "script", whose ensemble trains for ever, or a "short" command."""
    from wizard import Wizard, cli

    path = table(out)
    quick_stages(ENDLESS.but(epochs=2) if how == "short" else ENDLESS)
    if how == "script":
        Wizard(path, TARGET, budget="quick", out=out / "runs").run()
        return 0
    sys.argv[1:] = ["run", str(path), "--target", TARGET, "--budget", "quick", "--out", str(out / "runs")]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
