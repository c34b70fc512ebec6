"""Predictions of fixed examples over the course of a training."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines, Replay
from wizard.stages.context import Context
from wizard.stages.experiments.classical import targets_of
from wizard.stages.experiments.judging import evidence_of, finite
from wizard.stages.step import Outcome, noted, passed, step
from wizard.training.heads import Head, squashed

SHOWN, MOST_LOOKS = 20, 24
RESTLESS = 0.25  # of the way there is moved at every look: predictions jump about


@step()
def prediction_dynamics(context: Context) -> Outcome:
    """Predictions move towards their labels, without jumping about.

    Watching the predictions of a fixed batch shows what a loss curve hides: a rate that is too high makes them jitter,
    one that is too low hardly moves them.
    """
    evidence = evidence_of(context)
    run, head = evidence.short, evidence.pipeline.head
    y = evidence.pipeline.train.take(run.watched).targets[evidence.head_at]
    looks = np.linspace(0, len(run.predictions) - 1, min(MOST_LOOKS, len(run.predictions))).astype(int)
    values = np.stack([_right(head, y, run.predictions[i]) for i in looks])  # (looks, n)
    values = np.where(np.isfinite(values), values, 0.0)
    shown = values[:, :SHOWN]
    jitter = _jitter(values)
    named = "probability of the true label" if head.kind != "numbers" else "prediction minus target"
    is_class = head.kind != "numbers"
    far = max(float(np.abs(shown).max()), 1e-6)
    strips = Replay(
        title="One line an example",
        caption=f"Hollow: before training. Filled: after {run.watched_at[looks[-1]]:,} steps. The button plays what "
        "lies between; dots should drift to the dashed line, not jump about.",
        rows=tuple(f"example {int(row) + 1}" for row in run.watched[:SHOWN]),
        looks=tuple(f"step {run.watched_at[i]:,}" for i in looks),
        values=tuple(tuple(float(v) for v in column) for column in shown.T),
        low=0.0 if is_class else -far,
        high=1.0 if is_class else far,
        goal=1.0 if is_class else 0.0,
        value_label=named,
    )
    mean = values.mean(1) if head.kind != "numbers" else np.abs(values).mean(1)
    lines = Lines(
        title="Mean over the examples",
        lines=(Line(name=named, x=tuple(map(float, range(len(looks)))), y=tuple(finite(v) for v in mean)),),
        x_label="look",
        y_label=named,
    )
    numbers = {
        "measured": jitter, "expected": 0.0, "unit": "share of all movement that is back and forth",
        "blocks": (strips, lines),
    }  # fmt: skip
    if jitter > 1 - RESTLESS and evidence.suffers:
        return noted("Predictions jump back and forth: most of their movement leads nowhere.",
                     advice="Try a lower learning rate.", **numbers)  # fmt: skip
    away = f"from {mean[0]:.2f} to {mean[-1]:.2f}"
    what = "The mean probability of the true label" if head.kind != "numbers" else "The mean distance to the target"
    return passed(f"{what} goes {away}; {jitter:.0%} of the movement is back and forth.", **numbers)


def _right(head: Head, y: np.ndarray, out: np.ndarray) -> np.ndarray:
    """(n,) what is predicted of the true label."""
    t = targets_of(head, y)
    if head.kind == "numbers":
        return (out.reshape(len(out), -1) - t)[:, 0]
    p = squashed(head, out).reshape(len(out), -1)
    if p.shape != t.shape:
        return np.zeros(len(out))
    if head.kind == "labels":
        return np.where(t > 0.5, p, 1 - p).mean(1)
    return (p * t).sum(1)


def _jitter(values: np.ndarray) -> float:
    """Share of the movement over (looks, n) that is taken back again."""
    steps = np.abs(np.diff(values, axis=0)).sum()
    straight = np.abs(values[-1] - values[0]).sum()
    return float(1 - straight / steps) if steps > 0 else 0.0
