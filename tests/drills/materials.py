"""Healthy data to put faults into: small real sets, by modality and task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.public_sets import are_at_hand, public_set

ROWS = 1000  # of a set: a run of explore then takes seconds
SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


@dataclass(frozen=True)
class Given:
    """What a user would pass to the wizard.

    Attributes:
        x: Pictures (n, h, w, c), a DataFrame without the target, a list of texts, or series (n, t, c).
        y: (n,) labels or numbers.
        options: Of the wizard; validation and test are Given themselves.
    """

    x: Any
    y: np.ndarray
    options: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: np.ndarray) -> Given:
        """Some of the examples, in that order."""
        x = self.x
        if isinstance(x, pd.DataFrame):
            taken: Any = x.iloc[rows].reset_index(drop=True)
        elif isinstance(x, list):
            taken = [x[int(i)] for i in rows]
        else:
            taken = x[rows]
        return Given(taken, self.y[rows], self.options)

    def but(self, **changes: Any) -> Given:
        """With other inputs, labels or options."""
        return Given(**{"x": self.x, "y": self.y, "options": self.options, **changes})

    def and_more(self, other: Given) -> Given:
        """These examples, then others."""
        if isinstance(self.x, pd.DataFrame):
            both: Any = pd.concat([self.x, other.x], ignore_index=True)
        elif isinstance(self.x, list):
            both = self.x + other.x
        else:
            both = np.concatenate([self.x, other.x])
        return self.but(x=both, y=np.concatenate([self.y, other.y]))

    @property
    def raw(self) -> Any:
        """The data set as the wizard takes it; a table holds its target as the column "target"."""
        return self.x.assign(target=self.y) if isinstance(self.x, pd.DataFrame) else (self.x, self.y)


@dataclass(frozen=True)
class Material:
    """A healthy set.

    Attributes:
        name: Of the set.
        modality: "image", "table", "text" or "series".
        is_new: Whether it was used for no threshold: the bars are judged on these.
        is_easy: Whether a classical probe gets nine tenths of what guessing misses: faults of labels can be seen.
        load: Gives the data.
    """

    name: str
    modality: str
    load: Callable[[], Given]
    is_new: bool = False
    is_easy: bool = False

    @property
    def is_classification(self) -> bool:
        """Whether labels are classes."""
        return self.load().y.dtype.kind not in "f"


def _some(given: Given) -> Given:
    """At most ROWS of them, drawn for good."""
    if len(given) <= ROWS:
        return given
    return given.take(np.random.default_rng(0).permutation(len(given))[:ROWS])


def _bunch(name: str, is_float: bool = False) -> Callable[[], Given]:
    @cache
    def load() -> Given:
        from sklearn import datasets

        both = getattr(datasets, f"load_{name}")(as_frame=True)
        names = both.get("target_names")
        y = both.target.to_numpy("float64") if is_float else np.asarray(names)[both.target].astype(str)
        order = np.random.default_rng(0).permutation(len(y))
        return _some(Given(both.data, y).take(order))

    return load


@cache
def _digits() -> Given:
    from sklearn.datasets import load_digits

    both = load_digits()
    pictures = (both.images[..., None] * 15.9).astype("uint8")
    return _some(Given(pictures, np.array([f"digit {d}" for d in both.target])))


@cache
def _digit_rows() -> Given:
    """Pictures of digits read from top to bottom: 8 steps of 8 channels."""
    from sklearn.datasets import load_digits

    both = load_digits()
    order = np.random.default_rng(1).permutation(len(both.target))
    names = np.array([f"digit {d}" for d in both.target])
    return _some(Given(both.images.astype("float32"), names, {"modality": "series"}).take(order))  # not (n, h, w)


@cache
def _patches() -> Given:
    """Patches of three photographs in scikit-learn: of which is each, told by colour and texture."""
    from sklearn.datasets import load_sample_images

    random, x, y = np.random.default_rng(0), [], []
    for name, photograph in zip(["temple", "flower"], load_sample_images().images, strict=True):
        height, width = photograph.shape[:2]
        places = [(i, j) for i in range(0, height - 16, 17) for j in range(0, width - 16, 17)]
        for number in random.permutation(len(places))[: ROWS // 2]:
            i, j = places[number]
            x.append(photograph[i : i + 16, j : j + 16])
            y.append(name)
    order = random.permutation(len(y))
    return Given(np.stack(x), np.array(y)).take(order)


@cache
def _own_docstrings() -> Given:
    """Docstrings of Python's own library: about networks, or about files and text."""
    import importlib
    import inspect

    modules = {"numbers": ("statistics", "fractions", "decimal", "random", "math", "cmath", "datetime", "calendar",
                           "numbers", "heapq", "bisect", "colorsys"),
               "networks": ("http.client", "http.server", "smtplib", "ftplib", "imaplib", "poplib", "socket",
                            "socketserver", "ssl", "urllib.request", "urllib.parse", "asyncio.events",
                            "asyncio.streams", "xmlrpc.client", "ipaddress", "email.message",
                             "http.cookiejar")}  # fmt: skip
    texts: dict[str, str] = {}
    for label, names in modules.items():
        for name in names:
            module = importlib.import_module(name)
            things = [thing for _, thing in inspect.getmembers(module) if getattr(thing, "__module__", "") == name]
            things += [m for thing in things if inspect.isclass(thing) for _, m in inspect.getmembers(thing)]
            for thing in things:
                text = " ".join((inspect.getdoc(thing) or "").split())
                if len(text) > 40 and getattr(thing, "__module__", name) == name:
                    texts.setdefault(text, label)
    given = Given(list(texts), np.array(list(texts.values())))
    return _some(given.take(np.random.default_rng(0).permutation(len(given))))


