"""Trackers: the user's callbacks reach every run, with its name and configuration."""

import keras
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api as hparams

from tests.small import dataset_of, some_rows, trainer_for
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.training.watching import starting

LINEAR = TrainingConfig(family="linear", epochs=3, learning_rate=1e-2)
MLP = LINEAR.but(family="mlp", hp={"width": 16, "depth": 1})
TENSORBOARDS_OWN = "ignore::DeprecationWarning"  # its records are read through NumPy's old names


@pytest.fixture
def rows():
    return dataset_of(some_rows(120), "bought")


@pytest.mark.filterwarnings(TENSORBOARDS_OWN)
def test_keras_s_tensorboard_gets_a_folder_a_run_with_its_hyperparameters(rows, tmp_path):
    logs = tmp_path / "logs"

    def tracked(run):
        folder = str(logs / run.name)
        return [keras.callbacks.TensorBoard(folder), hparams.KerasCallback(folder, run.hyperparameters)]

    trainer = trainer_for(rows, tmp_path, callbacks=[tracked])
    runs = [trainer.train(config) for config in (LINEAR, LINEAR.but(seed=1), MLP)]
    names = [starting(run.key, run.config).name for run in runs]
    assert sorted(folder.name for folder in logs.iterdir()) == sorted(names)
    assert len(set(names)) == 3
    for run, name in zip(runs, names, strict=True):
        seen = EventAccumulator(str(logs / name / "train")).Reload()
        assert len(seen.Tensors("epoch_loss")) == len(run.history["loss"])
        told = EventAccumulator(str(logs / name)).Reload().summary_metadata
        assert "_hparams_/session_start_info" in told


def test_a_run_is_described_by_plain_values():
    told = starting("0123456789abcdef", MLP).hyperparameters
    assert starting("0123456789abcdef", MLP).name == "mlp-0123456789"
    assert (told["learning_rate"], told["hp.width"], told["family"]) == (1e-2, 16, "mlp")
    assert "clip" not in told


def test_a_tracker_changes_no_bit_of_a_run(rows, tmp_path):
    plain = trainer_for(rows, tmp_path / "plain").train(LINEAR)
    watched = trainer_for(rows, tmp_path / "watched", callbacks=[lambda run: PerBatch()]).train(LINEAR)
    assert (plain.history, plain.scores) == (watched.history, watched.scores)


class PerBatch(keras.callbacks.Callback):
    """Counts batches."""

    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        PerBatch.seen += 1


def test_one_that_looks_at_batches_sees_each_also_where_the_network_was_there_before(rows, tmp_path):
    PerBatch.seen = 0
    trainer = trainer_for(rows, tmp_path, callbacks=[lambda run: PerBatch()])
    trainer.compiled(LINEAR)
    run = trainer.train(LINEAR)
    assert PerBatch.seen == 3 * -(-run.n_train // LINEAR.batch)


def test_an_instance_watches_all_runs_and_functions_are_called_once_a_run(rows, tmp_path):
    class Watcher(keras.callbacks.Callback):
        begun = 0

        def on_train_begin(self, logs=None):
            self.begun += 1

    watcher, asked = Watcher(), []

    def silent(run):
        asked.append(run.name)
        return []

    trainer = trainer_for(rows, tmp_path, callbacks=[watcher, silent])
    for seed in (0, 1, 0):
        trainer.train(LINEAR.but(seed=seed))
    assert watcher.begun == 2
    assert len(asked) == len(set(asked)) == 2


def test_what_is_no_callback_is_refused(rows, tmp_path):
    with pytest.raises(OptionError, match="callbacks"):
        Wizard(some_rows(60), "bought", out=tmp_path, callbacks=["tensorboard"])
    with pytest.raises(OptionError, match="must return"):
        trainer_for(rows, tmp_path, callbacks=[lambda run: "logs"]).train(LINEAR)
