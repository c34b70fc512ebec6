from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.small import dataset_of, some_rows, some_series
from wizard.core.registry import load, names
from wizard.data.opening import MODALITIES as OPENED
from wizard.data.rows import TableExamples
from wizard.export.layers import Predictor

MODALITIES = "wizard.data.modalities"
ROWS = np.arange(150)


def preparation_of(dataset, rows=ROWS, **settings):
    return load(MODALITIES, dataset.modality).PREPARATION.fit(dataset, rows, settings)


@pytest.fixture(scope="module")
def waves():
    return dataset_of(some_series(200))


@pytest.fixture(params=["digits", "rows", "amounts", "texts", "waves"])
def dataset(request):
    return request.getfixturevalue(request.param)


def test_there_is_a_modality_for_every_kind_of_data_that_opens():
    assert set(names(MODALITIES)) == set(OPENED)


def test_encoded_tensors_have_the_shapes_that_the_form_promises(dataset):
    preparation = preparation_of(dataset)
    tensors, form = preparation.encode(dataset.examples), preparation.form
    if form.kind == "image":
        assert tensors["image"].shape == (len(dataset), form.height, form.width, form.channels)
        return
    if form.kind == "tokens":
        assert tensors["tokens"].shape == (len(dataset), form.length)
        assert tensors["tokens"].max() < form.vocabulary
        return
    if form.kind == "series":
        assert tensors["series"].shape == (len(dataset), form.length, len(form.channels))
        assert tensors["series"].dtype == np.float32
        assert np.isfinite(tensors["series"]).all()
        return
    assert tensors["numeric"].shape == (len(dataset), len(form.numeric))
    assert np.isfinite(tensors["numeric"]).all()
    if form.categories:
        assert tensors["categories"].shape == (len(dataset), len(form.categories))
        assert np.all(tensors["categories"].max(0) < form.cardinalities)


def test_the_symbolic_path_gives_what_encoding_at_once_gives(dataset, tmp_path):
    preparation = preparation_of(dataset)
    encoded = preparation.encode(dataset.examples)
    raw = preparation.raw_inputs()
    model = Predictor(raw, preparation.apply(raw))
    model.save(tmp_path / "model.keras")
    for one in (model, keras.saving.load_model(tmp_path / "model.keras")):
        for positions, batch in preparation.raw_batch(dataset.examples):
            out = one({name: tf.constant(values) for name, values in batch.items()})
            for name, values in out.items():
                assert np.array_equal(np.asarray(values), encoded[name][positions])


def test_only_training_rows_are_looked_at(rows):
    frame = rows.examples.frame.copy()
    frame.loc[150:, "age"] = 1e6
    frame.loc[150:, "city"] = "Atlantis"
    frame.loc[150:, "since"] = pd.Timestamp("1800-01-01")
    other = replace(rows, examples=TableExamples(frame), fingerprint="")
    before, after = preparation_of(rows), preparation_of(other)
    assert before.key == after.key
    assert before.form == after.form
    for name, values in before.encode(rows.examples).items():
        assert np.array_equal(values[:150], after.encode(other.examples)[name][:150])
    assert preparation_of(other, np.arange(200)).key != after.key


def test_every_part_of_a_row_reaches_the_network(rows):
    preparation = preparation_of(rows)
    expected = {"age", "a b/c.d é", "since moment", "since weekday cos", "age is missing", "since moment is missing"}
    assert expected <= set(preparation.form.numeric)
    assert preparation.form.categories == ("city",)
    assert preparation.form.cardinalities == (5,)  # missing, unknown, three cities


def test_a_category_seen_once_is_unknown():
    frame = some_rows(150)
    frame["city"] = ["Rom"] + ["Ulm"] * 149
    preparation = preparation_of(dataset_of(frame, "bought"))
    codes = preparation.encode(dataset_of(frame, "bought").examples)["categories"][:, 0]
    assert codes[:3].tolist() == [1, 2, 2]


def test_pictures_of_one_small_size_stay_as_they_are(digits):
    encoded = preparation_of(digits).encode(digits.examples)["image"]
    assert np.array_equal(encoded, digits.examples.pixels)
    assert encoded.dtype == np.uint8


def test_pictures_of_several_sizes_get_one():
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 256, (side, 10, 1), dtype=np.uint8) for side in (10, 10, 20, 10, 12, 10)]
    data = dataset_of((pictures, ["a", "b"] * 3))
    preparation = preparation_of(data, np.arange(6))
    assert preparation.pad
    assert preparation.encode(data.examples)["image"].shape == (6, 10, 10, 1)
    assert len(preparation.raw_batch(data.examples)) == 3


def test_a_size_that_is_asked_for_is_taken(digits):
    form = preparation_of(digits, height=4, width=6).form
    assert (form.height, form.width) == (4, 6)


def test_columns_of_a_table_can_be_left_out(rows):
    from wizard.data.modalities.table import without

    whole, less = preparation_of(rows), preparation_of(rows, **without(["age", "since"]))
    assert {"age", "since"} <= set(whole.raw_inputs())
    assert set(less.raw_inputs()) == set(whole.raw_inputs()) - {"age", "since"}
    assert less.encode(rows.examples)["numeric"].shape == (len(rows), len(less.form.numeric))
    assert not any(name.startswith(("age", "since")) for name in less.form.numeric)
    assert less.key != whole.key
    assert without([]) == {}
