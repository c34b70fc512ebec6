import numpy as np
import pytest

from tests.small import dataset_of, some_digits, trainer_for
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.data.synthetic import read_synthetic
from wizard.training.rows import training_rows

CONFIG = TrainingConfig(family="mlp", hp={"width": 8, "depth": 1}, epochs=2, batch=16)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory):
    return trainer_for(dataset_of(some_digits(120)), tmp_path_factory.mktemp("store"))


def test_made_examples_are_trained_on_where_their_parents_are_and_judged_nowhere(trainer):
    dataset, split = trainer.dataset, trainer.split
    made = read_synthetic(lambda one, random: np.roll(one, 1, axis=1), dataset, split.known, 0)
    trainer.preparer.synthetic = made
    config = CONFIG.but(synthetic=made.key, fold=0)
    prepared = trainer.prepared(config)
    rows = training_rows(config, prepared)
    extra = rows[rows >= len(dataset)]
    assert set(made.parents[extra - len(dataset)]) == set(split.rows(0)[0])
    run, plain = trainer.train(config), trainer.train(CONFIG.but(fold=0))
    assert run.n_train == 2 * plain.n_train
    assert run.scores["val_loss"] != plain.scores["val_loss"]
    assert trainer.held_predictions(run).shape == trainer.held_predictions(plain).shape
    assert np.isfinite(trainer.predict(run, np.arange(len(dataset)))).all()


def test_a_copy_as_synthetic_example_weighs_twice(trainer):
    """Every training row once more is the same as each with twice the weight: one batch of all, one step."""
    dataset, split = trainer.dataset, trainer.split
    same = read_synthetic(lambda one, random: one, dataset, split.known, 0)
    trainer.preparer.synthetic = same
    whole = CONFIG.but(epochs=1, batch=1_000, fold=0)
    twice = trainer.train(whole.but(synthetic=same.key))
    once = trainer.train(whole)
    assert twice.scores["val_loss"] == pytest.approx(once.scores["val_loss"], rel=1e-5)


def test_examples_that_are_not_at_hand_are_asked_for(trainer):
    trainer.preparer.synthetic = None
    with pytest.raises(OptionError, match=r"Call regularize\(synthetic=…\) with the same examples first"):
        trainer.train(CONFIG.but(synthetic="gone"))
