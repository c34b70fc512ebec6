import importlib.util
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from wizard.data.opening import Request, open_dataset

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make", SAMPLES / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rebuilt(make, tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    make.make(folder)
    return folder


def test_the_script_builds_the_same_tables(rebuilt):
    for name in ("tumours/tumours.csv", "diabetes/diabetes.csv"):
        pd.testing.assert_frame_equal(pd.read_csv(rebuilt / name), pd.read_csv(SAMPLES / name))  # 5.366 or 5.3660…05


def test_the_script_builds_the_same_texts(make, rebuilt):
    if {name: version(name) for name in make.MADE_WITH} != make.MADE_WITH:
        pytest.skip("The texts come from other versions of these libraries.")
    if python_version() != make.MADE_ON:
        pytest.skip("The texts come from another version of Python, whose classes libraries hand on.")
    file = "docstrings/docstrings.csv"
    assert (rebuilt / file).read_bytes() == (SAMPLES / file).read_bytes()


def test_no_text_names_its_library():
    texts = pd.read_csv(SAMPLES / "docstrings/docstrings.csv")["text"]
    assert not texts.str.contains(r"numpy|scipy|pandas|sklearn|scikit|tensorflow", case=False).any()


def test_the_script_builds_the_same_pictures(rebuilt):
    names = sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*.png"))
    assert names == sorted(path.relative_to(rebuilt) for path in rebuilt.rglob("*.png"))
    assert (
        open_dataset(rebuilt / "digits", Request()).fingerprint
        == open_dataset(SAMPLES / "digits", Request()).fingerprint
    )


def test_the_digits_lead_back_to_the_original():
    digits = load_digits()
    for label in range(10):
        original = digits.images[digits.target == label]
        stored = [np.asarray(Image.open(path)) for path in sorted((SAMPLES / "digits" / str(label)).iterdir())]
        np.testing.assert_array_equal(np.rint(np.stack(stored) * (16 / 255)), original)


@pytest.mark.parametrize(
    ("name", "target", "n", "d"),
    [
        ("digits", None, 1797, 0),
        ("tumours/tumours.csv", "diagnosis", 569, 30),
        ("diabetes/diabetes.csv", "progression", 442, 10),
        ("docstrings/docstrings.csv", "library", 1500, 1),
    ],
)
def test_the_samples_open_without_remarks(name, target, n, d):
    dataset = open_dataset(SAMPLES / name, Request(target=target))
    assert (len(dataset), len(dataset.columns), dataset.notes, dataset.left_out) == (n, d, (), ())
