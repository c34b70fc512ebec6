"""One graph for many runs must not be told from a fresh model a run."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small import dataset_of, some_digits, some_rows, trainer_for
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.data.task import Task
from wizard.models.build import build_network
from wizard.training.compiled import STEPS_A_CALL, CompiledNetwork
from wizard.training.fit import _EpochOrder, fit, losses_of, row_weights, smoothed_part, to_predictions
from wizard.training.randomness import keras_seed
from wizard.training.rows import training_rows

MLP = TrainingConfig(
    family="mlp", hp={"width": 16, "depth": 1}, epochs=3, batch=16, dropout=0.2, weight_decay=0.1,
    label_smoothing=0.1, schedule="cosine", learning_rate=3e-3, seed=5,
)  # fmt: skip
RESNET = MLP.but(family="resnet", hp={"width": 8, "stages": 1, "blocks": 1}, augment=0.5, epochs=2)
MIXED = MLP.but(creative=0.7, mixup=0.4, cutmix=0.5)


@pytest.fixture(scope="module")
def on_digits(tmp_path_factory):
    return trainer_for(dataset_of(some_digits(120)), tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="module")
def on_rows(tmp_path_factory):
    return trainer_for(dataset_of(some_rows(120), "bought"), tmp_path_factory.mktemp("rows"))


def trained(trainer, config):
    """(all variables, history) after a run on the network that the trainer keeps."""
    fitted = fit(trainer.compiled(config), config, trainer.prepared(config))
    return trainer.compiled(config).weights(), fitted.history


def equal(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("config", [MLP, RESNET, MIXED], ids=["mlp", "resnet", "mixed"])
def test_a_reused_network_equals_a_fresh_one_bit_for_bit(on_digits, config):
    with keras_seed(0):
        fresh = CompiledNetwork(config, on_digits.form(config), on_digits.task)
    fitted = fit(fresh, config, on_digits.prepared(config))
    for other in (config.but(seed=6, learning_rate=0.1, dropout=0.0), config.but(fold=1, n_rows=20, batch=7)):
        trained(on_digits, other)
    weights, history = trained(on_digits, config)
    assert equal(weights, fresh.weights())
    assert history == fitted.history


@pytest.mark.slow
@pytest.mark.parametrize(
    "config", [MLP.but(look_every=3, epochs=6, batch=2, clip=0.5), MIXED.but(epochs=2), RESNET.but(epochs=1)],
    ids=["mlp", "mixed", "resnet"],
)  # fmt: skip
def test_steps_that_are_run_together_equal_keras_s_own_loop_bit_for_bit(on_digits, config):
    """The first one's looks are of more steps than a call has, of several passes, and end with a smaller batch."""
    found = []
    for steps_a_call in (1, STEPS_A_CALL):
        with keras_seed(0):
            compiled = CompiledNetwork(config, on_digits.form(config), on_digits.task, steps_a_call)
        fitted = fit(compiled, config, on_digits.prepared(config))
        found.append((compiled.weights(), fitted.history, [v.numpy() for v in compiled.optimizer.variables]))
    (weights, history, moments), (others, other_history, other_moments) = found
    assert history == other_history
    assert equal(weights, others)
    assert equal(moments, other_moments)


def test_batches_of_row_numbers_train_like_plain_keras_on_the_same_batches(on_digits):
    config = MLP.but(dropout=0.0, augment=0.0, schedule="constant", label_smoothing=0.0, head_bias=False)
    weights, history = trained(on_digits, config)
    prepared = on_digits.prepared(config)
    with keras_seed(derive(config.seed, "weights")):
        network = build_network(config, prepared.form, on_digits.task)
    network.standardize.mean.assign(prepared.channel_mean)
    network.standardize.std.assign(prepared.channel_std)
    optimizer = keras.optimizers.AdamW(config.learning_rate, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_list=[v for v in network.model.trainable_variables if len(v.shape) < 2])
    network.model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    order = _EpochOrder(prepared.train, config.batch, 1, derive(config.seed, "order"))
    losses = []
    for epoch in range(config.epochs):
        order.look.assign(epoch)
        batches = [np.asarray(batch) for batch in order.batches]
        assert sorted(np.concatenate(batches)) == prepared.train.tolist()
        total = 0.0
        for rows in batches:
            network.model.reset_metrics()
            inputs = {"image": prepared.tensors["image"][rows]}
            total += len(rows) * float(network.model.train_on_batch(inputs, prepared.y[rows]))
        losses.append(total / len(prepared.train))
    assert history["loss"] == pytest.approx(losses, rel=1e-4)
    for mine, plain in zip(weights, network.model.variables, strict=True):
        assert mine == pytest.approx(np.asarray(plain), rel=1e-3, abs=1e-5)


def test_looking_less_often_changes_the_history_but_not_the_training(on_rows):
    often, seldom = MLP.but(epochs=6), MLP.but(epochs=6, look_every=3)
    weights, history = trained(on_rows, often)
    less, shorter = trained(on_rows, seldom)
    assert equal(weights, less)
    assert shorter["val_loss"] == history["val_loss"][2::3]
    assert shorter["loss"] == pytest.approx([np.mean(history["loss"][:3]), np.mean(history["loss"][3:])], rel=1e-5)


