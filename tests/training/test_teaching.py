"""Weights averaged over a run's end, and networks that learn from others."""

import numpy as np
import pytest
from pydantic import ValidationError

from tests.small import dataset_of, some_amounts, some_rows, trainer_for
from wizard.core.config import TrainingConfig
from wizard.training.trainer import Trainer

MLP = TrainingConfig(family="mlp", hp={"width": 8, "depth": 1}, epochs=4, batch=32, learning_rate=1e-2)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory) -> Trainer:
    return trainer_for(dataset_of(some_rows(200), "bought"), tmp_path_factory.mktemp("taught"))


def by_look(trainer, config):
    """Weights after each look of a run, by runs that stop there."""
    return [trainer.weights(trainer.train(config.but(stop_after=n))) for n in range(1, config.epochs + 1)]


def test_an_average_is_the_mean_of_the_last_looks_weights(trainer):
    looks = by_look(trainer, MLP)
    averaged = trainer.weights(trainer.train(MLP.but(average=0.5)))
    for mean, third, fourth in zip(averaged, looks[2], looks[3], strict=True):
        if mean.dtype == np.float32:
            np.testing.assert_allclose(mean, (third.astype("float64") + fourth) / 2, rtol=1e-6, atol=1e-7)


def test_an_average_begins_anew_with_each_run(trainer):
    first = trainer.train_unstored(MLP.but(average=0.5))
    trainer.train_unstored(MLP.but(average=1.0, seed=1))
    again = trainer.train_unstored(MLP.but(average=0.5))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_averaging_and_best_weights_exclude_each_other():
    with pytest.raises(ValidationError, match="exclude each other"):
        MLP.but(average=0.5, patience=3)


@pytest.mark.parametrize("mixup", [0.0, 0.4])
def test_a_student_without_labels_learns_what_its_teacher_says(trainer, mixup):
    teacher = MLP.but(epochs=20)
    student = MLP.but(epochs=20, teacher=((teacher, 1.0),), soft=1.0, seed=5, mixup=mixup)
    rows = trainer.split.test
    theirs = trainer.predict(trainer.train(teacher), rows)
    own = trainer.predict(trainer.train(student), rows)
    assert (own.argmax(1) == theirs.argmax(1)).mean() > 0.9
    untaught = trainer.train(student.but(soft=0.0))
    assert untaught.key != trainer.train(student).key


def test_a_share_of_nothing_is_learning_from_labels_alone(trainer):
    taught = trainer.train(MLP.but(teacher=((MLP.but(seed=3), 1.0),), soft=0.0))
    alone = trainer.train(MLP)
    assert taught.scores["val_loss"] == pytest.approx(alone.scores["val_loss"], abs=1e-4)


def test_a_student_of_amounts(tmp_path):
    trainer = trainer_for(dataset_of(some_amounts(200), "price"), tmp_path)
    teacher = MLP.but(epochs=30)
    student = teacher.but(teacher=((teacher, 0.5), (teacher.but(seed=1), 0.5)), soft=1.0, seed=5)
    theirs, own = (trainer.predict(trainer.train(one), trainer.split.test) for one in (teacher, student))
    assert np.corrcoef(theirs, own)[0, 1] > 0.9
