"""Builds the sample data from what installed libraries bring along, and from a simulation, the same files every time.

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
FAULTS = ("sound", "unbalanced", "misaligned", "rubbing")
RUNS, STEPS = 360, (40, 60)  # of the rotor, and rows of a run

MADE_WITH = {"keras": "3.15.1", "numpy": "2.4.6", "pandas": "3.1.1", "scikit-learn": "1.9.1", "scipy": "1.17.1"}
MADE_ON = "3.11.7"  # Python's own version: libraries hand on some of its classes, and their texts
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


def make_rotor(folder: Path) -> None:
    """Writes 360 runs of a simulated rotor: what two accelerometers on its bearing measure, and its fault.

    A row every 10 ms, some of which are lost; runs of 400 to 600 ms that begin anywhere in a turn.
    """
    random = np.random.default_rng(9)
    fault = random.permutation(np.arange(RUNS) % len(FAULTS))
    measured = _acceleration(fault, random)  # (runs, steps, 2) m/s²
    gain, tilt = random.uniform(0.75, 1.3, (RUNS, 1, 2)), random.normal(0, 0.3, (RUNS, 1, 2))  # each sensor is its own
    measured = measured * gain + tilt + random.normal(0, 0.4, measured.shape)
    frames = []
    for run in range(RUNS):
        length = int(random.integers(STEPS[0], STEPS[1] + 1))
        arrived = random.random(length) > 0.05
        arrived[[0, -1]] = True
        x, y = measured[run, :length].round(2)[arrived].T + 0.0  # + 0 turns -0 into 0
        ms = 10 * np.flatnonzero(arrived)
        frames.append(pd.DataFrame({"run": run + 1, "ms": ms, "x": x, "y": y, "fault": FAULTS[fault[run]]}))
    _write(pd.concat(frames), folder / "rotor.csv")


def _acceleration(fault: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(runs, steps, 2) m/s²: a damped shaft on springs, driven by its eccentric mass (Jeffcott rotor).

    An unbalanced rotor has more of that mass; in a misaligned one the coupling pushes twice a turn; in a rubbing one
    the shaft hits a stiff stator on one side.
    """
    n, step, every, settling = len(fault), 0.0005, 20, 1600  # seconds; steps between two samples, and before the first

    def drawn(name: str, low: float, high: float, other: tuple[float, float]) -> np.ndarray:
        return np.where(fault == FAULTS.index(name), random.uniform(low, high, n), random.uniform(*other, n))

    turn, begin = 2 * np.pi * random.uniform(7, 11, n), random.uniform(0, 2 * np.pi, (2, n))  # 7 to 11 turns a second
    own_x, own_y = 2 * np.pi * random.uniform(24, 30, n), 2 * np.pi * random.uniform(26, 33, n)  # shaft's own, rad/s
    damping = random.uniform(0.04, 0.08, n)
    eccentric = drawn("unbalanced", 1.5, 2.6, (0.5, 1.4))  # mm
    twice = drawn("misaligned", 0.35, 1.0, (0, 0.12))  # of the force, twice a turn
    gap = np.where(fault == FAULTS.index("rubbing"), random.uniform(0.04, 0.085, n) * eccentric, np.inf)  # mm
    x, y, speed_x, speed_y = np.zeros((4, n))
    samples = []
    for number in range(settling + every * STEPS[1]):
        angle = turn * step * number + begin[0]
        force = eccentric * turn**2
        push = (3 * own_x) ** 2 * np.maximum(x - gap, 0)
        to_x = force * (np.cos(angle) + twice * np.cos(2 * angle + begin[1])) - push
        to_x -= 2 * damping * own_x * speed_x + own_x**2 * x
        to_y = force * np.sin(angle) - 0.15 * np.sign(speed_y) * push
        to_y -= 2 * damping * own_y * speed_y + own_y**2 * y
        speed_x, speed_y = speed_x + step * to_x, speed_y + step * to_y
        x, y = x + step * speed_x, y + step * speed_y
        if number >= settling and (number - settling) % every == 0:
            samples.append((to_x, to_y))
    return np.array(samples).transpose(2, 0, 1) / 1000


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
    make_rotor(folder / "rotor")
    make_docstrings(folder / "docstrings")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
