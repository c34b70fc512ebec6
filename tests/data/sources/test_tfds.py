import os

import numpy as np
import pytest

from tests.data.sources.public import COLOURS, NoNetwork, prepared
from tests.small import fresh
from wizard.core.errors import ColumnError, DataError
from wizard.data.opening import Request, open_dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tfds")


@pytest.fixture(scope="module")
def builder(folder):
    return prepared(folder)


def opened(raw, **options):
    return open_dataset(raw, Request(**options))


def test_a_builder_brings_pictures_classes_and_sets(builder):
    dataset = opened(builder)
    assert (dataset.name, dataset.modality, dataset.target) == ("tiny_colours", "image", "colour")
    assert np.bincount(dataset.part).tolist() == [40, 0, 12]
    for i in range(len(dataset)):
        brightest = dataset.examples[i].mean((0, 1)).argmax()
        assert dataset.labels[i] == COLOURS[brightest]
    assert dataset.notes == ("Splits that are not used: extra",)


@pytest.mark.slow
def test_a_name_opens_in_a_fresh_process_without_a_warning(builder, folder):
    code = (
        "import warnings; warnings.simplefilter('error')\n"
        "from wizard.data.opening import Request, open_dataset\n"
        "d = open_dataset('tfds:tiny_colours:1.2.0', Request()); print(d.fingerprint, d.source)"
    )
    printed = fresh(code, env=os.environ | {"TFDS_DATA_DIR": str(folder)})
    assert printed == f"{opened(builder).fingerprint} tfds:tiny_colours/1.2.0"


def test_any_feature_can_be_the_target(builder):
    size = opened(builder, target="size")
    assert (size.modality, size.labels.dtype.kind, max(size.labels)) == ("image", "f", 39)
    assert any("not used: sentence, numbers, colour" in note for note in size.notes)
    colours = opened(builder, target="size", ignore=("image", "sentence"), group="colour")
    assert set(colours.group) == set(COLOURS)
    with pytest.raises(ColumnError, match="Did you mean 'colour'"):
        opened(builder, target="color")


def test_what_load_returns_opens_too(builder):
    supervised = builder.as_dataset(as_supervised=True)
    same = opened(builder).fingerprint
    assert opened((supervised, builder.info)).fingerprint == same
    assert opened((builder.as_dataset(), builder.info)).fingerprint == same
    one = opened((supervised["train"].batch(8), builder.info), test=supervised["test"])
    assert np.bincount(one.part).tolist() == [40, 0, 12]
    assert set(one.labels) == set(COLOURS)


def test_a_set_given_twice_is_refused(builder):
    with pytest.raises(DataError, match="given twice"):
        opened(builder, test=builder.as_dataset(split="test", as_supervised=True))


def test_a_set_without_labels_is_left_out(builder):
    import tensorflow as tf

    sets = builder.as_dataset()
    hidden = sets["test"].map(lambda e: e | {"colour": tf.constant(-1, "int64")})
    dataset = opened((sets | {"test": hidden}, builder.info))
    assert len(dataset) == 40
    assert "no labels in it" in dataset.notes[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tfds:mnits", "no data set of that name.*Did you mean 'mnist'"),
        ("tfds:tiny_colour", "Did you mean 'tiny_colours'"),
        ("tfds:mnist/sepia", "mnist"),
        ("tfds:", "no data set of that name"),
    ],
)
def test_a_wrong_name_is_one_sentence(name, says, builder, folder, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    with pytest.raises(DataError, match=says) as caught:
        opened(name)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_prepared_here_says_how_to_prepare_it(tmp_path, capsys):
    with pytest.raises(DataError, match="prepared") as caught:
        opened(NoNetwork(data_dir=str(tmp_path)))
    message = str(caught.value)
    assert "ConnectionError: no route to host)" in message
    assert f"tfds.load('no_network:1.2.0', data_dir={str(tmp_path)!r})" in message
    assert "TFDS_DATA_DIR" in message
    assert "\n" not in message
    assert "Downloading" not in capsys.readouterr().out