CHANGES = {
    "creative": 0.5, "mixup": 0.4, "cutmix": 1.0,
    "learning_rate": 1e-2, "weight_decay": 5.0, "dropout": 0.5, "label_smoothing": 0.4, "augment": 1.0,
    "schedule": "constant", "batch": 8, "epochs": 4, "class_weights": True, "head_bias": False, "n_rows": 40,
    "stop_after": 1, "seed": 6, "control": "zeros", "fold": 1, "refit": True, "hp": {"width": 24, "depth": 1},
    "beta_2": 0.5, "clip": 1e-3,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_every_number_of_a_configuration_changes_the_result(on_digits, field):
    config = MLP.but(augment=0.3, epochs=2)
    assert trained(on_digits, config.but(**{field: CHANGES[field]}))[1] != trained(on_digits, config)[1]


def test_fading_takes_dropout_and_decay_back_in_the_second_half_only(on_digits):
    config = MLP.but(epochs=4, dropout=0.5, weight_decay=1.0)
    kept, faded = (trained(on_digits, config.but(fade=fade))[1]["loss"] for fade in (False, True))
    assert kept[:3] == faded[:3]
    assert kept[3] != faded[3]


def test_four_cycles_end_at_0_and_double_in_length():
    from wizard.models.layers import Schedule

    schedule = Schedule()
    schedule.peak.assign(1.0)
    schedule.steps.assign(1500.0)
    schedule.kind.assign(2)
    rates = np.array([float(schedule(step)) for step in range(1500)])
    ends = [100, 300, 700, 1500]  # shares 1/15, 3/15, 7/15 and 1: where log2(1 + 15 t) is a whole number
    assert max(rates[end - 1] for end in ends) < 1e-3
    assert [rates[a:b].max() > 0.99 for a, b in zip([0, *ends], ends, strict=False)] == [True] * 4


def test_the_same_configuration_gives_the_same_bits_twice_on_a_table(on_rows):
    first = trained(on_rows, MLP)
    trained(on_rows, MLP.but(seed=9))
    second = trained(on_rows, MLP)
    assert equal(first[0], second[0])
    assert first[1] == second[1]


def test_patience_goes_back_to_the_weights_of_the_best_epoch(on_rows):
    config = MLP.but(patience=1, learning_rate=0.3, epochs=20, schedule="constant")
    compiled, prepared = on_rows.compiled(config), on_rows.prepared(config)
    fitted = fit(compiled, config, prepared)
    assert fitted.best_epoch == int(np.argmin(fitted.history["val_loss"])) + 1
    assert len(fitted.history["val_loss"]) == fitted.best_epoch + 1 < 20
    loss = losses_of(compiled.predict(prepared.held), prepared.y[prepared.held], on_rows.task).mean()
    assert loss == pytest.approx(min(fitted.history["val_loss"]), rel=1e-6)


def test_a_smoothing_that_numbers_do_not_take_leaves_stopping_alone(tmp_path):
    x = np.random.default_rng(0).normal(size=(120, 4))
    trainer = trainer_for(dataset_of((x, x[:, 0] + 1.5)), tmp_path)
    config = MLP.but(patience=1, learning_rate=0.3, epochs=20, schedule="constant")
    fitted = fit(trainer.compiled(config), config, trainer.prepared(config))
    assert fitted.best_epoch == 1 + int(np.argmin(fitted.history["val_loss"]))
    assert len(fitted.history["val_loss"]) < 20


def test_a_loss_that_is_low_enough_ends_a_run(on_rows):
    history = trained(on_rows, MLP.but(fit_to=0.6, epochs=50, dropout=0.0, label_smoothing=0.0))[1]
    assert history["loss"][-1] <= 0.6 < history["loss"][-2]


def test_a_run_on_few_rows_uses_only_them(on_rows):
    config, prepared = MLP.but(n_rows=10), on_rows.prepared(MLP)
    rows = training_rows(config, prepared)
    assert len(rows) == 10
    assert set(rows) <= set(prepared.train)
    assert training_rows(MLP.but(n_rows=10_000), prepared).tolist() == prepared.train.tolist()
    assert not np.array_equal(training_rows(config.but(seed=1), prepared), rows)


def test_class_weights_make_every_class_count_the_same(on_rows):
    prepared = on_rows.prepared(MLP)
    weight = row_weights(MLP.but(class_weights=True), prepared, on_rows.task)[prepared.train]
    totals = np.bincount(prepared.y[prepared.train], weight)
    assert totals[0] == pytest.approx(totals[1], rel=0.05)  # the prior imagines one more example a class
    assert weight.mean() == pytest.approx(1)


def test_predictions_are_probabilities_or_in_the_targets_unit(on_digits):
    outputs = np.random.default_rng(0).normal(0, 50, (5, 10)).astype("float32")
    p = to_predictions(outputs, on_digits.prepared(MLP), on_digits.task)
    assert p.sum(1) == pytest.approx(np.ones(5))
    assert p == pytest.approx(np.asarray(tf.nn.softmax(outputs.astype("float64"))))
    y = np.arange(5)
    reference = keras.losses.sparse_categorical_crossentropy(y, outputs, from_logits=True)
    assert losses_of(outputs, y, on_digits.task) == pytest.approx(np.asarray(reference), rel=1e-5)


def test_user_s_own_random_generators_are_left_as_they_were():
    import random

    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    expected = random.Random(3).random(), np.random.RandomState(3).rand()
    with keras_seed(1):
        np.random.rand()  # noqa: NPY002
    assert (random.random(), np.random.rand()) == expected  # noqa: NPY002


def test_what_smoothing_mixes_in_is_the_cross_entropy_with_even_labels():
    z = np.array([[2.0, 0.0, -1.0]])
    p = np.exp(z) / np.exp(z).sum()
    task = Task(kind="multiclass", target="y", classes=("a", "b", "c"))
    assert smoothed_part(z, task) == pytest.approx([-np.log(p).mean()])
