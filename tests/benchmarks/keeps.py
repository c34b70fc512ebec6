"""Whether regularize keeps what it should: a change that does nothing rarely, one that gains a point nearly always.

    python tests/benchmarks/keeps.py [--sets a,b] [--trials 20] [--folds]

Each trial draws training rows, and 5,000 that decide, anew from a large set, and runs one experiment of the stage on
them. A change that does nothing (a share of dropout so small that it only stirs the random numbers) should be kept in
at most 5% of the trials. What other changes are worth is measured on 5,000 further rows, with the networks of all
trials; one that gains a point or more there should be kept in at least 80% of them. With `--folds` there are 1,500
known rows and no others that decide, so that folds do, with one network each; what can be seen with so few is less.
The sets lie outside the project (WIZARD_DATA names their folder); without them the script says so and ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.accuracy import Part, load
from tests.drills.table import share
from tests.stages.walk import context_of, journey_on
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment

TRAIN = 800  # rows a trial
DECIDING, HONEST = 5_000, 5_000  # rows that decide, and rows that tell the truth
IN_FOLDS = 1_500  # known rows where folds decide
BASE = TrainingConfig(family="mlp", hp={"width": 128, "depth": 2}, learning_rate=2e-3, batch=32, epochs=30)
COMPILED: dict[Any, Any] = {}
NOTHING = {"dropout": 1e-3}
CHANGES: dict[str, dict[str, Any]] = {
    "dropout 0.3": {"dropout": 0.3},
    "weight decay 0.5": {"weight_decay": 0.5},
    "early stopping": {"patience": 3},
    "half the width": {"hp": {"width": 16, "depth": 1}},
    "noise and swapped cells": {"creative": 0.5},
}
SETS = ("adult_census", "fashion_mnist")


def trial(part: Part, number: int, change: dict[str, Any], folder: Path, *, in_folds: bool) -> tuple[bool, float]:
    """(whether the change was kept, what it gained on the honest rows) for one draw of known rows."""
    random = np.random.default_rng(number)
    order = random.permutation(len(part.y))
    train, deciding = (IN_FOLDS, 0) if in_folds else (TRAIN, DECIDING)
    rows = np.split(order[: train + deciding + HONEST], [train, train + deciding])
    journey = _journey(part, *rows, folder)
    journey.trainer._compiled = COMPILED  # one trace for all trials
    context = context_of(journey, "regularize", skip=[])
    context.decisions = Decisions(metric="accuracy", incumbent=BASE, stage_configs={"overfit": BASE})
    outcome = experiment(context, "change", [change], ["the change"])
    kept = outcome.decides["incumbent"] != BASE
    return kept, _honest(context, BASE.but(**change)) - _honest(context, BASE)


def _journey(part: Part, train: np.ndarray, deciding: np.ndarray, honest: np.ndarray, folder: Path) -> Any:
    is_table = hasattr(part.x, "columns")
    frame = part.x.assign(**{"the target": part.y}) if is_table else None

    def taken(rows: np.ndarray) -> Any:
        return frame.iloc[rows] if is_table else (part.x[rows], part.y[rows])

    own = {"test": taken(honest)} | ({"validation": taken(deciding)} if len(deciding) else {})
    if is_table:
        return journey_on(taken(train), folder, "the target", **own)
    return journey_on(taken(train), folder, modality=part.modality, **own)


def _honest(context: Context, config: TrainingConfig) -> float:
    """Accuracy on the honest rows of the networks that were judged, each by itself."""
    rows = context.split.test
    y = context.trainer.preparer.y[rows]
    runs = [run for repeat in context.judge(config, context.repeats).runs for run in repeat]
    return float(np.mean([(context.trainer.predict(run, rows).argmax(1) == y).mean() for run in runs]))


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--nothing", type=int, default=60, help="trials of the change that does nothing, a set")
    parser.add_argument("--folds", action="store_true", help="few rows, decided on in folds")
    parsed = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'set':16} {'change':26} {'true gain (points)':>20}  kept")
    for name in parsed.sets.split(","):
        part = load(name)
        if part is None:
            print(f"{name:16} is not at hand")
            continue
        for words, change in {"nothing": NOTHING, **CHANGES}.items():
            n = parsed.nothing if words == "nothing" else parsed.trials
            found = []
            for number in range(n):
                with tempfile.TemporaryDirectory() as folder:
                    found.append(trial(part, number, change, Path(folder), in_folds=parsed.folds))
            gains = 100 * np.array([gain for _, gain in found])
            told = f"{gains.mean():+.2f} ± {1.96 * gains.std(ddof=1) / np.sqrt(n):.2f}"
            print(f"{name:16} {words:26} {told:>20}  {share(sum(kept for kept, _ in found), n)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
