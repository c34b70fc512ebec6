"""A learning rate in the safe region."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Line, Lines, Reference
from wizard.stages.context import Context
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.experiments.rates import other_rates
from wizard.stages.step import Outcome, step
from wizard.training.pipeline import Pipeline

FACTORS = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)  # of the rate that is used
STEPS = 25


@step()
def learning_rate(context: Context) -> Outcome:
    """The learning rate lies in the region where the loss falls.

    Too low, and training takes for ever; too high, and it jumps about. A short test over several rates shows where
    this one lies.
    """
    pipeline = evidence_of(context).pipeline
    used = pipeline.rate
    curve = []
    with other_rates(pipeline) as use:
        for factor in FACTORS:
            use(factor)
            curve.append((used * factor, _after(pipeline)))
    good = [(rate, loss) for rate, loss in curve if np.isfinite(loss)]
    lines = Lines(
        title=f"Loss after {STEPS} steps",
        lines=(Line(name="training loss", x=tuple(r for r, _ in good), y=tuple(finite(loss) for _, loss in good)),),
        x_label="learning rate",
        y_label="loss",
        log_x=used > 0,
        marks=(Reference(value=used, label="used"),),
    )
    best = min(good, key=lambda one: one[1])[0] if good else used
    own = next((loss for rate, loss in curve if rate == used), float("nan"))
    return judged(
        context, "learning_rate", f"The learning rate {used:.3g} lies in the safe region; in a test of {STEPS} steps "
        f"{best:.3g} got furthest.",
        measured=finite(own), unit="loss", blocks=(lines,) if good else (),
    )  # fmt: skip


def _after(pipeline: Pipeline) -> float:
    """Loss on a few examples after a few steps at the present rate; the same batches for every rate."""
    few = pipeline.train.take(np.arange(min(256, len(pipeline.train))))
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        trace = pipeline.fit(pipeline.train, STEPS, uses="range")
        return float("nan") if trace.failure else float(pipeline.losses(few).mean())
