import tensorflow as tf

from tests.small import some_texts
from tests.stages.walk import digits, journey_on, walk
from wizard.core.config import TrainingConfig

CONFIG = TrainingConfig(family="mlp", hp={"width": 64, "depth": 1}, learning_rate=3e-3, epochs=8)
GIVEN = {"metric": "accuracy", "incumbent": CONFIG, "stage_configs": {"overfit": CONFIG}}


def test_tried_on_pictures(tmp_path):
    finding = walk(journey_on(digits(300), tmp_path), "regularize", "augment", given=GIVEN)["augment"]
    assert finding.status in ("passed", "noted")
    assert not finding.headline.startswith("Not used")
    assert {item.caption for item in finding.blocks[-1].items} == {"as it is", "strength 0.5"}


def test_one_that_destroys_what_pictures_show_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.models.layers.moved", lambda x, strength, seed: tf.reverse(x, [1]) * 0 + 7.0)
    finding = walk(journey_on(digits(300), tmp_path), "regularize", "augment", given=GIVEN)["augment"]
    assert finding.status == "noted"
    assert finding.headline.startswith("Not used: ")
    assert finding.measured < 0.85
    assert [cause.fault for cause in finding.causes] == ["A01"]


def test_words_of_texts_are_hidden(tmp_path):
    config = CONFIG.but(family="linear", hp={}, learning_rate=1e-2)
    given = {"metric": "accuracy", "incumbent": config, "stage_configs": {"overfit": config}}
    finding = walk(journey_on(some_texts(200), tmp_path), "regularize", "augment", given=given)["augment"]
    assert finding.status in ("passed", "noted")
    before, after = (item.text for item in finding.blocks[-1].items[:2])
    assert after.count("▢") > before.count("▢")


def test_the_full_strength_comes_first_where_explore_found_such_variation(tmp_path):
    given = {**GIVEN, "vary": ("shift", "brightness")}
    finding = walk(journey_on(digits(300), tmp_path), "regularize", "augment", given=given)["augment"]
    captions = [item.caption for item in finding.blocks[-1].items]
    assert set(captions) == {"as it is", "strength 1", "strength 0.5"}
    assert captions.index("strength 1") < captions.index("strength 0.5")
    assert finding.headline.startswith("Explore found that inputs vary in shift, and that this tells nothing. ")


def test_skipped_for_tables(journeys):
    assert walk(journeys["amounts"], "regularize", "augment")["augment"].status == "skipped"
