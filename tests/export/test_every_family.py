"""A file of a network of every family answers what the network answered while training, on the whole validation set."""

import numpy as np
import pytest

from tests.export.predictors import KINDS
from tests.small import dataset_of, trainer_for
from wizard.core.config import TrainingConfig
from wizard.export.predictor import Member, build_predictor, load_predictor, predict_raw
from wizard.export.saved_model import load_served, save_for_tensorflow
from wizard.models.family import names

CASES = {  # family: kind of data, sizes
    "linear": ("table", {}),
    "mlp": ("table", {"width": 16, "depth": 1}),
    "realmlp": ("amounts", {"width": 16, "depth": 1}),
    "tabm": ("table", {"members": 4, "width": 16, "depth": 1, "bins": 4}),
    "resnet": ("pictures", {"width": 8, "stages": 2, "blocks": 1}),
    "pretrained": ("pictures", {"application": "MobileNetV3Small", "frozen": True, "weights": "none"}),
    "bag_of_ngrams": ("texts", {}),
    "text_cnn": ("texts", {"width": 16, "filters": 16}),
    "transformer": ("texts", {"width": 16, "layers": 1}),
    "convnet_1d": ("series", {"width": 8, "blocks": 2}),
    "inception_time": ("series", {"filters": 4, "depth": 3}),
    "minirocket": ("series", {"features": 500}),
}
DEAR = ("pretrained", "inception_time", "transformer", "tabm")


def test_every_family_has_a_case():
    assert set(CASES) == set(names())


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.long if n in DEAR else pytest.mark.slow)
                                  for n in CASES])  # fmt: skip
def test_both_files_agree_with_the_network_in_memory(name, tmp_path):
    kind, hp = CASES[name]
    raw, target, task, _ = KINDS[kind]
    dataset = dataset_of(raw(), tuple(target) if isinstance(target, list) else target)
    trainer = trainer_for(dataset, tmp_path / "store", task=task)
    run = trainer.train(TrainingConfig(family=name, hp=hp, epochs=1, learning_rate=1e-3))
    expected, rows = trainer.held_predictions(run), trainer.split.validation
    prepared = trainer.prepared(run.config)
    model = build_predictor([Member(run.config, prepared, trainer.weights(run), 1.0)], trainer.task)
    model.save(tmp_path / "model.keras")
    save_for_tensorflow(model, tmp_path / "saved_model")
    loaded = load_predictor(tmp_path / "model.keras")
    for one in (loaded, load_served(tmp_path / "saved_model", frozenset(loaded.input))):
        found = predict_raw(one, prepared.preparation, dataset.examples.take(rows), trainer.task)
        is_class = trainer.task.is_classification
        away = np.abs(found - expected) / (1.0 if is_class else np.std(expected, axis=0))
        assert away.max() < (1e-6 if is_class else 1e-5)