@cache
def _docstrings() -> Given:
    frame = pd.read_csv(SAMPLES / "docstrings" / "docstrings.csv", keep_default_na=False)
    order = np.random.default_rng(0).permutation(len(frame))
    return _some(Given(list(frame["text"]), frame["library"].to_numpy(str)).take(order))


@cache
def _rotor() -> Given:
    frame = pd.read_csv(SAMPLES / "rotor" / "rotor.csv")
    runs = [(run.sort_values("ms"), run["fault"].iloc[0]) for _, run in frame.groupby("run", sort=False)]
    longest = max(len(run) for run, _ in runs)
    x = np.full((len(runs), longest, 2), np.nan, "float32")
    for number, (run, _) in enumerate(runs):
        x[number, : len(run)] = run[["x", "y"]].to_numpy()
    order = np.random.default_rng(0).permutation(len(runs))
    return _some(Given(x, np.array([label for _, label in runs])).take(order))


def _shared(name: str) -> Callable[[], Given]:
    @cache
    def load() -> Given:
        sides = {"images": (48, 48)} if name in ("sign_digits", "trashnet", "coloured_digits") else {}
        both = public_set(name, **sides)
        x, y = both["X_train"], np.asarray(both["y_train"])
        if isinstance(x, pd.DataFrame):
            x = x.reset_index(drop=True)
        elif isinstance(x, list) and Path(x[0]).is_file():
            both = public_set(name, images=(28, 28), gray=True)
            x = both["X_train"]
        y = y.astype(str) if both["task"] != "regression" else y.astype("float64")
        order = np.random.default_rng(0).permutation(len(y))
        return _some(Given(x, y).take(order))

    return load


OWN = (
    Material("digits", "image", _digits, is_easy=True),
    Material("tumours", "table", _bunch("breast_cancer"), is_easy=True),
    Material("diabetes", "table", _bunch("diabetes", is_float=True)),
    Material("docstrings", "text", _docstrings, is_easy=True),
    Material("rotor", "series", _rotor),
    Material("wine", "table", _bunch("wine"), is_new=True, is_easy=True),
    Material("iris", "table", _bunch("iris"), is_new=True, is_easy=True),
    Material("photographs", "image", _patches, is_new=True, is_easy=True),
    Material("Python's docstrings", "text", _own_docstrings, is_new=True, is_easy=True),
    Material("digits as series", "series", _digit_rows, is_new=True, is_easy=True),
)
CLEAN = {  # sets without known traps, and their modality: for false alarms
    "fashion_mnist": "image", "sign_digits": "image", "omniglot_136": "image", "adult_census": "table",
    "california_housing": "table", "german_credit": "table", "mammography": "table", "banking77": "text",
    "tate_year": "text", "sms_spam": "text", "basic_motions": "series", "gun_point": "series", "italy_power": "series",
}  # fmt: skip


def shared() -> tuple[Material, ...]:
    """Public sets, where they are at hand; thresholds were tried on them."""
    if not are_at_hand():
        return ()
    return tuple(Material(name, modality, _shared(name)) for name, modality in CLEAN.items())
