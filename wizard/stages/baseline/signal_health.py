"""Activations, gradients and updates, layer by layer."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Column, Reference, Table
from wizard.stages.context import Context
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.step import Outcome, step

USUAL = 1e-3  # of a weight's length that a step changes
LISTED = 60


@step()
def signal_health(context: Context) -> Outcome:
    """Signals reach every layer, and every weight moves.

    Dead units, saturated activations, vanishing gradients and frozen weights leave a network that trains and says
    nothing; they are seen in one look at its layers.
    """
    inside = evidence_of(context).inside_after
    dead = max((layer.dead for layer in inside.layers), default=0.0)
    layers = Table(
        title="Layers after a short training",
        columns=(
            Column(name="layer"), Column(name="activation"), Column(name="units"), Column(name="mean"),
            Column(name="spread"), Column(name="dead", format="share"), Column(name="saturated", format="share"),
        ),
        rows=tuple(
            (one.name, one.activation, one.n_units, finite(one.mean), finite(one.spread), one.dead, one.saturated)
            for one in inside.layers[:LISTED]
        ),
    )  # fmt: skip
    variables = Table(
        title="Weights",
        columns=(
            Column(name="weights"), Column(name="numbers"), Column(name="trained"),
            Column(name="gradient over weight"), Column(name="update over weight"), Column(name="moved"),
        ),
        rows=tuple(
            (v.name, v.n, "yes" if v.is_trainable else "frozen", finite(v.gradient), finite(v.ratio),
             "yes" if v.has_moved else "no")
            for v in inside.variables[:LISTED]
        ),
    )  # fmt: skip
    moving = [v for v in inside.variables if np.isfinite(v.ratio) and v.is_kernel][:LISTED]
    bars = Bars(
        title="How far a step moves the weights",
        labels=tuple(v.name for v in moving),
        values=tuple(finite(np.log10(max(v.ratio, 1e-12))) for v in moving),
        references=(Reference(value=float(np.log10(USUAL)), label="usual"),),
        value_label="log10 of update over weight",
    )
    blocks = (layers, variables, *((bars,) if moving else ()))
    ratio = finite(inside.ratio)
    return judged(
        context, "signal_health", f"Every layer passes signals on: at most {dead:.0%} of a layer's units answer to no "
        f"example, and a step changes weights by {ratio:.1g} of their size.",
        measured=ratio, expected=USUAL, unit="update over weight", blocks=blocks,
    )  # fmt: skip
