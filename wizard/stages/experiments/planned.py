"""What a training was planned to be: the learning rate over its steps, and which weights are left in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.stages.experiments.rates import other_rate, other_rates
from wizard.stages.experiments.runs import HELD, MOST_STEPS
from wizard.training.pipeline import Pipeline, Tensors

POINTS = 400  # steps of a plan whose rate is looked up
NOTHING = 1e-3  # of the largest rate: weights move no more
GOES_ON = 150  # steps at the full rate after the rate has come to nothing, at least


@dataclass(frozen=True)
class Plan:
    """The learning rate over a whole training.

    Attributes:
        steps: Gradient steps in all.
        rates: (points,) learning rate, evenly over them.
        alive: Share of the steps until the rate stays below a thousandth of its largest value.
        what: The schedule, in words.
        by_epoch: Rates of the epochs, where a callback sets them; () where the optimiser knows its own.
        an_epoch: Steps of an epoch.
    """

    steps: int
    rates: np.ndarray
    alive: float
    what: str
    by_epoch: tuple[float, ...]
    an_epoch: int


@dataclass(frozen=True)
class Resumed:
    """A training up to where its rate comes to nothing, and on from there at the full rate.

    Attributes:
        steps: Until then.
        more: Steps after.
        before: (n,) held-out losses then.
        after: (n,) held-out losses in the end.
    """

    steps: int
    more: int
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class Stopped:
    """A training stopped as planned.

    Attributes:
        best: (n,) held-out losses of the best epoch.
        last: (n,) held-out losses of the epoch whose weights are left.
        best_at: That epoch, from 1.
        last_at: And the last one.
    """

    best: np.ndarray
    last: np.ndarray
    best_at: int
    last_at: int


def plan(pipeline: Pipeline) -> Plan | None:
    """The planned rates; None where nothing changes them that can be foreseen."""
    an_epoch = pipeline.steps_an_epoch
    steps = an_epoch * pipeline.epochs
    at = np.unique(np.linspace(0, steps - 1, min(steps, POINTS)).astype(int))
    schedule = pipeline.model.optimizer._learning_rate
    by_epoch = [one for one in pipeline.callbacks if isinstance(one, keras.callbacks.LearningRateScheduler)]
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        rates = np.array([float(keras.ops.convert_to_tensor(schedule(int(step)))) for step in at])
        what, known = type(schedule).__name__, None
    elif by_epoch:
        known = _by_epoch(by_epoch[0].schedule, pipeline.rate, pipeline.epochs)
        if known is None:
            return None
        rates, what = known[at // an_epoch], "LearningRateScheduler"
    else:
        return None
    largest = float(np.abs(rates).max())
    moving = np.flatnonzero(np.abs(rates) >= NOTHING * largest) if largest > 0 else np.zeros(0, int)
    alive = (int(at[moving[-1]]) + 1) / steps if len(moving) else 0.0
    return Plan(steps, rates, alive, what, () if known is None else tuple(known.tolist()), an_epoch)


def _by_epoch(schedule: Any, rate: float, epochs: int) -> np.ndarray | None:
    """(epochs,) rates that a function (epoch, rate) -> rate gives; None where it does not answer by itself."""
    rates = []
    try:
        for epoch in range(epochs):
            try:
                rate = float(schedule(epoch, rate))
            except TypeError:  # Keras also takes functions of the epoch alone
                rate = float(schedule(epoch))
            rates.append(rate)
    except Exception:  # it looks at things that only a real training has
        return None
    return np.array(rates)


def resumed(pipeline: Pipeline, planned: Plan) -> Resumed | None:
    """Trains until the rate comes to nothing, and on at the full rate; None where that is too far away."""
    steps = max(1, round(planned.alive * planned.steps))
    more = max(GOES_ON, steps)
    if steps + more > MOST_STEPS:
        return None
    held = _some(pipeline.held)
    largest = float(np.abs(planned.rates).max())
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        now = pipeline.rate
        if planned.by_epoch:  # as the callback would set them
            largest = max(largest, now)
            with other_rates(pipeline) as use:
                for number, rate in enumerate(planned.by_epoch[: -(-steps // planned.an_epoch)]):
                    use(rate / now if now else 1.0)
                    pipeline.fit(pipeline.train, planned.an_epoch, uses=f"planned {number}")
        else:
            pipeline.fit(pipeline.train, steps, uses="planned")
        before = pipeline.losses(held)
        now = pipeline.rate
        with other_rate(pipeline, largest / now if now else 1.0):
            pipeline.fit(pipeline.train, more, uses="resumed")
        after = pipeline.losses(held)
    return Resumed(steps, more, before, after)


def unrestored(pipeline: Pipeline) -> Any:
    """An EarlyStopping that leaves the last weights where nothing keeps the best ones, or None."""
    kept = any(isinstance(one, keras.callbacks.ModelCheckpoint) and one.save_best_only for one in pipeline.callbacks)
    stops = [one for one in pipeline.callbacks if isinstance(one, keras.callbacks.EarlyStopping)]
    return stops[0] if stops and not stops[0].restore_best_weights and not kept else None


def stopped(pipeline: Pipeline, patience: int) -> Stopped | None:
    """Trains epoch by epoch until the held-out loss has not improved for so many; None where that comes too late."""
    an_epoch = max(1, -(-len(pipeline.train) // pipeline.batch))
    held = _some(pipeline.held)
    best, best_at, losses = np.full(len(held), np.inf), 0, np.full(len(held), np.inf)
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        for epoch in range(1, min(pipeline.epochs, MOST_STEPS // an_epoch) + 1):
            trace = pipeline.fit(pipeline.train, an_epoch, uses=f"epoch {epoch}")
            losses = pipeline.losses(held)
            if trace.failure:
                return None
            if losses.mean() < best.mean():
                best, best_at = losses, epoch
            if epoch - best_at >= patience or epoch == pipeline.epochs:
                return Stopped(best, losses, best_at, epoch)
    return None


def _some(held: Tensors) -> Tensors:
    return held.take(np.linspace(0, len(held) - 1, min(HELD, len(held))).astype(int))
