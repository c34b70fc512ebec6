"""The saved model answers in a process that has TensorFlow and nothing of ours."""

import json
import pickle

import numpy as np
import pytest

from tests.export.predictors import KINDS, made
from tests.small import fresh
from wizard.export.predictor import answers_of
from wizard.export.saved_model import save_for_tensorflow

pytestmark = pytest.mark.slow  # a predictor of every kind, and a process of TensorFlow's own

SERVED = """
import json, os, pickle, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.modules["wizard"] = None  # importing it raises
import numpy as np
import tensorflow as tf
folder = sys.argv[1]
with open(f"{folder}/asked.pickle", "rb") as file:
    asked = pickle.load(file)
def plain(values):
    values = values.numpy()
    return np.array([one.decode() for one in values.tolist()]) if values.dtype == object else values
answers = {}
for kind, batches in asked.items():
    loaded = tf.saved_model.load(f"{folder}/{kind}/saved_model")
    tensors = [{name: tf.constant(values) for name, values in batch.items()} for batch in batches]
    answers[kind] = [{name: plain(v) for name, v in loaded.serve(one).items()} for one in tensors]
    if kind == "series":
        padded = tf.constant(np.pad(batches[0]["series"], ((0, 0), (0, 7), (0, 0)), constant_values=99))
        lengths = tf.constant([batches[0]["series"].shape[1]] * len(batches[0]["series"]))
        found = loaded.serve_padded({"series": padded, "lengths": lengths})
        answers["padded"] = {name: plain(v) for name, v in found.items()}
with open(f"{folder}/answers.pickle", "wb") as file:
    pickle.dump(answers, file)
assert not any(name.startswith("wizard.") for name in sys.modules)
print(json.dumps(sorted(answers)))
"""


LOADED = """
import pickle, sys
import numpy as np
import wizard, keras
import tensorflow as tf
folder = sys.argv[1]
with open(f"{folder}/asked.pickle", "rb") as file:
    asked = pickle.load(file)
answers = {}
for kind, batches in asked.items():
    model = keras.saving.load_model(f"{folder}/{kind}/model.keras")
    tensors = [{name: tf.constant(values) for name, values in batch.items()} for batch in batches]
    answers[kind] = [{name: np.asarray(values) for name, values in model(one).items()} for one in tensors]
with open(f"{folder}/answers of keras.pickle", "wb") as file:
    pickle.dump(answers, file)
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """For each kind: (predictor, raw batches, the fresh process's answers), and those to padded series."""
    folder = tmp_path_factory.mktemp("served")
    predictors = {kind: made(kind, folder) for kind in KINDS}
    for kind, one in predictors.items():
        save_for_tensorflow(one.model, folder / kind / "saved_model")
        one.model.save(folder / kind / "model.keras")
    batches = {kind: one.batches(kind) for kind, one in predictors.items()}
    (folder / "asked.pickle").write_bytes(pickle.dumps(batches))
    assert json.loads(fresh(SERVED, folder, cwd=folder)) == sorted([*KINDS, "padded"])
    answers = pickle.loads((folder / "answers.pickle").read_bytes())
    fresh(LOADED, folder)
    found = {kind: (predictors[kind], batches[kind], answers[kind]) for kind in KINDS}
    of_keras = pickle.loads((folder / "answers of keras.pickle").read_bytes())
    return found | {"padded": answers["padded"], "keras": of_keras}


@pytest.mark.parametrize("kind", KINDS)
def test_it_agrees_with_the_wizard_on_the_whole_validation_set(kind, asked):
    predictor, batches, answers = asked[kind]
    assert sum(len(next(iter(batch.values()))) for batch in batches) > len(predictor.rows)
    expected = answers_of(predictor.model, predictor.preparation, predictor.dataset.examples.take(predictor.rows),
                          predictor.task)  # fmt: skip
    order = np.concatenate(
        [rows for rows, _ in predictor.preparation.raw_batch(predictor.dataset.examples.take(predictor.rows))]
    )
    for name, values in expected.items():
        found = np.concatenate([answer[name] for answer in answers])[: len(predictor.rows)]
        if name in ("label", "labels"):
            assert found.tolist() == values[order].tolist()
        elif name == "probabilities":
            assert np.abs(found - values[order]).max() < 1e-6
        else:
            assert found == pytest.approx(values[order], rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_the_keras_file_in_a_process_of_its_own(kind, asked):
    predictor, _, answers = asked[kind]
    n = len(predictor.rows)
    for one, other in zip(asked["keras"][kind], answers, strict=True):
        for name, values in other.items():
            found = one[name]
            if name in ("label", "labels"):
                assert [getattr(v, "decode", lambda v=v: v)() for v in found.ravel()] == values.ravel().tolist()
            elif name == "probabilities":
                assert np.abs(found - values).max() < 1e-6
            else:
                assert found == pytest.approx(values, rel=1e-5)
    assert sum(len(next(iter(one.values()))) for one in asked["keras"][kind]) > n


@pytest.mark.parametrize("kind", KINDS)
def test_empty_missing_and_tiny_inputs_have_an_answer(kind, asked):
    predictor, _, answers = asked[kind]
    for answer in answers:
        for name, values in answer.items():
            assert name in ("label", "labels") or np.isfinite(values).all()
    assert sum(len(next(iter(answer.values()))) for answer in answers) > len(predictor.rows)


def test_padded_series_with_lengths_are_answered_as_they_were(asked):
    _, _, answers = asked["series"]
    assert np.abs(asked["padded"]["probabilities"] - answers[0]["probabilities"]).max() < 1e-6


def test_calibration_is_inside(asked):
    _, _, answers = asked["table"]
    names = np.where(answers[0]["probabilities"][:, 1] >= np.float32(0.55), "yes", "no").tolist()
    assert answers[0]["label"].tolist() == names
    assert len(set(names)) == 2
    _, _, answers = asked["amounts"]
    above = answers[0]["high"] - answers[0]["prediction"]
    assert above == pytest.approx(np.tile([5e4, 1.0], (len(above), 1)))
    _, _, answers = asked["labels"]
    assert (answers[0]["labels"] == (answers[0]["probabilities"] >= 0.4)).all()
