"""Faults of scales and of the optimiser."""

from __future__ import annotations

import numpy as np

from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.mended import LEARNT, few_at, few_with
from wizard.stages.experiments.suspicion import Suspicion
from wizard.stages.experiments.wording import first_loss, first_ratio, normalises, rate_of, squares, times

FAST, SLOW = 0.07, 1e-4  # updates over weights: Adam at 1e-3 makes 4e-3 to 7e-3 in the first steps
CLIPPED = 0.01  # of the gradient's length that clipping leaves
LARGE = 4.0  # times as wide as usual initialisations make a kernel
SHRUNK = 0.005  # of a weight that decay takes at a step: half of what the largest usual steps change
MUCH = 2.0  # times the expected first loss
FAR, WIDE = 10.0, 30.0  # a target's mean and width, from which on its scale is a burden
LONG_MEMORY = 0.995  # of momentum, or the first beta: usual are 0.8 to 0.99
SPANS = 5.0  # times that a training is as long as what the momentum remembers, at least


def large_inputs(e: Evidence) -> Suspicion | None:
    """Inputs far from the unit scale."""
    large = [one for one in e.audit.inputs if one.is_large]
    if not large or normalises(e) or not (e.suffers or first_ratio(e) > MUCH):
        return None
    one = large[0]
    return Suspicion(
        "P01", f"{one.name.capitalize()} is not scaled: it runs from {one.low:.3g} to {one.high:.3g} (standard "
        f"deviation {one.std:.3g}), where initial weights expect about 1; the first loss is "
        f"{first_ratio(e):.3g} times what it should be.",
        "just_before_the_net", "failed", "Standardise inputs with the training rows' mean and deviation.",
    )  # fmt: skip


def large_targets(e: Evidence) -> Suspicion | None:
    """Targets far from the unit scale."""
    head = e.pipeline.head
    if head.kind != "numbers" or not e.suffers:
        return None
    y = e.pipeline.train.targets[e.head_at].astype("float64")
    mean, std = float(y.mean()), float(y.std())
    if not (std > WIDE or abs(mean) > FAR * max(std, 1e-12)):
        return None
    scale = max(std, 1e-12)
    share, steps = few_with(e, y=lambda t: (t - mean) / scale, loss=squares)
    if share >= LEARNT:
        return None
    return Suspicion(
        "P01", f"Targets are not scaled (mean {mean:.3g}, standard deviation {std:.3g}): the network would need far "
        f"more steps to get there; with standardised targets the same examples are learnt in {steps} steps.",
        "just_before_the_net", "failed", "Standardise the targets, and turn predictions back.", True,
    )  # fmt: skip


def large_weights(e: Evidence) -> Suspicion | None:
    """Weights that start too wide."""
    large = [v for v in e.inside.variables if v.is_kernel and v.too_large > LARGE]
    if not large or first_ratio(e) <= MUCH:
        return None
    return Suspicion(
        "M09", f"Weights of '{large[0].name}' start {large[0].too_large:.0f} times as wide as usual: the untrained "
        f"network is sure of random answers, and its first loss is {first_ratio(e):.3g} times what it should be.",
        "loss_at_init", "failed", "Use the default initialiser (Glorot), or He for ReLU.",
    )  # fmt: skip


def fast(e: Evidence) -> Suspicion | None:
    """A learning rate that is too high."""
    ratio = e.inside.ratio
    is_wild = (
        bool(e.short.trace.failure) or ratio > FAST or float(e.short.trace.losses[-10:].mean()) > 3 * abs(first_loss(e))
    )
    if not is_wild or not e.suffers or rate_of(e) < 0:
        return None
    helps = [factor for factor in (0.1, 0.01, 0.0001) if few_at(e.pipeline, factor).is_learnt]
    if ratio <= FAST and not helps:
        return None
    words = f"; at {rate_of(e) * helps[0]:.2g} the few examples are learnt" if helps else ""
    return Suspicion(
        "O01", f"The learning rate ({rate_of(e):g}) is too high: a step changes weights by {ratio:.2g} of their size, "
        f"where 0.001 to 0.01 is usual{words}.",
        "learning_rate", "failed", f"Try {rate_of(e) * (helps[0] if helps else 0.01):.2g}.", bool(helps) or None,
    )  # fmt: skip


