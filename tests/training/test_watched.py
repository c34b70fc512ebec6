import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small import trainer_for
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.training.compiled import STEPS_A_CALL
from wizard.training.watched import Watched, callbacks_of, check_callbacks

LINEAR = TrainingConfig(family="linear", hp={}, epochs=2, batch=32, learning_rate=1e-2)
RUN = Watched.of(LINEAR.but(fold=1, seed=3), "0123456789abcdef", "overfit")


class Silent(keras.callbacks.Callback):
    pass


class OnBatches(keras.callbacks.Callback):
    batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1


def test_a_run_says_what_it_is():
    assert RUN.name == "overfit-linear-fold1-seed3-01234567"
    assert (RUN.stage, RUN.seed, RUN.fold) == ("overfit", 3, 1)
    assert TrainingConfig.model_validate(RUN.config) == LINEAR.but(fold=1, seed=3)
    flat = Watched.of(LINEAR.but(hp={"width": 8}, after=LINEAR), "0" * 16, "").hyperparameters
    assert flat["width"] == 8
    assert flat["learning_rate"] == 1e-2
    assert all(isinstance(value, bool | int | float | str) for value in flat.values())


def test_tensorboard_gets_a_log_folder_a_run_with_its_hyperparameters(rows, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import api as hparams
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    logs = tmp_path / "logs"

    def tracked(run):
        folder = f"{logs}/{run.name}"
        return [keras.callbacks.TensorBoard(folder), hparams.KerasCallback(folder, run.hyperparameters)]

    trainer = trainer_for(rows, tmp_path / "run", callbacks=[tracked])
    trainer.stage = "tune"
    runs = [trainer.train(LINEAR.but(learning_rate=rate)) for rate in (1e-2, 1e-3)]
    assert {path.name for path in logs.iterdir()} == {f"tune-linear-seed0-{run.key[:8]}" for run in runs}
    for run in runs:
        folder = logs / f"tune-linear-seed0-{run.key[:8]}"
        for part, curve in (("train", "loss"), ("validation", "val_loss")):
            logged = EventAccumulator(str(folder / part)).Reload().Tensors("epoch_loss")
            numbers = [float(tf.make_ndarray(one.tensor_proto)) for one in logged]
            assert numbers == pytest.approx(run.history[curve])
        about = EventAccumulator(str(folder)).Reload().SummaryMetadata("_hparams_/session_start_info")
        known = HParamsPluginData.FromString(about.plugin_data.content).session_start_info.hparams
        assert known["learning_rate"].number_value == run.config.learning_rate
        assert known["family"].string_value == "linear"


def test_a_tracker_changes_nothing_and_a_new_process_finds_its_runs_again(rows, tmp_path):
    seen = []

    def tracked(run):
        seen.append(run.name)
        return OnBatches()

    watched = trainer_for(rows, tmp_path, callbacks=[tracked])
    run = watched.train(LINEAR)
    again = trainer_for(rows, tmp_path, callbacks=[tracked])
    assert again.train(LINEAR) == run
    assert (again.n_trained, len(seen)) == (0, 1)
    plain = trainer_for(rows, tmp_path)
    for one, other in zip(watched.weights(run), plain.weights(plain.train(LINEAR)), strict=True):
        assert np.array_equal(one, other)


def test_steps_run_one_by_one_only_for_the_runs_whose_callbacks_watch_batches(rows, tmp_path):
    made = {}

    def tracked(run):
        made[run.seed] = OnBatches() if run.seed else Silent()
        return made[run.seed]

    trainer = trainer_for(rows, tmp_path, callbacks=[tracked])
    run = trainer.train(LINEAR)
    assert trainer.compiled(LINEAR).model.steps_per_execution == STEPS_A_CALL
    trainer.train(LINEAR.but(seed=1))
    assert made[1].batches == 2 * -(-run.n_train // LINEAR.batch)
    assert trainer.compiled(LINEAR).model.steps_per_execution == 1, "whichever is there predicts"


def test_a_function_may_make_several_callbacks_or_none():
    shared, own = Silent(), Silent()
    assert callbacks_of([shared, lambda run: [own], lambda run: None], RUN) == (shared, own)
    for wrong in (lambda run: "logs", lambda run: Silent):
        with pytest.raises(OptionError, match="must return a Keras callback"):
            callbacks_of([wrong], RUN)


@pytest.mark.parametrize(
    ("given", "says"),
    [(Silent(), r"Write callbacks=\[…\]"), ([Silent], "Make an instance"), (["logs"], "must hold Keras callbacks")],
)
def test_what_is_no_callback_is_refused_at_the_door(given, says, rows, tmp_path):
    with pytest.raises(OptionError, match=says):
        Wizard(([[1.0], [2.0]] * 30, ["a", "b"] * 30), callbacks=given, out=tmp_path)
    assert check_callbacks([keras.callbacks.TerminateOnNaN()])
