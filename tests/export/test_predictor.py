"""The exported file answers in a process of its own what the wizard answers here."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.export.predictors import KINDS, MIXED, made
from tests.small import fresh, short_recipe, some_amounts, some_digits, some_rows
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.export.predictor import load_predictor, predict_raw
from wizard.export.saved_model import load_served, save_for_tensorflow

MLP = TrainingConfig(family="mlp", hp={"width": 16, "depth": 1}, epochs=4, learning_rate=1e-2)
LOADED = """
import json, sys, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "__array__ implementation")
import numpy as np
import wizard, keras, tensorflow as tf
raw = dict(np.load(sys.argv[2]))
names = json.loads(sys.argv[4])
model = keras.saving.load_model(sys.argv[1])
out = model({names[key]: tf.constant(values) for key, values in raw.items()})
answers = {name: np.asarray(values) for name, values in out.items()}
np.savez(sys.argv[3], **{k: v.astype(str) if v.dtype == object else v for k, v in answers.items()})
"""


def overfitted(monkeypatch, raw, target, folder, config=MLP, **options):
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(config))
    return Wizard(raw, target, budget="quick", out=folder, **options).explore().baseline().overfit()


def answers_of_file(wizard, raw, folder):
    """What the exported file answers in a fresh process, given raw columns or pictures by name."""
    file = wizard.export(folder / "model.keras")
    names = {f"input_{number}": name for number, name in enumerate(raw)}
    np.savez(folder / "raw.npz", **dict(zip(names, raw.values(), strict=True)))
    fresh(LOADED, file, folder / "raw.npz", folder / "out.npz", json.dumps(names))
    with np.load(folder / "out.npz") as stored:
        return dict(stored)


def columns_of(frame, numbers, words, dates):
    raw = {name: frame[name].to_numpy("float64") for name in numbers}
    raw |= {name: frame[name].fillna("").to_numpy(str) for name in words}
    return raw | {name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("").to_numpy(str) for name in dates}


ODD_NAMES = {"city": "label", "age": "together"}  # as parts of a predictor are called


@pytest.fixture(scope="module")
def of_rows(tmp_path_factory):
    """A wizard that has learnt a table with gaps, words, dates and odd names."""
    with pytest.MonkeyPatch.context() as patch:
        return overfitted(patch, some_rows(150).rename(columns=ODD_NAMES), "bought", tmp_path_factory.mktemp("rows"))


@pytest.mark.slow
def test_a_table_with_gaps_words_dates_and_odd_names(of_rows, tmp_path):
    wizard = of_rows
    new = some_rows(40, seed=1).rename(columns=ODD_NAMES).drop(columns="bought")
    new.loc[0] = None
    new.loc[1, "label"] = "Atlantis"
    out = answers_of_file(wizard, columns_of(new, ["together", "a b/c.d é"], ["label"], ["since"]), tmp_path)
    assert np.abs(out["probabilities"] - wizard.predict_proba(new)).max() < 1e-6
    assert out["label"].tolist() == wizard.predict(new).tolist()
    assert np.isfinite(out["probabilities"]).all()


@pytest.mark.long
def test_pictures_of_any_size(monkeypatch, tmp_path):
    x, y = some_digits(120)
    wizard = overfitted(
        monkeypatch, (x, y), None, tmp_path, MLP.but(family="resnet", hp={"width": 8, "stages": 1}, epochs=2)
    )
    for pictures in (x[:9, :, :, None], np.repeat(np.repeat(x[:5], 3, 1), 2, 2)[..., None]):
        out = answers_of_file(wizard, {"image": pictures}, tmp_path)
        assert np.abs(out["probabilities"] - wizard.predict_proba(pictures)).max() < 1e-6
        assert out["label"].tolist() == wizard.predict(pictures).tolist()


@pytest.mark.slow
def test_a_regression_answers_in_the_unit_of_its_target(monkeypatch, tmp_path):
    wizard = overfitted(monkeypatch, some_amounts(200), "price", tmp_path, MLP.but(epochs=30))
    new = some_amounts(50, seed=1)
    out = answers_of_file(wizard, columns_of(new, ["area", "rooms"], [], []), tmp_path)
    assert out["prediction"] == pytest.approx(wizard.predict(new), rel=1e-5)
    assert wizard.evaluate(new)["r2"] > 0.5


@pytest.mark.parametrize("kind", MIXED)
def test_members_that_see_the_same_examples_in_two_ways(kind, monkeypatch, tmp_path):
    monkeypatch.setitem(KINDS, kind, (*KINDS[kind][:3], None))
    one = made(kind, tmp_path, MIXED[kind])
    one.model.save(tmp_path / "model.keras")
    loaded = load_predictor(tmp_path / "model.keras")
    answers = predict_raw(loaded, one.preparation, one.dataset.examples.take(one.rows), one.task)
    assert answers == pytest.approx(one.together, rel=1e-5, abs=1e-6)
    save_for_tensorflow(one.model, tmp_path / "saved_model")
    served = load_served(tmp_path / "saved_model", frozenset(loaded.input))
    assert predict_raw(served, one.preparation, one.dataset.examples.take(one.rows), one.task) == pytest.approx(
        answers, rel=1e-5, abs=1e-6
    )


def test_rows_that_were_never_seen_have_an_answer_one_each(of_rows):
    wizard = of_rows
    odd = pd.DataFrame({"age": [np.nan, 1e300, -40], "a b/c.d é": [np.nan, 0, -1e300], "city": [None, "Rom", "Ulm"],
                        "since": pd.to_datetime([None, "1700-01-01", "2196-02-29"])})  # fmt: skip
    odd = odd.rename(columns=ODD_NAMES)
    p = wizard.predict_proba(odd)
    assert p.shape == (3, 2)
    assert p.sum(1) == pytest.approx(np.ones(3))
    assert wizard.predict(odd.iloc[:0]).shape == (0,)
    assert set(wizard.predict(odd)) <= {"yes", "no"}


def test_an_answer_does_not_depend_on_the_other_rows(of_rows):
    new = some_rows(300, seed=2).rename(columns=ODD_NAMES)
    together = of_rows.predict_proba(new)
    alone = np.concatenate([of_rows.predict_proba(new.iloc[[i]]) for i in (0, 150, 299)])
    assert alone == pytest.approx(together[[0, 150, 299]], abs=1e-6)
