"""What a step says of a pipeline: its own measurement, and the faults that all measurements together name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wizard.stages.context import Context
from wizard.stages.experiments.diagnosis import Suspicion, diagnose
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.step import Outcome, failed, noted, passed, warned
from wizard.training.pipeline import Pipeline, Tensors

MOST = 2_000  # training examples of our own net that are experimented with


def evidence_of(context: Context) -> Evidence:
    """The experiments on the user's pipeline, or on the library's own small net; shared by the steps of a stage."""
    found: Evidence = context.once("evidence", lambda: Evidence(context.foreign or _own(context)))
    return found


def suspicions(context: Context) -> tuple[Suspicion, ...]:
    """The faults that the measurements name, the likeliest first."""
    found: tuple[Suspicion, ...] = context.once("suspicions", lambda: diagnose(evidence_of(context)))
    return found


def judged(context: Context, step: str, fine: str, output: str | None = None, **numbers: Any) -> Outcome:
    """A step's outcome: the first suspicion that answers its question, or `fine` where there is none.

    Args:
        context: Of the step.
        step: Its name.
        fine: Headline where nothing is wrong.
        output: Name of the output that is asked about; None asks about the whole model.
        numbers: Fields of the outcome.
    """
    all_of_them = suspicions(context)
    own = [one for one in all_of_them if one.step == step and one.tested is not False]
    if output is not None:
        own = [replace(one, output="") for one in own if one.output in ("", output)]
    loud = [one for one in own if one.level != "noted"]
    if not own:
        return passed(fine, **numbers)
    if not loud:
        return noted(f"{fine} {own[0].words}", advice=own[0].advice, **numbers)
    return said(all_of_them, loud[0], **numbers)


def said(all_of_them: tuple[Suspicion, ...], first: Suspicion, **numbers: Any) -> Outcome:
    """A finding about one suspicion, with all that may be behind it."""
    kind = failed if first.level == "failed" else warned
    causes = tuple(one.cause for one in all_of_them if one.level != "noted")
    return kind(first.words, causes=causes, advice=first.advice, **numbers)


def causes_of(context: Context) -> tuple[Any, ...]:
    """All named faults as causes, for a step whose own measurement is off."""
    return tuple(one.cause for one in suspicions(context) if one.level != "noted")


def finite(value: float, otherwise: float = 0.0) -> float:
    """A number that a page can draw."""
    return float(value) if np.isfinite(value) else otherwise


def _own(context: Context) -> Pipeline:
    """The baseline's small network as a plain Keras model, with the tensors that enter it."""
    from wizard.core.backend import keras
    from wizard.core.seeds import derive
    from wizard.models.build import build_network
    from wizard.stages.baseline.skeleton import RATE, skeleton
    from wizard.training.randomness import keras_seed

    config = skeleton(context)
    prepared, task = context.prepared(config), context.task
    seed = derive(context.seed, "experiments")
    with keras_seed(derive(seed, "weights"), is_calm=True):
        network = build_network(config, prepared.form, task)
        if network.standardize is not None:
            network.standardize.mean.assign(prepared.channel_mean)
            network.standardize.std.assign(prepared.channel_std)
        if task.is_classification:
            odds = prepared.prior / (1 - prepared.prior) if task.is_multilabel else prepared.prior
            network.head.bias.assign(np.log(odds).astype("float32"))
        model = network.model
        losses = keras.losses
        if task.is_multilabel:
            loss: Any = losses.BinaryCrossentropy(from_logits=True)
        elif task.is_classification:
            loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        else:
            loss = losses.MeanSquaredError()
        model.compile(keras.optimizers.Adam(RATE), loss)

    def tensors(rows: np.ndarray) -> Tensors:
        x = {name: np.asarray(prepared.tensors[name][rows]) for name in model.input}
        y = prepared.y[rows]
        return Tensors(x, y[:, None] if task.n_outputs == 1 else y)

    train = tensors(context.sample(prepared.train, MOST, "experiments"))
    held = tensors(context.sample(prepared.held, MOST, "held experiments"))
    return Pipeline(model, train, held, batch=config.batch, is_own=True, seed=seed)
