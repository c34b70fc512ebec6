"""Accuracy of the families before any tuning: `python tests/benchmarks/accuracy.py [--sets a,b] [--families a,b] …`.

Each family is trained with its own recipe on the training part of a public data set (validation rows are split off it,
and choose nothing but the best epoch), trained again for as many epochs on all training rows ("refitted"), and both are
scored on the set's own test part. Guessing, a linear model and
scikit-learn's boosted trees are trained in the same run. The sets lie outside the project (WIZARD_DATA names their
folder, with its loader); without them the script says so and ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.public_sets import are_at_hand, public_set

SEEDS = 3


@dataclass(frozen=True)
class Case:
    """A data set, the families to try on it, and the bar.

    Attributes:
        name: Of the set; "digits_table" and "digits_pictures" come with scikit-learn and the samples.
        families: To train.
        bar: Accuracy to reach, or RMSE to stay below; None where boosted trees or a linear model are the bar.
        hp: Sizes that differ from the family's own.
    """

    name: str
    families: tuple[str, ...]
    bar: float | None = None
    hp: tuple[tuple[str, Any], ...] = ()


TABLES = ("mlp", "realmlp", "tabm")
CASES = (
    Case("adult_census", TABLES, 0.870),
    Case("california_housing", TABLES, 46_900),
    Case("digits_table", TABLES, 0.985),
    Case("digits_pictures", ("resnet",), 0.990),
    Case("fashion_mnist", ("resnet",), 0.92, (("grid", 4),)),  # as overfit takes it where position matters
    Case("banking77", ("bag_of_ngrams", "text_cnn", "transformer")),
    Case("sms_spam", ("bag_of_ngrams", "text_cnn", "transformer")),
    Case("gun_point", ("minirocket", "inception_time", "convnet_1d"), 0.983),
    Case("italy_power", ("minirocket", "inception_time", "convnet_1d"), 0.959),
    Case("basic_motions", ("minirocket", "inception_time", "convnet_1d"), 0.95),
    Case("diamonds", TABLES),
    Case("wine_quality", TABLES),
    Case("bike_sharing", TABLES),
    Case("tate_year", ("bag_of_ngrams", "transformer")),
)


@dataclass(frozen=True)
class Part:
    """One set in memory."""

    x: Any
    y: np.ndarray
    x_test: Any
    y_test: np.ndarray
    is_class: bool
    modality: str


def load(name: str) -> Part | None:
    """A set, or None where it is not at hand."""
    if name.startswith("digits"):
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        both = load_digits()
        x = both.data if name == "digits_table" else (both.images * 15.9).astype("uint8")
        a, b, c, d = train_test_split(x, both.target, test_size=0.25, random_state=0, stratify=both.target)
        return Part(a, c, b, d, True, "table" if name == "digits_table" else "image")
    if not are_at_hand():
        return None
    one = public_set(name)
    modality = {"tabular": "table", "timeseries": "series"}.get(one["kind"], one["kind"])
    is_class = one["task"] != "regression"
    x, x_test = one["X_train"], one["X_test"]
    leaking = [c for c in (one["truth"] or {}).get("leak_columns", []) if c in getattr(x, "columns", ())]
    if leaking:
        x, x_test = x.drop(columns=leaking), x_test.drop(columns=leaking)
    return Part(x, np.asarray(one["y_train"]), x_test, np.asarray(one["y_test"]), is_class, modality)


def journey(part: Part, folder: Path) -> Any:
    """The set at the library's door."""
    from tests.stages.walk import journey_on

    task = None if part.is_class else "regression"
    if hasattr(part.x, "columns"):
        raw = part.x.assign(**{"the target": part.y})
        test = part.x_test.assign(**{"the target": part.y_test})
        return journey_on(raw, folder, "the target", test=test, task=task)
    return journey_on((part.x, part.y), folder, modality=part.modality, test=(part.x_test, part.y_test), task=task)


def score(part: Part, predictions: np.ndarray, classes: tuple[str, ...]) -> float:
    """Accuracy, or RMSE."""
    if part.is_class:
        return float((np.array(classes)[predictions.argmax(1)] == part.y_test.astype(str)).mean())
    return float(np.sqrt(np.mean((predictions - part.y_test) ** 2)))