def clipped_gradients(e: Evidence) -> Suspicion | None:
    """Gradients that are clipped to nearly nothing."""
    optimizer = e.pipeline.model.optimizer
    limits = {name: getattr(optimizer, name, None) for name in ("clipnorm", "global_clipnorm", "clipvalue")}
    given = {name: float(value) for name, value in limits.items() if value}
    if not given or not e.suffers:
        return None
    name, limit = next(iter(given.items()))
    length = e.inside.gradient_length
    if not length or limit > CLIPPED * length:
        return None
    return Suspicion(
        "O04", f"{name}={limit:g} cuts gradients of length {length:.2g} to {limit / length:.1g} of it: steps are far "
        "too small.",
        "signal_health", "failed", f"Take {name}=1, or none.",
    )  # fmt: skip


def slow(e: Evidence) -> Suspicion | None:
    """A learning rate that is too low."""
    ratio = e.inside.ratio
    if not np.isfinite(ratio) or ratio >= SLOW or ratio == 0 or not e.suffers:
        return None
    helps = [factor for factor in (100.0, 10_000.0) if few_at(e.pipeline, factor).is_learnt]
    if not helps:
        return None
    return Suspicion(
        "O02", f"The learning rate ({rate_of(e):g}) is too low: a step changes weights by {ratio:.1g} of their size, "
        f"where 0.001 to 0.01 is usual; at {times(helps[0])} the few examples are learnt.",
        "learning_rate", "failed", f"Try {rate_of(e) * helps[0]:.2g}.", True,
    )  # fmt: skip


def decaying_weights(e: Evidence) -> Suspicion | None:
    """Weight decay that takes away what a step adds."""
    decay = getattr(e.pipeline.model.optimizer, "weight_decay", None)
    taken = abs(rate_of(e)) * float(decay) if decay else 0.0  # of a weight, each step
    if taken < SHRUNK or not e.suffers:
        return None
    return Suspicion(
        "T09", f"Weight decay of {float(decay or 0):g} at the rate {rate_of(e):g} takes {taken:.2g} of every weight at "
        "each step, more than learning usually adds (0.001 to 0.01): the network forgets as fast as it learns.",
        "simplify", "failed", "Take a weight decay of 0.01 or less, or leave it out for now.",
    )  # fmt: skip


def odd_optimiser(e: Evidence) -> Suspicion | None:
    """An optimiser's constants far from the usual."""
    optimizer = e.pipeline.model.optimizer
    epsilon, momentum = float(getattr(optimizer, "epsilon", 0) or 0), float(getattr(optimizer, "momentum", 0) or 0)
    beta = float(getattr(optimizer, "beta_1", 0) or 0)
    held = max(momentum, beta)
    if epsilon < 0.1 and held < LONG_MEMORY:
        return None
    if not e.suffers:
        return _remembers_too_long(e, held)
    words = f"epsilon={epsilon:g}" if epsilon >= 0.1 else f"momentum {held:g}"
    return Suspicion(
        "O10", f"The optimiser's {words} is far from the usual: steps are too small, or remember too long.",
        "learning_rate", "failed", "Go back to its defaults.",
    )  # fmt: skip


def _remembers_too_long(e: Evidence, held: float) -> Suspicion | None:
    """A momentum whose average spans much of the training: a fault by arithmetic, however far training comes."""
    steps = e.pipeline.epochs * e.pipeline.steps_an_epoch
    is_planned = e.pipeline.epochs > 1  # a model without its `fit` has one, which says nothing
    if held < LONG_MEMORY or not is_planned or steps * (1 - held) >= SPANS:
        return None
    remembered = f"the last {1 / (1 - held):,.0f}" if held < 1 else "all earlier"
    return Suspicion(
        "O10", f"A momentum of {held:g} sums up the gradients of {remembered} steps, and {steps:,} "
        "are planned in all: most of what a step follows comes from weights that are long gone.",
        "learning_rate", "warned", "Take a momentum of 0.9.",
    )  # fmt: skip
