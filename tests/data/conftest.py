"""Small pictures and tables on disk."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture
def class_folders(tmp_path, random):
    """Two classes of three colour pictures each, with the litter that systems leave."""
    root = tmp_path / "pets"
    for label in ("dog", "cat"):
        (root / label).mkdir(parents=True)
        for i in (10, 2, 1):
            Image.fromarray(random.integers(0, 255, (6, 5, 3), dtype=np.uint8)).save(root / label / f"{i}.png")
    (root / ".DS_Store").write_bytes(b"x")
    (root / "cat" / "Thumbs.db").write_bytes(b"x")
    return root


@pytest.fixture
def people():
    return pd.DataFrame({
        "age": [30, 41, 25, 60, 33, 47],
        "city": ["Bonn", "Köln", "Bonn", None, "Köln", "Bonn"],
        "since": pd.to_datetime(["2020-01-01", "2021-05-04", "2019-03-03", "2022-02-02", None, "2018-08-08"]),
        "income": ["low", "high", "low", "high", "low", "high"],
    })  # fmt: skip