def classical(part: Part) -> Iterator[tuple[str, float, float]]:
    """Guessing, a linear model and boosted trees; for texts a linear model of pairs of words."""
    started = time.perf_counter()
    if part.is_class:
        values, counts = np.unique(part.y, return_counts=True)
        yield "guessing", float((part.y_test == values[counts.argmax()]).mean()), time.perf_counter() - started
    else:
        error = float(np.sqrt(np.mean((part.y_test - part.y.mean()) ** 2)))
        yield "guessing", error, time.perf_counter() - started
    for name, model, x, x_test in models(part):
        started = time.perf_counter()
        said = model.fit(x, part.y).predict(x_test)
        good = np.mean(said == part.y_test) if part.is_class else np.sqrt(np.mean((said - part.y_test) ** 2))
        yield name, float(good), time.perf_counter() - started


def models(part: Part) -> Iterator[tuple[str, Any, Any, Any]]:
    """(name, model, training inputs, test inputs)."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if part.modality == "text":
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        linear = LogisticRegression(C=30, max_iter=2000) if part.is_class else Ridge(1.0)
        yield "TF-IDF pairs, linear", make_pipeline(words, linear), part.x, part.x_test
        return
    if hasattr(part.x, "columns"):
        a, b = part.x.copy(), part.x_test.copy()
        for column in a:
            if a[column].dtype.kind not in "biuf":
                known = {value: i for i, value in enumerate(a[column].dropna().unique()[:250])}
                a[column], b[column] = a[column].map(known), b[column].map(known)
    else:
        a, b = (np.asarray(x, "float32").reshape(len(x), -1) for x in (part.x, part.x_test))
        linear = LogisticRegression(max_iter=300) if part.is_class else Ridge(1.0)
        yield "linear", make_pipeline(StandardScaler(), linear), a, b
    boosted = HistGradientBoostingClassifier if part.is_class else HistGradientBoostingRegressor
    yield "boosted trees", boosted(max_iter=300, learning_rate=0.06, early_stopping=True, random_state=0), a, b


def main() -> int:
    """Prints a line a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="", help="names, by commas")
    parser.add_argument("--families", default="", help="names, by commas")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--no-classical", action="store_true")
    parser.add_argument("--longer", type=float, default=1.0, help="times the recipe's epochs; standard effort takes 2")
    parser.add_argument("--refit", action="store_true", help="train again on all training rows")
    given = parser.parse_args()
    wanted = [name for name in given.sets.split(",") if name]
    only = [name for name in given.families.split(",") if name]
    from wizard.models.family import family, multiple, names

    for case in CASES:
        if wanted and case.name not in wanted:
            continue
        part = load(case.name)
        if part is None:
            sys.stdout.write(f"{case.name}: skipped, the public sets are not at hand (WIZARD_DATA).\n")
            continue
        bar = "" if case.bar is None else f"   (bar {case.bar:g})"
        sys.stdout.write(f"{case.name}: {len(part.y):,} training rows, {len(part.y_test):,} test rows{bar}\n")
        if not given.no_classical:
            for name, good, seconds in classical(part):
                sys.stdout.write(f"  {name:24} {good:12.4f}   {seconds / 60:5.1f} min\n")
        with tempfile.TemporaryDirectory() as folder:
            own = journey(part, Path(folder))
            for name in case.families:
                if name not in names() or (only and name not in only):
                    continue
                form = own.trainer.prepared(_linear()).form
                scores, refitted, epochs, started, worked = [], [], [], time.perf_counter(), time.process_time()
                for seed in range(given.seeds):
                    config = family(name).recipe(form, len(own.split.train), own.task)
                    epochs_asked = multiple(config.epochs * given.longer, config.look_every)
                    config = config.but(seed=seed, epochs=epochs_asked, hp={**config.hp, **dict(case.hp)})
                    run = own.trainer.train(config)
                    scores.append(score(part, own.trainer.predict(run, own.split.test), own.task.classes))
                    epochs.append(run.best_epoch)
                    if given.refit:
                        stop = run.best_epoch if config.patience is not None else None
                        again = own.trainer.train(config.but(refit=True, patience=None, stop_after=stop))
                        refitted.append(score(part, own.trainer.predict(again, own.split.test), own.task.classes))
                minutes = (time.perf_counter() - started) / 60 / given.seeds
                of_cpu = (time.process_time() - worked) / 60 / given.seeds  # what a busy machine does not change
                more = f", refitted {np.mean(refitted):.4f} ± {np.std(refitted):.4f}" if refitted else ""
                took = f"{minutes:5.1f} min a seed ({of_cpu:.1f} of CPU)"
                sys.stdout.write(f"  {name:24} {np.mean(scores):12.4f}   {took}   ± {np.std(scores):.4f}, "
                                 f"best epoch {epochs}{more}\n")  # fmt: skip
                sys.stdout.flush()
    return 0


def _linear() -> Any:
    from wizard.core.config import TrainingConfig

    return TrainingConfig(family="linear")


if __name__ == "__main__":
    sys.exit(main())
