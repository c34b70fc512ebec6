"""The five questions asked of every kind of label, and all steps of clean texts and series.

The other files of this folder ask single steps of data whose answer is known, mostly of classes; here the same data
bear numbers, several numbers, or any number of labels, and come as a stream.
"""

import numpy as np
import pytest

from tests.small import some_series, some_texts
from tests.stages.explore.known import shaded, striped, two_of_twenty
from tests.stages.explore.known_answers import pictures, series, table, texts
from tests.stages.walk import journey_on, walk
from wizard.stages.explore import STEPS


def amounts(y):
    """Numbers around 0 and 1."""
    return (y == np.unique(y)[1]) + 0.1 * np.random.default_rng(0).normal(size=len(y))


def targets(y):
    """Two numbers, the second of which runs the other way."""
    return np.column_stack([amounts(y), 5 - 3 * amounts(y)])


def labels(y):
    """Two labels, the second of which mostly goes with the first."""
    first = y == np.unique(y)[1]
    return np.column_stack([first, first ^ (np.random.default_rng(0).random(len(y)) < 0.1)]).astype(int)


def answers(raw, folder, target=None):
    steps = ("imbalance", "local_or_global", "position", "spurious_variation", "downsampling")
    return walk(journey_on(raw, folder, target), "explore", *steps)


@pytest.mark.parametrize("make", [some_texts, some_series])
def test_no_step_raises_an_alarm_on_clean_texts_and_series(make, tmp_path):
    walked = walk(journey_on(make(160), tmp_path), "explore")
    assert list(walked) == list(STEPS)
    assert {name: one.headline for name, one in walked.items() if one.status in ("warned", "failed")} == {}
    skipped = {name for name, one in walked.items() if one.status == "skipped"}
    assert skipped <= {"position"}, skipped


@pytest.mark.parametrize(("make", "kind", "is_local", "change"), [
    (series, "arrangement", False, amounts),
    *(pytest.param(make, kind, kind == "anywhere", change, marks=pytest.mark.long)
      for make in (pictures, texts, series) for kind in ("anywhere", "arrangement")
      for change in (amounts, targets, labels)),
])  # fmt: skip
def test_parts_suffice_for_numbers_and_labels_where_they_do_for_classes(make, kind, is_local, change, tmp_path):
    x, y = make(
        kind, 400, 2 if (make, kind) == (pictures, "anywhere") else 1
    )  # from 1 the probe's edge is in the noise
    assert answers((x, change(y)), tmp_path).decided["is_local"] is is_local


@pytest.mark.long
@pytest.mark.parametrize("change", [amounts, targets, labels])
@pytest.mark.parametrize(("kind", "is_free"), [("anywhere", True), ("half", False)])
@pytest.mark.parametrize("make", [pictures, texts, series])
def test_position_matters_for_numbers_and_labels_where_it_does_for_classes(make, kind, is_free, change, tmp_path):
    x, y = make(kind, 400, 2)
    assert answers((x, change(y)), tmp_path).decided["is_position_free"] is is_free


@pytest.mark.long
@pytest.mark.parametrize("kind", ["product", "sum"])
def test_columns_are_needed_together_for_two_numbers_where_they_are_for_classes(kind, tmp_path):
    frame = table(kind, 400, 1).drop(columns="label")
    told = frame["a"] * frame["b"] if kind == "product" else frame["a"] + frame["b"]
    frame = frame.assign(first=told, second=3 - told + 0.1 * np.random.default_rng(0).normal(size=len(frame)))
    decided = answers(frame, tmp_path, ["first", "second"]).decided
    assert (decided.get("is_local") is False) is (kind == "product")


@pytest.mark.long
@pytest.mark.parametrize("change", [amounts, targets, labels])
def test_a_light_that_says_nothing_is_taken_out_and_stripes_need_every_pixel(change, tmp_path):
    x, y = shaded(400, seed=1)
    assert "brightness" in answers((x, change(y)), tmp_path / "light").decided["normalise"]
    x, y = striped(300)
    assert answers((x, change(y)), tmp_path / "stripes").decided["smallest_input"] == {"height": 32, "width": 32}


@pytest.mark.long
def test_two_columns_of_twenty_tell_a_number(tmp_path):
    frame = two_of_twenty(500).drop(columns="label")
    frame["total"] = frame["c7"] + frame["c13"]
    assert not {"c7", "c13"} & set(answers(frame, tmp_path, "total").decided["spare"])


@pytest.mark.long
@pytest.mark.parametrize(("kind", "is_local"), [("stroke", True), ("arrangement", False)])
def test_a_stream_is_answered_as_its_examples_are(kind, is_local, tmp_path):
    import tensorflow as tf

    x, y = pictures(kind, 400, 1)
    stream = tf.data.Dataset.from_tensor_slices((x[..., None], (y == y[0]).astype("int64"))).batch(32)
    assert answers(stream, tmp_path).decided["is_local"] is is_local
