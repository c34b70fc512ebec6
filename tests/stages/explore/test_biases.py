import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_wine

from tests.small import some_series, some_texts
from tests.stages.walk import diabetes, digits, journey_on, tumours, walk
from wizard.stages.properties.table import is_id


def found(raw, folder, target=None, **options):
    return walk(journey_on(raw, folder, target, **options), "explore", "imbalance", "biases")["biases"]


def written(folder, quality, n=200):
    """Pictures of digits in folders, each digit stored with a quality of its own."""
    x, y = digits(n)
    for i, (picture, digit) in enumerate(zip(x, y % 2, strict=True)):
        place = folder / f"kind{digit}" / f"{'scan' if digit else 'photo'} {i}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.kron(picture, np.ones((4, 4), "uint8"))).save(place, quality=quality(digit))
    return str(folder)


def test_silent_on_clean_data(explored, kind):
    finding = explored[kind]["biases"]
    assert finding.status == "passed"
    assert finding.blocks


@pytest.mark.parametrize("some", [some_texts, some_series])
def test_silent_on_clean_texts_and_series(tmp_path, some):
    assert found(some(150), tmp_path).status == "passed"


def test_another_ground_for_each_class_is_a_shortcut(tmp_path):
    x, y = digits(400)
    x = x.copy()
    x[x < 60] += (6 * y[:, None, None] * np.ones_like(x))[x < 60].astype("uint8")
    finding = found((x, y), tmp_path)
    assert finding.status == "warned"
    assert finding.headline.startswith("The colour of the border alone tells the class")
    assert finding.causes[0].fault == "D14"


def test_pictures_that_one_class_stores_coarser_are_told_by_their_files(tmp_path):
    finding = found(written(tmp_path / "in", lambda digit: 95 if digit else 20), tmp_path / "out")
    assert finding.status == "warned"
    assert finding.headline.startswith("The size of the file alone tells the class")


def test_names_and_order_of_files_are_told_and_no_alarm(tmp_path):
    finding = found(written(tmp_path / "in", lambda digit: 80), tmp_path / "out")
    assert finding.status == "noted"
    assert "place in the data" in finding.headline
    assert "name of the file" in finding.headline
    assert finding.headline.endswith("the network does not see it.")


def test_pictures_of_another_size_for_one_class_are_warned_of(tmp_path):
    x, y = digits(200)
    pictures = [np.kron(one, np.ones((2, 2), "uint8")) if label < 5 else one for one, label in zip(x, y, strict=True)]
    finding = found((pictures, np.where(y < 5, "low", "high")), tmp_path)
    assert finding.status == "warned"
    assert "size of the picture" in finding.headline


def test_sorted_rows_are_noted_as_training_shuffles_them(tmp_path):
    finding = found(tumours().sort_values("diagnosis"), tmp_path, "diagnosis")
    assert finding.status == "noted"
    assert finding.headline.endswith("training shuffles the rows.")


@pytest.mark.parametrize(("make", "target"), [(tumours, "diagnosis"), (diabetes, "progression")])
def test_an_id_that_was_dealt_out_by_label_is_warned_of(tmp_path, make, target):
    frame = make().sort_values(target).assign(number=lambda rows: 1000 + np.arange(len(rows)))
    finding = found(frame.sample(frac=1, random_state=0), tmp_path, target)
    assert finding.status == "warned"
    assert finding.headline.startswith("The id column 'number' alone tells")
    assert "ignore=('number',)" in finding.advice
    ignored = found(frame.sample(frac=1, random_state=0), tmp_path / "again", target, ignore=("number",))
    assert ignored.status == "passed"


def test_an_id_that_tells_nothing_is_no_alarm(tmp_path):
    frame = tumours().assign(number=np.random.default_rng(0).permutation(569))
    assert found(frame, tmp_path, "diagnosis").status == "passed"


def test_amounts_are_no_ids():
    random = np.random.default_rng(0)
    assert is_id(np.arange(100.0, 400), 300)
    assert not is_id(random.integers(0, 10_000_000, 300).astype("float64"), 300)
    assert not is_id(np.round(random.normal(3000, 800, 300)), 300)
    assert not is_id(random.normal(size=300), 300)


def test_cells_that_one_class_leaves_empty_are_warned_of(tmp_path):
    frame = tumours()
    random = np.random.default_rng(0)
    frame.loc[(frame["diagnosis"] == "benign") & (random.random(569) < 0.95), "mean texture"] = np.nan
    finding = found(frame, tmp_path, "diagnosis")
    assert finding.status == "warned"
    assert finding.headline.startswith("The pattern of missing values alone tells the class")


def test_cells_that_one_of_three_classes_leaves_empty_are_warned_of(tmp_path):
    both = load_wine(as_frame=True)
    frame = both.data.assign(cultivar=np.array(["barolo", "grignolino", "barbera"])[both.target])
    random = np.random.default_rng(0)
    frame.loc[(frame["cultivar"] == "barolo") & (random.random(178) < 0.95), "ash"] = np.nan
    finding = found(frame.sample(frac=1, random_state=0), tmp_path, "cultivar")
    assert finding.status == "warned"
    assert finding.headline.startswith("The pattern of missing values alone tells class barolo")


def test_cells_that_are_empty_at_random_are_no_alarm(tmp_path):
    frame = tumours()
    frame = frame.mask(pd.DataFrame(np.random.default_rng(0).random(frame.shape) < 0.1, frame.index, frame.columns)
                       .assign(diagnosis=False))  # fmt: skip
    assert found(frame, tmp_path, "diagnosis").status == "passed"


@pytest.mark.parametrize(
    ("change", "name"),
    [(lambda text: f"{text} " * 3, "length"), (str.upper, "casing"), (lambda text: f"<p>{text}</p>", "markup")],
)
def test_texts_of_one_kind_that_are_written_otherwise_are_warned_of(tmp_path, change, name):
    texts, labels = some_texts(160)
    texts = [change(text) if label == "sea" else text for text, label in zip(texts, labels, strict=True)]
    finding = found((texts, labels), tmp_path)
    assert finding.status == "warned"
    assert name in finding.headline


@pytest.mark.parametrize("name", ["length", "gaps"])
def test_series_of_one_kind_that_are_longer_or_have_gaps_are_warned_of(tmp_path, name):
    series, names = some_series(200)
    for i, one in enumerate(series):
        if names[i] == "fast" and name == "length":
            series[i] = np.concatenate([one, one[:10]])
        elif names[i] == "fast":
            one[5:8, 1] = np.nan
    finding = found((series, names), tmp_path)
    assert finding.status == "warned"
    assert name in finding.headline
