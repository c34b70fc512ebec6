"""Runs that share a structure leave nothing behind: memory is the same after many as after a few."""

import gc
from pathlib import Path

import keras
import pytest

from tests.small import fresh, trainer_for
from tests.training.own_models import declared, journey_of, stepping, wine
from wizard.core.config import TrainingConfig
from wizard.training.trainer import COMPILED_KEPT

MLP = TrainingConfig(family="mlp", hp={"width": 16, "depth": 1}, epochs=1, batch=64)
WARM = 10  # runs after which caches and the allocator have what they need
RUNS = 50
PICTURES, SIDE = 600, 512  # half a gigabyte
ALLOWED_MB = 60  # a network that stays behind takes 8 MB: those of fifty runs would be 400


def resident_megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def n_models():
    gc.collect()
    return sum(isinstance(one, keras.Model) for one in gc.get_objects())


@pytest.mark.slow
def test_no_network_stays_behind_a_run(rows, tmp_path):
    trainer = trainer_for(rows, tmp_path)
    found = []
    for seed in range(6):
        trainer.train(MLP.but(seed=seed, dropout=0.1 * seed))
        found.append(n_models())
    assert len(set(found[2:])) == 1, found


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the process's memory from Linux")
def test_memory_is_flat_over_fifty_runs(rows, tmp_path):
    trainer = trainer_for(rows, tmp_path)
    for seed in range(WARM + RUNS):
        if seed == WARM:
            before = resident_megabytes()
        trainer.train(MLP.but(seed=seed, dropout=0.1 * (seed % 3), learning_rate=1e-3 / (1 + seed % 2)))
    assert resident_megabytes() - before < ALLOWED_MB


PEAK = """
import resource, sys
from pathlib import Path
import numpy as np
from tests.small import dataset_of, trainer_for
from wizard.core.config import TrainingConfig

n, side = map(int, sys.argv[1:3])
random = np.random.default_rng(0)
x, y = random.integers(0, 256, (n, side, side, 3), "uint8"), np.arange(n) % 2
config = TrainingConfig(family="linear", epochs=1, inputs={"height": side, "width": side})
run = trainer_for(dataset_of((x, y)), Path(sys.argv[3])).train(config)
assert run.scores and not run.failure
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.long
def test_pictures_in_memory_are_held_less_than_three_times(tmp_path):
    """The arrays, their copy in TensorFlow and the batches under way; the libraries themselves take up to 1.5 GB."""
    data = PICTURES * SIDE * SIDE * 3
    assert int(fresh(PEAK, PICTURES, SIDE, tmp_path).split()[-1]) < 2.5 * data + 1.5e9


def n_operations():
    """In the graphs of training steps that are alive."""
    gc.collect()
    graphs = [one for one in gc.get_objects() if type(one).__name__ == "FuncGraph" and one.name == "one_step_on_data"]
    return sum(len(graph.get_operations()) for graph in graphs)


@pytest.mark.slow
@pytest.mark.parametrize("model", [declared, stepping])
def test_no_graph_of_a_model_of_ones_own_stays_behind(model, tmp_path):
    journey = journey_of(wine(), model, tmp_path)
    config = journey.own.family.recipe(None, len(journey.split.train), journey.task).but(epochs=1, look_every=1, fold=0)
    before, found = n_operations(), []
    for number in range(COMPILED_KEPT + 4):
        changed = {"hp": {"units": 4 + number, "dropout": 0.1}} if model is declared else {"batch": 16}
        journey.trainer.train(config.but(seed=number, **changed))
        found.append(n_operations() - before)
    assert found[0] > 0
    assert found[-1] <= found[COMPILED_KEPT - 1], found
    if model is stepping:  # its step may keep something, so that every run has a model of its own
        assert found[-1] <= found[0], found
    journey.trainer.release()
    assert n_operations() <= before
