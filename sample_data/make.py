"""Builds the sample data from what installed libraries bring along, the same files every time.

Run `python sample_data/make.py` to build them again in place, or give another folder.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

BRIGHTEST = 16  # the digits' grey values run from 0 to 16

MADE_WITH = {"keras": "3.15.1", "numpy": "2.4.6", "pandas": "3.1.1", "scikit-learn": "1.9.1", "scipy": "1.17.1"}
MODULES = {  # whose public functions, classes and methods are read, by library
    "keras": ("layers", "ops", "optimizers", "losses", "metrics", "callbacks", "utils", "initializers", "random"),
    "numpy": ("", "linalg", "fft", "random", "char", "ma", "polynomial", "lib.stride_tricks", "testing"),
    "pandas": ("", "api.types", "tseries.offsets", "plotting", "testing"),
    "sklearn": ("linear_model", "ensemble", "metrics", "preprocessing", "model_selection", "cluster", "datasets",
                "decomposition", "feature_selection", "neighbors", "svm", "utils", "inspection", "impute", "tree"),
    "scipy": ("stats", "optimize", "signal", "linalg", "interpolate", "ndimage", "special", "spatial", "integrate",
              "sparse", "cluster.hierarchy", "fft", "io"),
}  # fmt: skip
NAMES = re.compile(
    r"\b(?:numpy|np(?=\.)|scipy|pandas|pd(?=\.)|scikit[- ]?\w+|sklearn|keras|tensorflow|tf(?=\.)|jax|torch|pytorch)\b",
    re.IGNORECASE,
)
SECTION = re.compile(r"^\s*(?:[A-Z][\w ]*\n\s*-{3,}|[A-Z][\w ]*:\s*$|\.\. |>>> |```)", re.MULTILINE)
SHORTEST, LONGEST = 60, 500  # characters of a text
A_LIBRARY = 300  # texts


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


def make_docstrings(folder: Path) -> None:
    """Writes what 300 public objects of each of five libraries say of themselves, without the libraries' names."""
    described = {library: set(_described(library)) for library in MODULES}
    n_libraries = Counter(text for texts in described.values() for text in texts)
    rows = []
    for library in MODULES:
        texts = [text for text in described[library] if n_libraries[text] == 1]
        chosen = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).hexdigest())[:A_LIBRARY]
        rows += [(text, "scikit-learn" if library == "sklearn" else library) for text in chosen]
    rows.sort(key=lambda row: hashlib.sha256(row[0].encode()).hexdigest())  # no library follows another
    _write(pd.DataFrame(rows, columns=["text", "library"]), folder / "docstrings.csv")


def _described(library: str) -> Iterator[str]:
    """What a library's own public objects say of themselves before their first section."""
    for path in MODULES[library]:
        module = importlib.import_module(".".join(filter(None, (library, path))))
        for thing in _public(module):
            for one in (thing, *(_public(thing) if inspect.isclass(thing) else ())):
                is_own = str(getattr(one, "__module__", None) or library).startswith(library)
                text = _first_words(one) if is_own else ""
                if text and "this platform" not in text:
                    yield text


def _public(home: Any) -> list[Any]:
    names = getattr(home, "__all__", None) or dir(home)
    found = [inspect.getattr_static(home, name, None) for name in names if not name.startswith("_")]
    return [one for one in found if callable(one)]


def _first_words(thing: Any) -> str:
    """A docstring without its signature and sections, on one line, names of libraries masked; "" where it is short."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"\A(?:\s*[\w.]+\([^\n]*\)[^\n]*\n)+", "", text)
    section = SECTION.search(text)
    words = " ".join(text[: section.start()].split() if section else text.split())
    words = NAMES.sub("LIBRARY", words)
    if len(words) > LONGEST:
        words = words[:LONGEST].rsplit(" ", 1)[0] + " …"
    return words if len(words) >= SHORTEST else ""


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode())


def make(folder: Path) -> None:
    """Writes all sample data below `folder`."""
    make_digits(folder / "digits")
    make_tumours(folder / "tumours")
    make_diabetes(folder / "diabetes")
    make_docstrings(folder / "docstrings")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
