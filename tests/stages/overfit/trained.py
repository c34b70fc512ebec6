"""Steps that read the ladder, run on one short training in its place."""

from __future__ import annotations

import numpy as np

from tests.small import some_series, some_texts
from tests.stages.walk import checked, context_of, diabetes, digits, journey_on, noise, tagged, tumours
from wizard.core.config import TrainingConfig

MADE = {
    "pictures": lambda folder: journey_on(digits(150), folder),
    "classes": lambda folder: journey_on(tumours(250), folder, "diagnosis"),
    "amounts": lambda folder: journey_on(diabetes(200), folder, "progression"),
    "labels": lambda folder: journey_on(tagged(200), folder),
    "targets": lambda folder: journey_on(diabetes(200), folder, ["progression", "s5"]),
    "texts": lambda folder: journey_on(some_texts(150), folder),
    "series": lambda folder: journey_on(some_series(90, steps=(16, 20)), folder),
    "noise": lambda folder: journey_on(noise(160), folder, "label"),
}
OTHER = {"benign": "malignant", "malignant": "benign"}
SHORT = TrainingConfig(family="mlp", hp={"width": 128, "depth": 2}, epochs=20, look_every=10, fold=0)


def answered(step, journey, config=SHORT, target=0.02):
    """The finding of a step behind the ladder, whose only rung is one run of a configuration."""
    context = context_of(journey, "overfit")
    if not context.split.folds:
        config = config.but(fold=None)
    context.shared.update(ladder=[context.train(config)], best_rung=0, fit_target=target)
    return checked(step.finding(step.run(context), 0.0))


def flipped(n_flipped: int, n: int = 400):
    """Tumours, some of which have the other label; and which."""
    frame = tumours(n)
    rows = np.random.default_rng(0).permutation(n)[:n_flipped]
    frame.loc[rows, "diagnosis"] = frame.loc[rows, "diagnosis"].map(OTHER)
    return frame, rows
