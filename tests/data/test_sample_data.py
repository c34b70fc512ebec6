import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from wizard.data.opening import Request, open_dataset

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("make", SAMPLES / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("samples")
    module.make(folder)
    return folder


def test_the_script_builds_the_same_tables(rebuilt):
    for name in ("tumours/tumours.csv", "diabetes/diabetes.csv"):
        pd.testing.assert_frame_equal(pd.read_csv(rebuilt / name), pd.read_csv(SAMPLES / name))  # 5.366 or 5.3660…05


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
    ],
)
def test_the_samples_open_without_remarks(name, target, n, d):
    dataset = open_dataset(SAMPLES / name, Request(target=target))
    assert (len(dataset), len(dataset.columns), dataset.notes, dataset.left_out) == (n, d, (), ())
