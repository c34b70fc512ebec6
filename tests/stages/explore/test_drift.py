from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.small import some_series, some_texts
from tests.stages.walk import diabetes, digits, journey_on, tagged, tumours, walk


def found(raw, folder, target=None, **options):
    return walk(journey_on(raw, folder, target, **options), "explore", "drift")["drift"]


def halves(frame, seed=0):
    """A table in random order, cut in two."""
    frame = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    return frame[: 2 * len(frame) // 3], frame[2 * len(frame) // 3 :]


def test_silent_on_clean_data(explored, kind):
    finding = explored[kind]["drift"]
    assert finding.status == "passed"
    assert finding.interval[0] < 0.6


@pytest.mark.parametrize("some", [some_texts, some_series])
def test_silent_on_clean_texts_and_series(tmp_path, some):
    assert found(some(200), tmp_path).status == "passed"


@pytest.mark.parametrize(("make", "target"), [(tumours, "diagnosis"), (diabetes, "progression")])
@pytest.mark.parametrize("name", ["validation", "test"])
def test_own_sets_drawn_at_random_are_no_alarm(tmp_path, make, target, name):
    train, own = halves(make())
    assert found(train, tmp_path, target, **{name: own}).status == "passed"


def test_a_column_in_another_unit_is_named(tmp_path):
    train, own = halves(tumours())
    own = own.assign(**{"mean radius": own["mean radius"] * 2.54})
    finding = found(train, tmp_path, "diagnosis", validation=own)
    assert finding.status == "warned"
    assert "most by 'mean radius'" in finding.headline
    assert finding.causes[0].fault == "S09"
    assert finding.blocks[1].rows[0][0] == "mean radius"


def test_brighter_pictures_in_one_set_are_named(tmp_path):
    x, y = digits(500)
    brighter = np.clip(x[350:].astype(int) + 50, 0, 255).astype("uint8")
    finding = found((x[:350], y[:350]), tmp_path, validation=(brighter, y[350:]))
    assert finding.status == "warned"
    assert "brightness" in finding.headline or "border" in finding.headline


def test_shouted_texts_in_one_set_are_named(tmp_path):
    texts, labels = some_texts(240)
    finding = found((texts[:160], labels[:160]), tmp_path, test=([t.upper() for t in texts[160:]], labels[160:]))
    assert finding.status == "warned"
    assert "test rows" in finding.headline
    assert "capital letters" in finding.headline


def test_series_of_another_level_in_one_set_are_named(tmp_path):
    series, names = some_series(200)
    finding = found((series[:140], names[:140]), tmp_path, validation=([one + 2 for one in series[140:]], names[140:]))
    assert finding.status == "warned"
    assert "level of" in finding.headline


def test_what_follows_time_differs_by_construction(tmp_path):
    frame = tumours().assign(day=np.arange(569.0))
    frame["mean radius"] = frame["mean radius"] + frame["day"] / 30
    finding = found(frame, tmp_path, "diagnosis", time="day")
    assert finding.status == "noted"
    assert "split by time" in finding.headline


def test_copies_that_lie_on_one_side_are_no_drift(tmp_path):
    frame = pd.concat([tumours(300), *[tumours(40)] * 5])
    assert found(frame, tmp_path, "diagnosis").status == "passed"


def test_other_shares_of_classes_are_warned_of(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(600, 4)), columns=list("abcd"))
    frame["label"] = np.where(random.random(600) < np.where(np.arange(600) < 400, 0.5, 0.2), "no", "yes")
    finding = found(frame[:400], tmp_path, "label", validation=frame[400:])
    assert finding.status == "warned"
    assert finding.causes[0].fault == "S08"
    assert "Classes have other shares in your validation set" in finding.headline


def test_rows_sorted_by_class_are_named_before_what_follows_from_it(tmp_path):
    frame = tumours().sort_values("diagnosis", kind="stable")
    finding = found(frame[:400], tmp_path, "diagnosis", validation=frame[400:])
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["S08", "S09"]
    assert "A probe tells training rows from validation rows" in finding.headline


def test_other_amounts_are_warned_of(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(600, 4)), columns=list("abcd"))
    frame["y"] = random.normal(size=600) + (np.arange(600) >= 400)
    finding = found(frame[:400], tmp_path, "y", validation=frame[400:])
    assert finding.status == "warned"
    assert finding.causes[0].fault == "S08"


def test_a_class_that_training_never_sees_is_refused(tmp_path):
    frame = tumours()
    own = frame[:60].assign(diagnosis=["unknown"] * 10 + list(frame["diagnosis"][10:60]))
    finding = found(frame[60:], tmp_path, "diagnosis", validation=own)
    assert finding.status == "failed"
    assert finding.causes[0].fault == "L09"
    assert "'unknown'" in finding.headline


def test_other_shares_of_labels_are_warned_of(tmp_path):
    x, y = tagged(400)
    order = np.argsort(-y[:, 0], kind="stable")
    finding = found((x[order[:200]], y[order[:200]]), tmp_path, validation=(x[order[200:]], y[order[200:]]))
    assert finding.status == "warned"


def test_skipped_for_a_handful(tmp_path):
    assert found(tumours(60), tmp_path, "diagnosis").status == "skipped"


@pytest.mark.parametrize(("varies", "status"), [(True, "noted"), (False, "warned")])
def test_training_pictures_that_a_users_pipeline_augments_are_no_drift(tmp_path, varies, status):
    from wizard.core.backend import keras
    from wizard.training.pipeline import Pipeline, Tensors

    x, y = digits(400)
    train = np.clip(x[:300] * 0.6 + 60, 0, 255).astype("uint8")  # as a pass over an augmented training set may look
    again = np.clip(x[:100] * 0.9 + 20, 0, 255).astype("uint8") if varies else train[:100]
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    journey = journey_on((train, y[:300]), tmp_path, validation=(x[300:], y[300:]))
    journey = replace(journey, foreign=Pipeline(
        model, Tensors(train[..., None], y[:300]), Tensors(x[300:, ..., None], y[300:]), second_x=again[..., None]
    ))  # fmt: skip
    finding = walk(journey, "explore", "drift")["drift"]
    assert finding.status == status
    assert ("augmentation of the training set alone" in finding.headline) == varies
