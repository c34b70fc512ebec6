"""Memory of a long search: `python tests/benchmarks/memory_tune.py [trials] [own]`.

Runs 100 trials on a small table, some of them with a network of another shape, and prints the resident memory after
trial 20 and at the end; growth above 300 MB between them gives exit code 1. With `own` the network is a build(hp) of
the user's, of which every trial is another structure; there 6 MB a trial are allowed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sklearn.datasets import load_breast_cancer

MB = 2**20
ALLOWED_MB = 300.0
ALLOWED_OWN_MB = 6.0  # a trial: TensorFlow keeps 4 of a network that is traced and let go, whatever we do
WARM = 20  # trials after which all shapes were seen
PAGE = 4096  # bytes


def resident() -> float:
    """Memory of this process in MB, as Linux counts it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MB


def build(hp):
    """A small network as users of KerasTuner write it."""
    import keras

    model = keras.Sequential([
        keras.Input((30,)), keras.layers.Dense(hp.Int("units", 16, 128), activation="relu"),
        keras.layers.Dropout(hp.Float("dropout", 0, 0.5)), keras.layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    rate = hp.Float("lr", 1e-4, 1e-2, sampling="log")
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def of_ours(folder: Path):
    """A journey, what the search starts from, and what it varies."""
    from tests.stages.tune.started import MLP
    from tests.stages.walk import journey_on
    from wizard.training.space import Dimension

    frame = load_breast_cancer(as_frame=True).frame.iloc[:150]
    config = MLP.but(epochs=3)
    space = (
        Dimension(name="learning_rate", kind="log", low=1e-3, high=1e-2, now=3e-3),
        Dimension(name="dropout", kind="linear", low=0.0, high=0.5, now=0.0),
        Dimension(name="hp.width", kind="choice", options=(16, 24, 32, 48, 64), now=32),
        Dimension(name="hp.depth", kind="choice", options=(1, 2, 3), now=1),
    )
    return journey_on(frame, folder / "run", "target"), config, space


def of_ones_own(folder: Path):
    """The same of the user's own network."""
    from tests.stages.tune.started import given
    from tests.stages.walk import context_of
    from wizard import Wizard
    from wizard.core.decisions import Decisions
    from wizard.stages.tune.search_space import space_around

    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[:150]
    journey = Wizard((x, y[:150]), model=build, out=folder, name="own", gates="warn", budget="quick")._journey
    config = journey.own.family.recipe(None, len(journey.split.train), journey.task)
    config = config.but(epochs=4 * config.look_every)
    context = context_of(journey, "tune")
    context.decisions = Decisions.model_validate(given(config))
    context.reads = (*context.reads, "incumbent", "metric")
    return journey, config, space_around(context, config)


def main(trials: int, *, is_own: bool) -> int:
    """Runs the search; returns the exit code."""
    from tests.stages.tune.started import given
    from tests.stages.walk import context_of
    from wizard.core.decisions import Decisions
    from wizard.stages.tune.race import Race
    from wizard.training.search import TrialFailed, search

    after: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        journey, config, space = (of_ones_own if is_own else of_ours)(Path(folder))
        context = context_of(journey, "tune")
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
    return int(grown > (ALLOWED_OWN_MB * max(trials - WARM, 1) if is_own else ALLOWED_MB))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.exit(main(numbers[0] if numbers else 100, is_own="own" in sys.argv[1:]))
