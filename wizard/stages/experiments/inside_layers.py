"""Faults that are seen layer by layer."""

from __future__ import annotations

import numpy as np

from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.mended import LEARNT, few_with
from wizard.stages.experiments.suspicion import Suspicion

MOST_FROZEN, BEHIND = 0.5, 0.85  # of the weights, and of what a classical probe explains: a frozen net that lags
DEAD = 0.5  # of a layer's units: ReLU leaves a seventh unused on clean data
VANISHING = 1e-3  # of the last kernel's relative gradient that reaches the first
LOST = 1e-4  # of it: worth a word even where the network learns in the end
STUCK_IN = 0.5  # of a layer's activations at the ends of tanh or sigmoid
DROPPED = 0.8  # of activations
NEARLY_ALL = 0.9  # of the activations: words lose a fifth of their accuracy by 0.95 before anything suffers


def dead_units(e: Evidence) -> Suspicion | None:
    """Units that answer to no example."""
    if not e.suffers:
        return None
    for layers, when in ((e.inside.layers, "before training"), (e.inside_after.layers, "after a short training")):
        dead = [
            layer for layer in layers if layer.dead >= DEAD and layer.activation in ("relu", "relu6", "elu", "re_lu")
        ]
        if dead:
            return Suspicion(
                "M10", f"{dead[0].dead:.0%} of the {dead[0].n_units} units of '{dead[0].name}' answer 0 to "
                f"every example {when}: no gradient passes through them.",
                "signal_health", "failed", "Look at its bias and at the scale of its inputs; lower the learning rate.",
            )  # fmt: skip
    return None


def frozen(e: Evidence) -> Suspicion | None:
    """Weights that are frozen, or that no gradient reaches."""
    cut = [v for v in e.inside.variables if v.is_kernel and v.is_trainable and not np.isfinite(v.gradient)]
    share = e.inside.frozen_share
    if not cut and share < 0.02:
        return None
    if not e.suffers:
        if not cut and share:
            is_behind = share >= MOST_FROZEN and e.short.explained < BEHIND * e.classical.explained
            words = (
                "your network explains less than a classical probe" if is_behind else "the others learn all the same"
            )
            return Suspicion(
                "M15", f"{share:.0%} of the weights are frozen; {words}.", "signal_health",
                "warned" if is_behind else "noted", "Set trainable=True before compile(), unless they are pretrained.",
            )  # fmt: skip
        return None
    where = cut[0].name if cut else next(v.name for v in e.inside.variables if v.is_kernel and not v.is_trainable)
    result, steps = few_with(e, is_unfrozen=True) if not cut else (float("nan"), 0)
    words = f"; unfrozen, the same examples are learnt in {steps} steps" if result < LEARNT else ""
    how = "no gradient reaches" if cut else f"{share:.0%} of the weights cannot move, among them those of"
    return Suspicion(
        "M15", f"{how[0].upper()}{how[1:]} '{where}'{words}.", "signal_health", "failed",
        "Set trainable=True before compile(), or connect the layer to the output.", True if result < LEARNT else None,
    )  # fmt: skip


def vanishing(e: Evidence) -> Suspicion | None:
    """Gradients that do not reach the first layers."""
    if not e.suffers:
        if e.inside.vanishing >= LOST:
            return None
        return Suspicion(
            "M11", f"Of the gradient of the last kernel {e.inside.vanishing:.1g} reaches the first one: this network "
            "learns all the same, but late.",
            "signal_health", "warned", "Use ReLU, batch normalisation, skip connections or fewer layers.",
        )  # fmt: skip
    stuck = [layer for layer in e.inside.layers[:-1] if layer.saturated > STUCK_IN]
    small = e.inside.vanishing
    if not stuck and small >= VANISHING:
        return None
    if stuck and small >= 0.1:
        words = f"{stuck[0].saturated:.0%} of the activations of '{stuck[0].name}' sit at the ends of its range"
    else:
        words = f"Of the gradient of the last kernel {small:.1g} reaches the first one"
    return Suspicion(
        "M11", f"{words}: the first layers hardly learn.", "signal_health", "failed",
        "Use ReLU, batch normalisation, skip connections or fewer layers.",
    )  # fmt: skip


def heavy_dropout(e: Evidence) -> Suspicion | None:
    """Dropout that leaves next to nothing."""
    layers = e.pipeline.model._flatten_layers(include_self=False, recursive=True)
    found = (getattr(layer, "rate", 0) for layer in layers if "Dropout" in type(layer).__name__)
    rates = [float(rate) for rate in found if isinstance(rate, int | float)]  # ours are variables, and 0 here
    if not rates or max(rates) < (DROPPED if e.suffers else NEARLY_ALL):
        return None
    return Suspicion(
        "T09", f"Dropout takes away {max(rates):.0%} of the activations: what is left is mostly noise.", "simplify",
        "failed" if e.suffers else "warned", "Leave dropout out until the network can learn a few examples by heart.",
    )  # fmt: skip
