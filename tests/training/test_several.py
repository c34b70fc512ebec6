"""Several labels or targets an example: losses, weights and bits as with one."""

import keras
import numpy as np
import pytest

from tests.small import dataset_of, trainer_for
from wizard.core.config import TrainingConfig
from wizard.data.split import rarest_label
from wizard.models.losses import LabelCrossEntropy
from wizard.training.compare import association
from wizard.training.compiled import CompiledNetwork
from wizard.training.fit import fit, losses_of
from wizard.training.probes import dumb_baselines
from wizard.training.randomness import keras_seed

MLP = TrainingConfig(family="mlp", hp={"width": 16, "depth": 1}, epochs=4, batch=16, learning_rate=1e-2)


def some_labels(n=160):
    random = np.random.default_rng(0)
    x = random.normal(size=(n, 4))
    return x, (x @ random.normal(size=(4, 3)) + 0.3 * random.normal(size=(n, 3)) > 0.8).astype(int)


def some_targets(n=160):
    x, _ = some_labels(n)
    return x, np.column_stack([x @ [1, 2, 3, 4] * 100 + 1000, x @ [1, -1, 1, -1]])


@pytest.fixture(scope="module", params=["labels", "targets"])
def trainer(request, tmp_path_factory):
    raw = some_labels() if request.param == "labels" else some_targets()
    return trainer_for(dataset_of(raw), tmp_path_factory.mktemp(request.param))


def test_a_run_learns_every_output_and_scores_it(trainer):
    run = trainer.train(MLP.but(epochs=60))
    name = "mean_average_precision" if trainer.task.is_multilabel else "r2"
    assert run.scores[f"val_{name}"] > 0.85
    held = trainer.held_predictions(run)
    assert held.shape == (len(trainer.split.validation), trainer.task.n_outputs)
    truth = trainer.preparer.y[trainer.split.validation]
    assert np.abs(held - truth).mean(0) == pytest.approx(np.zeros(held.shape[1]), abs=np.max(np.std(truth, axis=0)))


def test_a_reused_network_equals_a_fresh_one_bit_for_bit(trainer):
    config = MLP.but(dropout=0.2, label_smoothing=0.1)
    with keras_seed(0):
        fresh = CompiledNetwork(config, trainer.form(config), trainer.task)
    fit(fresh, config, trainer.prepared(config))
    fit(trainer.compiled(config), config.but(seed=3, label_smoothing=0.3), trainer.prepared(config))
    fit(trainer.compiled(config), config, trainer.prepared(config))
    for one, other in zip(fresh.weights(), trainer.compiled(config).weights(), strict=True):
        assert np.array_equal(one, other)


def test_the_untrained_network_knows_how_frequent_each_label_is(trainer):
    losses, _ = trainer.untrained(MLP)
    prepared = trainer.prepared(MLP)
    y = trainer.preparer.y[prepared.train] if trainer.task.is_multilabel else prepared.y[prepared.train]
    assert losses.mean() == pytest.approx(trainer.task.loss_at_init(y), rel=0.25)


def test_losses_in_numpy_are_those_that_training_sees():
    y, outputs = some_labels(20)[1], np.random.default_rng(1).normal(0, 3, (20, 3)).astype("float32")
    task = trainer_task()
    assert losses_of(outputs, y, task) == pytest.approx(np.asarray(LabelCrossEntropy().call(y, outputs)), rel=1e-5)
    reference = keras.losses.binary_crossentropy(y.astype("float32"), outputs, from_logits=True)
    assert losses_of(outputs, y, task) == pytest.approx(np.asarray(reference), rel=1e-4)


def trainer_task():
    from wizard.data.task import Task

    return Task(kind="multilabel", target="y", classes=("a", "b", "c"))


@pytest.mark.slow
def test_weights_of_rows_move_what_is_learnt(tmp_path):
    x, y = some_labels()
    weight = np.where(y[:, 0] == 1, 20.0, 0.05)
    plain, weighed = (
        trainer_for(dataset_of((x, y), weight=w), tmp_path / str(i)) for i, w in enumerate((None, weight))
    )
    means = [t.held_predictions(t.train(MLP))[:, 0].mean() for t in (plain, weighed)]
    assert means[1] > means[0] + 0.2


def test_association_sees_labels_that_belong_to_their_rows_and_none_in_shuffled_ones():
    y = some_labels(200)[1]
    p = 1 / (1 + np.exp(-np.random.default_rng(1).normal(size=y.shape) - y))
    blocks = np.zeros(200, int)
    assert association(y, p, blocks, 0).is_beyond_chance
    assert not association(np.random.default_rng(5).permutation(y), p, blocks, 0).is_beyond_chance


def test_simple_methods_learn_each_output_alone(trainer):
    x, y = some_labels() if trainer.task.is_multilabel else some_targets()
    for name, make in dumb_baselines(trainer.task, 0).items():
        predicted = make(x.astype("float32"), y, np.ones(len(x)))(x.astype("float32"))
        assert predicted.shape == y.shape, name
        assert np.isfinite(predicted).all()


def test_a_label_that_all_rows_have_is_predicted_as_that(trainer):
    if not trainer.task.is_multilabel:
        return
    x, y = some_labels()
    y[:, 1] = 1
    predicted = dumb_baselines(trainer.task, 0)["linear model"](x, y, None)(x)
    assert predicted[:, 1].tolist() == [1.0] * len(x)


def test_rare_labels_decide_where_a_row_goes():
    y = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 0, 1], [1, 1, 1]])
    assert rarest_label(y).tolist() == [1, 0, 3, 2, 1]
