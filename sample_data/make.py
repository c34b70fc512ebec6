"""Builds the sample data from scikit-learn's own copies, the same files every time.

Run `python sample_data/make.py` to build them again in place, or give another folder.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

BRIGHTEST = 16  # the digits' grey values run from 0 to 16


def make_digits(folder: Path) -> None:
    """Writes 1,797 pictures of 8 × 8 pixels into a folder for each digit.

    Values 0–16 become round(value · 255 / 16), and round(pixel · 16 / 255) gives them back.
    """
    digits = load_digits()
    pixels = np.rint(digits.images * (255 / BRIGHTEST)).astype(np.uint8)  # (n, 8, 8)
    written: Counter[int] = Counter()  # numbered within a class: the place in the whole set would tell the digit
    for picture, label in zip(pixels, digits.target, strict=True):
        path = folder / str(label) / f"{written[label]:03d}.png"
        written[label] += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path, optimize=True)


def make_tumours(folder: Path) -> None:
    """Writes 569 tumours: thirty measurements of cell nuclei, and the diagnosis in words."""
    data = load_breast_cancer(as_frame=True)
    frame = data.data.copy()
    frame["diagnosis"] = [str(data.target_names[label]) for label in data.target]
    _write(frame, folder / "tumours.csv")


def make_diabetes(folder: Path) -> None:
    """Writes 442 patients: ten measurements as taken, and how far the disease had gone a year later."""
    data = load_diabetes(as_frame=True, scaled=False)
    names = {
        "age": "age", "sex": "sex", "bmi": "body mass index", "bp": "mean blood pressure", "s1": "total cholesterol",
        "s2": "LDL", "s3": "HDL", "s4": "cholesterol to HDL", "s5": "log triglycerides", "s6": "blood sugar",
    }  # fmt: skip
    frame = data.data.rename(columns=names)
    frame["progression"] = data.target
    _write(frame, folder / "diabetes.csv")


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode())


def make(folder: Path) -> None:
    """Writes all sample data below `folder`."""
    make_digits(folder / "digits")
    make_tumours(folder / "tumours")
    make_diabetes(folder / "diabetes")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
