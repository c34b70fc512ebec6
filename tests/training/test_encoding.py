"""Rows that are too many to be resident train to the same numbers from disk."""

import numpy as np
import pytest

from tests.small import dataset_of, some_digits, some_rows, trainer_for
from wizard.core.config import TrainingConfig
from wizard.data.rows_on_disk import RowsOnDisk
from wizard.training import encoding
from wizard.training.probes import flat

MLP = TrainingConfig(family="mlp", hp={"width": 8, "depth": 1}, epochs=2, batch=16, dropout=0.2, learning_rate=3e-3)
DATA = {"pictures": (some_digits(120), None), "rows": (some_rows(120), "bought")}


@pytest.fixture
def on_disk(monkeypatch):
    monkeypatch.setattr(encoding, "RESIDENT_BYTES", 1000)
    monkeypatch.setattr(encoding, "BYTES_AT_ONCE", 700)


def run_of(trainer, config):
    run = trainer.train(config)
    return run.history, trainer.weights(run), trainer.held_predictions(run)


@pytest.mark.slow
@pytest.mark.parametrize("kind", DATA)
def test_training_from_disk_gives_the_same_bits(kind, tmp_path, request):
    raw, target = DATA[kind]
    configs = [MLP, MLP.but(fold=1, seed=3), MLP.but(control="zeros"), MLP.but(control="shuffled"), MLP]
    resident = trainer_for(dataset_of(raw, target), tmp_path / "resident")
    expected = [run_of(resident, config) for config in configs]
    whole = resident.prepared(MLP)
    request.getfixturevalue("on_disk")
    streamed = trainer_for(dataset_of(raw, target), tmp_path / "streamed")
    prepared = streamed.prepared(MLP)
    assert all(isinstance(values, RowsOnDisk) for values in prepared.tensors.values())
    assert all(np.array_equal(values[:], whole.tensors[name]) for name, values in prepared.tensors.items())
    assert np.array_equal(flat(prepared, prepared.train), flat(whole, whole.train))
    for config, (history, weights, held) in zip(configs, expected, strict=True):
        again, own, predictions = run_of(streamed, config)
        assert again == history
        assert all(np.array_equal(a, b) for a, b in zip(own, weights, strict=True))
        assert np.array_equal(predictions, held)


def test_blocks_in_memory_are_one_array(monkeypatch, tmp_path):
    raw, target = DATA["rows"]
    whole = trainer_for(dataset_of(raw, target), tmp_path).prepared(MLP).tensors
    monkeypatch.setattr(encoding, "BYTES_AT_ONCE", 500)
    blocks = trainer_for(dataset_of(raw, target), tmp_path).prepared(MLP).tensors
    assert all(np.array_equal(blocks[name], values) for name, values in whole.items())


def test_networks_of_one_form_share_their_data_and_find_their_own(tmp_path):
    trainer = trainer_for(dataset_of(some_digits(120)), tmp_path)
    runs = [trainer.train(config) for config in (MLP, MLP.but(family="linear", hp={}, fold=1, control="zeros"))]
    first, second = (trainer.network(run) for run in runs)
    assert first.resident is second.resident
    rows = trainer.prepared(MLP).held
    mine = trainer.network(runs[0]).predict(rows)
    trainer.network(runs[1]).predict(rows)
    assert np.array_equal(first.predict(rows), mine)
