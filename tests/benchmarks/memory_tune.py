"""Memory of a long search: `python tests/benchmarks/memory_tune.py [trials]`.

Runs 100 trials on a small table, some of them with a network of another shape, and prints the resident memory after
trial 20 and at the end; growth above 300 MB between them gives exit code 1.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sklearn.datasets import load_breast_cancer

MB = 2**20
ALLOWED_MB = 300.0
WARM = 20  # trials after which all shapes were seen
PAGE = 4096  # bytes


def resident() -> float:
    """Memory of this process in MB, as Linux counts it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MB


def main(trials: int) -> int:
    """Runs the search; returns the exit code."""
    from tests.stages.tune.started import MLP, given
    from tests.stages.walk import context_of, journey_on
    from wizard.core.decisions import Decisions
    from wizard.stages.tune.race import Race
    from wizard.training.search import TrialFailed, search
    from wizard.training.space import Dimension

    frame = load_breast_cancer(as_frame=True).frame.iloc[:150]
    config = MLP.but(epochs=3)
    space = (
        Dimension(name="learning_rate", kind="log", low=1e-3, high=1e-2, now=3e-3),
        Dimension(name="dropout", kind="linear", low=0.0, high=0.5, now=0.0),
        Dimension(name="hp.width", kind="choice", options=(16, 24, 32, 48, 64), now=32),
        Dimension(name="hp.depth", kind="choice", options=(1, 2, 3), now=1),
    )
    after: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        context = context_of(journey_on(frame, Path(folder) / "run", "target"), "tune")
        context.decisions = Decisions.model_validate(given(config))
        race = Race(context, config)

        def evaluate(number, values, looks):
            try:
                return race.evaluate(number, values, looks)
            except TrialFailed as failed:
                print(f"trial {number}: {failed}")
                raise
            finally:
                after[number] = resident()
                if number % 10 == 0:
                    print(f"trial {number:3}: {after[number]:6.0f} MB", flush=True)

        search(space, evaluate, is_higher_better=True, trials=trials, goes_on=lambda number: True, seed=0)
    grown = after[trials - 1] - after[min(WARM, trials - 1)]
    print(f"{trials} trials; from trial {WARM} on {grown:+.0f} MB")
    return int(grown > ALLOWED_MB)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 100))
