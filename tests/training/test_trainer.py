import keras
import numpy as np
import pytest

from tests.small import dataset_of, some_amounts, some_rows, trainer_for
from wizard.core.config import TrainingConfig
from wizard.training.trainer import KIND

LINEAR = TrainingConfig(family="linear", epochs=2, batch=32, learning_rate=1e-2)


@pytest.fixture
def trainer(tmp_path, rows):
    return trainer_for(rows, tmp_path)


def test_the_second_time_nothing_is_trained_also_in_a_new_process(trainer, rows, tmp_path):
    run = trainer.train(LINEAR)
    assert (run.n_train, run.failure, len(run.history["loss"])) == (len(trainer.split.train), "", 2)
    assert trainer.train(LINEAR) == run
    other = trainer_for(rows, tmp_path)
    assert other.is_stored(LINEAR)
    assert other.train(LINEAR) == run
    assert (trainer.n_trained, other.n_trained) == (1, 0)
    assert list(other.used) == [run.key]


def test_a_key_depends_on_data_split_and_configuration(trainer, tmp_path, rows):
    changed = dataset_of(some_rows(300, seed=1), "bought")
    keys = {
        trainer.key(LINEAR),
        trainer.key(LINEAR.but(seed=1)),
        trainer_for(rows, tmp_path, seed=1).key(LINEAR),
        trainer_for(changed, tmp_path).key(LINEAR),
        trainer_for(rows, tmp_path, is_deterministic=False).key(LINEAR),
    }
    assert len(keys) == 5


def test_what_is_stored_predicts_what_the_scores_say(trainer):
    run = trainer.train(LINEAR.but(epochs=5))
    held = trainer.held_predictions(run)
    y = trainer.preparer.y[trainer.split.validation]
    assert run.scores["val_accuracy"] == np.mean(held.argmax(1) == y)
    assert run.scores["val_loss"] == pytest.approx(-np.log(held[np.arange(len(y)), y]).mean())
    assert run.history["val_loss"][-1] == pytest.approx(run.scores["val_loss"], rel=1e-5)
    trainer.train(LINEAR.but(seed=3))  # the network in memory is another one now
    assert trainer.predict(run, trainer.split.validation) == pytest.approx(held, abs=1e-7)


def test_a_loss_that_is_no_number_is_a_failure_not_a_crash(trainer):
    run = trainer.train(LINEAR.but(learning_rate=1e38, epochs=5))
    assert "the training loss became" in run.failure
    assert len(run.history["loss"]) < 5 or not np.isfinite(run.history["loss"][-1])
    assert run.scores == {}
    assert trainer.train(LINEAR).failure == ""  # the next run on the same network is sound


class Watcher(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs, self.losses = 0, []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1
        self.losses.append(logs["val_loss"])


class BatchWatcher(Watcher):
    batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1


def test_the_user_s_callbacks_see_the_validation_loss(rows, tmp_path):
    watcher = Watcher()
    run = trainer_for(rows, tmp_path, callbacks=[watcher]).train(LINEAR)
    assert watcher.losses == pytest.approx(run.history["val_loss"])


def test_a_callback_on_batches_sees_every_one(rows, tmp_path):
    watcher = BatchWatcher()
    run = trainer_for(rows, tmp_path, callbacks=[watcher]).train(LINEAR)
    assert watcher.batches == 2 * -(-run.n_train // 32)


def test_weights_of_rows_reach_the_loss(rows, tmp_path):
    """Rows that weigh next to nothing do not pull: their labels can be turned round."""
    n = len(rows)
    is_wrong = np.arange(n) % 2 == 1
    frame = some_rows(300)
    frame.loc[is_wrong, "bought"] = frame.loc[is_wrong, "bought"].map({"yes": "no", "no": "yes"})
    frame["trust"] = np.where(is_wrong, 1e-6, 1.0)
    config = LINEAR.but(epochs=20)
    scores = {}
    for option in ({"weight": "trust"}, {"ignore": ("trust",)}):
        trainer = trainer_for(dataset_of(frame, "bought", **option), tmp_path)
        run = trainer.train(config)
        right = np.setdiff1d(trainer.split.validation, np.flatnonzero(is_wrong))
        scores[next(iter(option))] = np.mean(trainer.predict(run, right).argmax(1) == trainer.preparer.y[right])
    assert scores["weight"] > 0.8 > scores["ignore"]


def test_regression_predicts_in_the_targets_unit(tmp_path):
    trainer = trainer_for(dataset_of(some_amounts(300), "price"), tmp_path)
    run = trainer.train(LINEAR.but(epochs=20, batch=16, learning_rate=5e-2))
    y = trainer.preparer.y[trainer.split.validation]
    error = trainer.held_predictions(run) - y
    assert run.scores["val_rmse"] == pytest.approx(np.sqrt(np.mean(error**2)))
    assert run.scores["val_rmse"] < 0.5 * y.std()
    assert run.scores["val_loss"] == pytest.approx(
        np.mean(error**2) / trainer.prepared(LINEAR).scale.std ** 2, rel=1e-4
    )


def test_a_refit_holds_nothing_out(trainer):
    run = trainer.train(LINEAR.but(refit=True))
    assert run.n_train == len(trainer.split.known)
    assert "val_loss" not in run.scores | run.history
    assert trainer.held_predictions(run).size == 0


def test_sealed_labels_are_not_in_what_networks_read(trainer):
    assert not trainer.prepared(LINEAR).y[trainer.split.test].any()


def test_a_run_is_stored_whole(trainer):
    run = trainer.train(LINEAR)
    assert {path.name for path in trainer.store.path(KIND, run.key).iterdir()} == {
        "run.json", "weights.npz", "predictions.npz"
    }  # fmt: skip
