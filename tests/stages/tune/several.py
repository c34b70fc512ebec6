"""A journey that does nothing but search: `python -m tests.stages.tune.several OUT TRIALS WORKERS [SLOW [PATIENCE]]`.

All steps but those of the search answer at once, so that tests of several processes do not wait for five stages. With
SLOW every training run takes so many seconds more, so that a test can meet a trial in its middle. Workers are taken for
dead after PATIENCE seconds without a word.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from tests.small import short_recipe, some_rows
from tests.stages.tune.started import MLP
from wizard.stages import stage

CONFIG = MLP.but(hp={"width": 16, "depth": 1}, epochs=4)
SEARCH = ("search_space", "random_search")
real, short = stage.steps_of, short_recipe(CONFIG)


def steps(name: str):
    if name == "explore":
        return tuple(replace(step, run=short("baseline")[0].run) for step in real(name))
    return tuple(
        one if name == "tune" and one.name in SEARCH else other
        for one, other in zip(real(name), short(name), strict=True)
    )


def slower(seconds: float) -> None:
    from wizard.training.trainer import Trainer

    train = Trainer._train

    def slow(self, key, config):
        time.sleep(seconds)
        return train(self, key, config)

    Trainer._train = slow


def impatient(seconds: float) -> None:
    from wizard.training import chief, serving

    chief.LEAST_LATE = serving.QUIET = seconds


if __name__ == "__main__":
    from wizard import Wizard
    from wizard.core.progress import say

    out, trials, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if sys.argv[4:]:
        slower(float(sys.argv[4]))
    if sys.argv[5:]:
        impatient(float(sys.argv[5]))
    stage.steps_of = steps
    wizard = Wizard(some_rows(90), "bought", metric="accuracy", budget="quick", out=out, name="search", gates="warn")
    wizard.explore().baseline().overfit().regularize().tune(trials=trials, workers=workers or None)
    say(f"numbers {[row[0] for row in wizard.results['tune'].findings[1].blocks[1].rows]}")
