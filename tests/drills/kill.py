"""The kill test: does a fault do harm at all? Only then does catching it count."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.drills.drill import written
from tests.drills.faults import Fault
from tests.drills.materials import Given, Material
from tests.stages.walk import context_of, journey_on
from wizard.core.registry import load
from wizard.core.seeds import generator
from wizard.stages.context import Context
from wizard.stages.probing import VIEWS
from wizard.training.metrics import metric_for

SEEDS = 5
STEPS = 100  # passes over the training rows
P, D = 0.05, 0.5  # of a paired test over the seeds: its p-value and Cohen's d


def does_harm(fault: Fault, material: Material, folder: Path) -> bool:
    """Whether the fault breaks its property, lowers the honest test score, or inflates the reported one; remembered."""
    file = folder / f"{fault.id} {fault.name} - {material.name}.json".replace("/", " ")
    if file.is_file():
        return bool(json.loads(file.read_text())["harm"])
    harm, measured = _harm(fault, material, folder)
    written(file, {"harm": harm, "measured": measured})
    return harm


def _harm(fault: Fault, material: Material, folder: Path) -> tuple[bool, Any]:
    """Whether it does harm, and the numbers that say so."""
    if fault.breaks is not None:
        faulty, healthy = fault.inject(material, generator(0, "kill", fault.name, material.name))
        broken = [float(fault.breaks(given)) for given in (faulty, healthy)]
        return broken[0] > broken[1], broken
    rows = np.array([_scores(fault, material, seed, folder / str(seed)) for seed in range(SEEDS)])
    honest_faulty, honest_healthy, reported_faulty, reported_healthy = rows.T
    lowers = is_beyond(honest_healthy - honest_faulty)
    flatters = is_beyond((reported_faulty - honest_faulty) - (reported_healthy - honest_healthy))
    return lowers or flatters, rows.tolist()


def is_beyond(differences: np.ndarray) -> bool:
    """Whether paired differences over seeds lie above 0, by a test and by their size."""
    from scipy.stats import ttest_1samp

    spread = differences.std(ddof=1)
    if spread == 0:
        return bool(differences.mean() > 0)
    p = ttest_1samp(differences, 0, alternative="greater").pvalue
    return bool(p < P and differences.mean() / spread >= D)


def _scores(fault: Fault, material: Material, seed: int, folder: Path) -> tuple[float, float, float, float]:
    """Honest test scores after training on faulty and healthy data, then what their validation sets report."""
    random = generator(seed, "kill", fault.name, material.name)
    whole = material.load()
    order = random.permutation(len(whole))
    honest = whole.take(order[: len(whole) // 4])
    rest = np.sort(order[len(whole) // 4 :])
    cut = replace(material, load=_constant(whole.take(rest)))
    faulty, healthy = fault.inject(cut, random)
    if _shape(healthy) != _shape(honest):  # the fault makes data of its own: an honest part of the twin
        honest = healthy.take(np.arange(len(healthy) // 4)).but(options={})
    scores = [_trained(given, _like(honest, given), folder / name) for name, given in
              (("faulty", faulty), ("healthy", healthy))]  # fmt: skip
    (own, seen), (twins, seen_healthy) = scores
    return own, twins, seen, seen_healthy


def _constant(given: Given) -> Callable[[], Given]:
    return lambda: given


def _shape(given: Given) -> tuple[object, ...]:
    """Of one example: names of columns, or the shape of an array."""
    return tuple(_columns(given)) or tuple(getattr(given.x, "shape", ())[1:])


def _columns(given: Given) -> list[str]:
    return [str(name) for name in getattr(given.x, "columns", ())]


def _like(honest: Given, given: Given) -> Given:
    """The honest set with the columns that the training set has; what is not known there is missing."""
    if not _columns(given):
        return honest
    return honest.but(x=honest.x.reindex(columns=given.x.columns))


def _trained(given: Given, honest: Given, folder: Path) -> tuple[float, float]:
    """(score on the honest set, score on the set's own validation rows) of a small network, higher is better."""
    options = {name: value.raw if isinstance(value, Given) else value for name, value in given.options.items()}
    options.pop("metric", None)
    target = "target" if _columns(given) else None
    journey = journey_on(given.raw, folder, target, test=honest.raw, **options)
    context: Context = context_of(journey, "explore")
    metric = metric_for("balanced_accuracy" if journey.task.is_classification else "rmse", journey.task)
    features = load(VIEWS, journey.dataset.modality).features
    train = context.train_rows
    predict = _network(features(context, train), context.y(train), context)
    y = journey.trainer.preparer.y
    scores = [metric.score(y[rows], predict(features(context, rows)), None)
              for rows in (journey.split.test, journey.split.validation)]  # fmt: skip
    sign = 1 if metric.is_higher_better else -1
    return sign * scores[0], sign * scores[1]


def _network(x: np.ndarray, y: np.ndarray, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """A network of one hidden layer, trained for good on standardised features."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    is_class = context.task.is_classification
    kind = MLPClassifier if is_class else MLPRegressor
    model = make_pipeline(StandardScaler(), kind(hidden_layer_sizes=(64,), max_iter=STEPS, random_state=0))
    centre, scale = (0.0, 1.0) if is_class else (y.mean(), y.std())
    with warnings.catch_warnings(), threadpool_limits(1):  # its products are small
        warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred passes are all it gets
        model.fit(x, y if is_class else (y - centre) / scale)
    if not is_class:
        return lambda new: model.predict(new) * scale + centre

    def predict(new: np.ndarray) -> np.ndarray:
        spread = np.zeros((len(new), context.task.n_outputs))
        spread[:, model.classes_] = model.predict_proba(new)
        return spread

    return predict
