import numpy as np
import pytest

from tests.small import trainer_for
from wizard.core.config import TrainingConfig
from wizard.training.prepared import Preparer

PLAIN = TrainingConfig(family="linear")


def test_the_target_s_scale_comes_from_the_training_rows(amounts, tmp_path):
    trainer = trainer_for(amounts, tmp_path)
    prepared = trainer.prepared(PLAIN)
    y = trainer.preparer.y[trainer.split.train]
    assert (prepared.scale.mean, prepared.scale.std) == pytest.approx((y.mean(), y.std()))
    standardised = prepared.scale.to_network(trainer.preparer.y)
    assert prepared.scale.to_user(standardised) == pytest.approx(trainer.preparer.y, rel=1e-6)


def test_channel_statistics_and_priors_come_from_the_training_rows(digits, tmp_path):
    trainer = trainer_for(digits, tmp_path)
    prepared = trainer.prepared(PLAIN)
    pixels = digits.examples.pixels[trainer.split.train]
    assert prepared.channel_mean == pytest.approx(pixels.mean((0, 1, 2)), rel=1e-5)
    assert prepared.channel_std == pytest.approx(pixels.std((0, 1, 2)), rel=1e-5)
    assert prepared.prior.sum() == pytest.approx(1)


def test_every_fold_is_prepared_once_and_remembered(digits, tmp_path):
    trainer = trainer_for(digits, tmp_path)
    prepared = trainer.prepared(PLAIN.but(fold=1))
    assert trainer.prepared(PLAIN.but(fold=1, seed=8, learning_rate=1.0)) is prepared
    assert prepared.train.tolist() == trainer.split.folds[1][0].tolist()
    assert prepared.held.tolist() == trainer.split.folds[1][1].tolist()
    assert trainer.prepared(PLAIN.but(inputs={"height": 4, "width": 4})).tensors["image"].shape[1:3] == (4, 4)


def test_only_a_few_preparations_stay_in_memory(rows, tmp_path):
    trainer = trainer_for(rows, tmp_path)
    for fold in (None, 0, 1, 2):
        trainer.prepared(PLAIN.but(fold=fold))
    trainer.prepared(PLAIN.but(refit=True))
    assert len(trainer.preparer._prepared) == len(trainer.preparer._encodings) == Preparer.KEPT


def test_channels_that_never_change_are_not_blown_up(tmp_path):
    from tests.small import dataset_of

    pictures = np.zeros((60, 4, 4, 3), "uint8")
    pictures[..., 0] = np.random.default_rng(0).integers(0, 256, (60, 4, 4))
    trainer = trainer_for(dataset_of((pictures, np.resize(["a", "b"], 60))), tmp_path)
    assert trainer.prepared(PLAIN).channel_std[1:].tolist() == [1, 1]
