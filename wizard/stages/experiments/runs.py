"""Short trainings of a model whose outcome is known beforehand: on real inputs, on blank ones, on a few examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.stages.experiments.classical import explained, targets_of
from wizard.training.heads import Head, squashed
from wizard.training.pipeline import Pipeline, Tensors, Trace

STEPS, MOST_STEPS = 150, 1_200  # of a short training; it goes on while the outcome is open and the loss falls
FALLING = 0.97  # of the loss before: then it still falls
WATCHED, LOOKS = 24, 15  # examples whose predictions are kept, and how often
MEASURED = 20  # first steps whose updates are measured
HELD = 1_000  # examples that losses are measured on
ENOUGH = 0.7  # of what a classical probe explains: then the outcome is no longer open
LITTLE = 0.3  # of it: a network that explains less may still be on a plateau, and is given all steps
FEW, FEW_STEPS, FEW_MOST = 8, 200, 1_000  # examples learnt by heart, and steps
NEARLY = 0.05  # of the loss that guessing costs on them: learnt
GUESSED = 3.0  # standard errors by which real inputs must beat blank ones


@dataclass(frozen=True)
class ShortRun:
    """A short training on real inputs, and the same on blank ones.

    Attributes:
        trace: Of the real inputs.
        steps: That were trained.
        losses: (n,) on held-out examples afterwards.
        blank: (n,) likewise after training on blank inputs.
        before: (n,) before training.
        explained: Share of the held-out targets' variance that the predictions explain.
        accuracy: Of the predictions; NaN for numbers.
        blank_trace: Of the blank inputs.
        state: Of the model after it.
        predictions: (looks, WATCHED, k) outputs of the watched examples.
        watched: Their rows.
        watched_at: (looks,) steps after which they were made.
    """

    trace: Trace
    steps: int
    losses: np.ndarray
    blank: np.ndarray
    before: np.ndarray
    explained: float
    accuracy: float
    blank_trace: Trace
    state: list[np.ndarray]
    predictions: np.ndarray
    watched: np.ndarray
    watched_at: list[int]

    @property
    def ratio(self) -> float:
        """Loss on real inputs over that on blank ones; below 1 the inputs are used."""
        blank = float(self.blank.mean())
        return float(self.losses.mean()) / blank if blank > 0 else 1.0

    @property
    def is_better(self) -> bool:
        """Whether real inputs beat blank ones beyond the noise."""
        difference = self.blank - self.losses
        error = float(difference.std()) / len(difference) ** 0.5
        return bool(np.isfinite(difference).all() and difference.mean() > GUESSED * error and difference.mean() > 0)


@dataclass(frozen=True)
class FewRun:
    """A few examples learnt by heart.

    Attributes:
        rows: Of the training examples.
        curve: (points,) loss on them with dropout off.
        at: Steps of the points.
        guess: Loss that a constant answer gets.
        floor: Loss that contradictory labels allow.
        is_right: Whether all predictions are right (classes), or explain nine tenths (numbers).
        outputs: Of the first head, afterwards.
        trace: Of the training.
    """

    rows: np.ndarray
    curve: np.ndarray
    at: list[int]
    guess: float
    floor: float
    is_right: bool
    outputs: np.ndarray
    trace: Trace

    @property
    def last(self) -> float:
        """The loss at the end."""
        return float(self.curve[-1])

    @property
    def is_learnt(self) -> bool:
        """Whether the loss got near its floor, or all answers are right and it fell by half."""
        if self.trace.failure or not np.isfinite(self.last):
            return False
        reached = self.last - self.floor <= NEARLY * max(self.guess - self.floor, 1e-12)
        return bool(reached or (self.is_right and self.last - self.floor <= 0.5 * max(self.guess - self.floor, 1e-12)))


def blank_inputs(x: Any) -> Any:
    """The same number of examples, all alike: the mean of numbers, the commonest of whole ones."""

    def flat(array: np.ndarray) -> np.ndarray:
        if array.dtype.kind == "f":
            middle = np.nan_to_num(array.astype("float64")).mean(0).astype(array.dtype)
        else:
            middle = array[0]
        return np.broadcast_to(middle, array.shape).copy()

    return keras.tree.map_structure(flat, x)


def short_run(pipeline: Pipeline, could_explain: float) -> ShortRun:
    """Trains on real and on blank inputs from the first state; leaves the model as it was.

    Args:
        pipeline: What is judged.
        could_explain: Share of the targets' variance that a classical probe explains: until the network does nearly as
            well, it is given more steps as long as its loss falls.
    """
    held = pipeline.held.take(_some(len(pipeline.held), HELD, pipeline.seed))
    watched = np.linspace(0, len(pipeline.train) - 1, min(WATCHED, len(pipeline.train))).astype(int)
    shown = pipeline.train.take(watched)
    head_at = pipeline.heads.index(pipeline.head)
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        before = pipeline.losses(held)
        traces, steps, last = [], 0, float(np.mean(before))
        outputs: list[np.ndarray] = []
        watched_at: list[int] = []
        while True:
            n = steps or STEPS  # twice as many each time
            traces.append(
                pipeline.fit(
                    pipeline.train, n, watch=lambda: outputs.append(pipeline.outputs(shown.x)[head_at]),
                    every=max(1, n // LOOKS), measured=0 if steps else MEASURED, uses=f"real {steps}",
                )
            )  # fmt: skip
            watched_at += [steps + at for at in traces[-1].at]
            steps += n
            out = pipeline.outputs(held.x)
            losses = pipeline.losses(held, out)
            share, accuracy = quality(pipeline.head, held.targets[head_at], out[head_at])
            now = float(np.mean(losses))
            is_flat = not now < FALLING * last and share > LITTLE * could_explain
            is_done = share >= ENOUGH * could_explain or is_flat or bool(traces[-1].failure)
            if is_done or 2 * steps > MOST_STEPS:
                break
            last = now
        state = pipeline.state()
        pipeline.restore(pipeline.first)
        blank = pipeline.train.but(x=blank_inputs(pipeline.train.x))
        blank_trace = pipeline.fit(blank, steps, uses="real 0")
        blank_losses = pipeline.losses(held.but(x=blank_inputs(held.x)))
    return ShortRun(
        _joined(traces), steps, losses, blank_losses, before, share, accuracy, blank_trace, state,
        np.stack(outputs), watched, watched_at,
    )  # fmt: skip


def _joined(traces: list[Trace]) -> Trace:
    first = traces[0]
    losses = np.concatenate([trace.losses for trace in traces])
    moved = {name: any(trace.moved[name] for trace in traces) for name in first.moved}
    return Trace(losses, first.ratios, moved, [], [], traces[-1].failure)


def few_run(pipeline: Pipeline) -> FewRun:
    """Learns a few varied examples by heart, with the user's own loss and optimiser; leaves the model as it was."""
    head_at = pipeline.heads.index(pipeline.head)
    y = pipeline.train.targets[head_at]
    rows = varied(pipeline.head, y, pipeline.seed)
    few = pipeline.train.take(rows)
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        curve, at, steps, failure = [float(pipeline.losses(few).mean())], [0], 0, ""
        losses: list[np.ndarray] = []
        guess, floor = _guess(pipeline, few), _floor(pipeline, few)
        moved: dict[str, bool] = {}
        while steps < FEW_MOST:
            trace = pipeline.fit(few, FEW_STEPS // 4, batch=len(rows), uses=f"few {steps}")
            losses.append(trace.losses)
            moved = {name: has or moved.get(name, False) for name, has in trace.moved.items()}
            steps += FEW_STEPS // 4
            curve.append(float(pipeline.losses(few).mean()))
            at.append(steps)
            failure = trace.failure
            if failure or curve[-1] - floor <= 0.3 * NEARLY * max(guess - floor, 1e-12):
                break
            is_flat = len(curve) > 4 and curve[-1] - floor > 0.9 * (curve[-5] - floor)
            if steps >= 2 * FEW_STEPS and is_flat:
                break
        out = pipeline.outputs(few.x)[head_at]
    whole = Trace(np.concatenate(losses), {}, moved, [], [], failure)
    share, accuracy = quality(pipeline.head, few.targets[head_at], out)
    is_right = accuracy == 1 if pipeline.head.kind != "numbers" else share > 0.9
    return FewRun(rows, np.array(curve), at, guess, floor, bool(is_right), out, whole)


def varied(head: Head, y: np.ndarray, seed: int) -> np.ndarray:
    """A few examples: of classes as many different ones as there are, of numbers spread over their range."""
    order = _some(len(y), len(y), seed)
    t = targets_of(head, y[order])
    key = t.argmax(1) if head.kind == "classes" else np.round(t, 6).astype("float64")[:, 0]
    if head.kind == "numbers":
        ranked = order[np.argsort(key, kind="stable")]
        return np.sort(ranked[np.linspace(0, len(ranked) - 1, min(FEW, len(ranked))).astype(int)])
    turn: dict[Any, int] = {}
    place = []
    for value in key.tolist():
        turn[value] = turn.get(value, -1) + 1
        place.append(turn[value])
    return np.sort(order[np.argsort(np.array(place), kind="stable")[:FEW]])


def _guess(pipeline: Pipeline, few: Tensors) -> float:
    """The loss of the best constant answer of the first head, by the textbook; of an unknown loss that at the start."""
    from wizard.training.heads import blind

    head = pipeline.head
    if not head.is_known:
        return float(pipeline.losses(few).mean())
    return blind(head, few.targets[pipeline.heads.index(head)])[0]


def _floor(pipeline: Pipeline, few: Tensors) -> float:
    """The lowest loss that smoothed labels allow; 0 without."""
    from scipy.special import entr

    head = pipeline.head
    if head.smoothing == 0 or head.kind == "numbers":
        return 0.0
    k = max(head.n_units, 2)
    top, rest = 1 - head.smoothing * (k - 1) / k, head.smoothing / k
    return float(entr(top) + (k - 1) * entr(rest))


def quality(head: Head, y: np.ndarray, out: np.ndarray) -> tuple[float, float]:
    """(share of the targets' variance explained, share of right answers), of any head's outputs."""
    t = targets_of(head, y)
    if not np.isfinite(out).all():
        return 0.0, 0.0
    if head.kind == "classes":
        scores = squashed(head, out)[:, 0] if head.n_units > 1 else out.reshape(len(out), -1)
        if head.n_units > 1:
            p = scores - min(float(scores.min()), 0.0)
            p = p / np.maximum(p.sum(1, keepdims=True), 1e-12)
            wide = np.zeros_like(t)
            wide[:, : p.shape[1]] = p[:, : t.shape[1]]
            return explained(t, wide), float((wide.argmax(1) == t.argmax(1)).mean())
    if head.kind == "labels":
        p = squashed(head, out).reshape(len(out), -1) if head.is_known else out.reshape(len(out), -1)
        if p.shape == t.shape:
            return explained(t, p), float(((p > 0.5) == (t > 0.5)).mean())
        return 0.0, 0.0
    p = out.reshape(len(out), -1).astype("float64")
    return (explained(t, p) if p.shape == t.shape else 0.0), float("nan")


def _some(n: int, most: int, seed: int) -> np.ndarray:
    from wizard.core.seeds import generator

    return (
        np.sort(generator(seed, "some", n).permutation(n)[:most])
        if most < n
        else generator(seed, "order", n).permutation(n)
    )
